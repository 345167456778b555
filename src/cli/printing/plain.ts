// Text of the cluster as a terminal may show it: whoever may name a Workspace must not be able to write on somebody's screen.

/** Control characters, and what turns the direction of text or hides in it. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line. White space becomes a space; what could move the cursor, or text, is shown as `\x1b`. */
export function plain(text: string): string {
  return text.replace(/[\t\n\v\f\r ]+/g, ' ').replace(unsafe, (letter) => {
    const code = (letter.codePointAt(0) ?? 0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** In columns, where no letter is wide. */
export function columnsOf(text: string): number {
  return Array.from(text).length;
}

/** At most so many columns, with a sign where something was cut. */
export function cut(text: string, columns: number): string {
  const letters = Array.from(text);
  return letters.length <= columns ? text : `${letters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** Words in lines of at most so many columns; a longer word stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
