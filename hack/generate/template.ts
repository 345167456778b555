// A text by hand with places in it for what is generated.

/** The text has no such place, or nothing is given for one that it has. */
class NoPlace extends Error {
  readonly code = 'NO_PLACE';

  constructor(name: string, why: string) {
    super(`Cannot fill in the place "${name}": ${why}`);
    this.name = 'NoPlace';
  }
}

const place = /^<!-- ([a-z-]+) -->$/gmu;

/** Each part goes where the text has its name in a comment on a line of its own. Throws NoPlace. */
export function filledIn(template: string, parts: Readonly<Record<string, string>>): string {
  for (const name of Object.keys(parts))
    if (!template.includes(`\n<!-- ${name} -->\n`)) throw new NoPlace(name, 'the text does not have it');
  return template.replaceAll(place, (_comment, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new NoPlace(name, 'nothing is generated for it');
    return part;
  });
}
