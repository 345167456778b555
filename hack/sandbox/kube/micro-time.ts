// MicroTime and Time as the real decoder reads them: a MicroTime has six digits and nothing else will do.
import { at, type Json } from './json.ts';

const micro = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)$/;
const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const layout = '2006-01-02T15:04:05';

function rest(text: string): string {
  return text.slice(layout.length);
}

/** Why the value at `path` is no MicroTime, in Go's words; undefined when it is one or absent. */
export function microTimeProblem(object: Json, ...path: string[]): string | undefined {
  const value = at(object, ...path);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return `json: cannot unmarshal ${typeof value} into Go value of type string`;
  if (micro.test(value)) return undefined;
  const parsing = `parsing time ${JSON.stringify(value)} as "${layout}.000000Z07:00": cannot parse`;
  if (!whole.test(value)) return `${parsing} ${JSON.stringify(value)} as "2006"`;
  return `${parsing} ${JSON.stringify(rest(value))} as ".000000"`;
}
