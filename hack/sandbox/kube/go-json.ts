// Errors of Go's JSON decoder for text that is no JSON: clients show them to people.

/** What encoding/json says about the text; only ever asked about text that JSON.parse refused. */
export function goJsonError(text: string, error: unknown): string {
  if (text.trim() === '') return 'unexpected end of JSON input';
  const message = error instanceof Error ? error.message : '';
  if (/end of JSON input|Unterminated/.test(message)) return 'unexpected end of JSON input';
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? text.search(/\S/));
  const character = text[position] ?? '';
  const quoted = character === "'" ? String.raw`'\''` : `'${character}'`;
  if (position === text.search(/\S/)) return `invalid character ${quoted} looking for beginning of value`;
  if (/after property value/.test(message)) return `invalid character ${quoted} after object key:value pair`;
  if (/after array element/.test(message)) return `invalid character ${quoted} after array element`;
  if (/after JSON/.test(message)) return `invalid character ${quoted} after top-level value`;
  if (/property name/.test(message)) return `invalid character ${quoted} looking for beginning of object key string`;
  return `invalid character ${quoted} looking for beginning of value`;
}

/** A value as Go's %v prints decoded JSON: `map[image:x]`. */
export function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, entry]) => `${key}:${goValue(entry)}`).join(' ')}]`;
  }
  return value === null || value === undefined ? '<nil>' : JSON.stringify(value).replaceAll('"', '');
}
