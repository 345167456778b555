// The first words of a condition's message: KAITO shows 256 bytes of it, so cause and next step have to fit in 200.

const headlineBytes = 200;
const shortestQuote = 12;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/**
 * `what; next: quote` on one line, at most `headlineBytes` bytes of UTF-8. `next` is kept in full: it takes its room from
 * `what`, and leaves the rest to `quote`; what does not fit ends in an ellipsis.
 */
export function headlineWithStep({
  what,
  next,
  quote,
}: {
  readonly what: string;
  readonly next: string;
  readonly quote?: string | undefined;
}): string {
  const step = `; ${lineOf(next)}`;
  const told = `${clipped(lineOf(what), headlineBytes - bytesOf(step))}${step}`;
  const quotable = quote !== undefined && bytesOf(told) <= headlineBytes - shortestQuote;
  return quotable ? clipped(lineOf(`${told}: ${quote}`), headlineBytes) : told;
}

/** Without URLs, and without a colon that nothing follows. */
function lineOf(text: string): string {
  return text
    .replaceAll(/https?:\/\/\S+/g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[:;\s]+$/, '')
    .trim();
}

function clipped(line: string, bytes: number): string {
  if (bytesOf(line) <= bytes) return line;
  const room = new Uint8Array(bytes - bytesOf('…'));
  const { read } = encoder.encodeInto(line, room);
  return `${line.slice(0, read).trimEnd()}…`;
}
