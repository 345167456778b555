// Patterns of schemas and rules are RE2; what JavaScript reads differently is translated.

const compiled = new Map<string, RegExp>();
// A cluster has few patterns; rules may build them from data, so that the cache needs an end.
const cacheSize = 1000;

/** The pattern as a RegExp. Throws SyntaxError when it is none. */
export function compilePattern(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= cacheSize) compiled.clear();
  const regexp = toRegExp(pattern);
  compiled.set(pattern, regexp);
  return regexp;
}

/** Every match of `pattern` in `text`, at most `limit` of them. */
export function findAll(pattern: string, text: string, limit = Number.POSITIVE_INFINITY): string[] {
  const { source, flags } = compilePattern(pattern);
  const found: string[] = [];
  for (const [match] of text.matchAll(new RegExp(source, `${flags}g`))) {
    if (found.length >= limit) break;
    found.push(match);
  }
  return found;
}

function toRegExp(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([imsU]+)\)(.*)$/s.exec(pattern) ?? [];
  const source = rest
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll(/\[\[:(\w+):\]\]/g, (whole, name: string) =>
      classes[name] === undefined ? whole : `[${classes[name]}]`,
    );
  const known = flags.replaceAll('U', '');
  try {
    return new RegExp(source, `${known}u`);
  } catch {
    // Escapes such as \- and \_ are fine in RE2 and only refused with the u flag.
    return new RegExp(source, known);
  }
}

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\t\\n\\v\\f\\r ',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
