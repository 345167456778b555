// The part of kubectl's JSONPath that columns use: fields with escapes, indexes, wildcards and filters.
import { isObject, parseJson, type Json } from '../json.ts';

/** From a value to the values that a step leads to. */
type Step = (value: Json) => readonly Json[];

/** The path is none that columns can have. */
export class InvalidJsonPath extends Error {
  override readonly name = 'InvalidJsonPath';
  readonly code = 'InvalidJsonPath';
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function field(name: string): Step {
  return (value) => (isObject(value) && Object.hasOwn(value, name) ? present(value[name]) : []);
}

function everything(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value).filter((each) => each !== undefined) : [];
}

function slice(text: string): Step {
  const [from, to, by] = text.split(':').map((part) => (part === '' ? undefined : Number(part)));
  return (value) => {
    if (!Array.isArray(value)) return [];
    if (!text.includes(':')) return present(value.at(from ?? 0));
    return value.slice(from, to).filter((_, index) => index % (by ?? 1) === 0);
  };
}

const operators: Readonly<Record<string, (a: Json, b: Json) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => ordered(a, b, (order) => order < 0),
  '<=': (a, b) => ordered(a, b, (order) => order <= 0),
  '>': (a, b) => ordered(a, b, (order) => order > 0),
  '>=': (a, b) => ordered(a, b, (order) => order >= 0),
};

function ordered(a: Json, b: Json, fits: (order: number) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return fits(a - b);
  return typeof a === 'string' && typeof b === 'string' && fits(a < b ? -1 : Number(a > b));
}

function literal(text: string): Json {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1);
  try {
    return parseJson(text);
  } catch (cause) {
    throw new InvalidJsonPath(`Cannot read "${text}" in a filter`, { cause });
  }
}

function filter(text: string): Step {
  const [, left = '', operator, right = ''] = /^@(.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*))?$/s.exec(text.trim()) ?? [];
  const find = compileJsonPath(left);
  const compare = operator === undefined ? undefined : operators[operator];
  const wanted = compare === undefined ? null : literal(right);
  return (value) =>
    everything(value).filter((item) => {
      const [found] = find(item);
      return found !== undefined && (compare === undefined || compare(found, wanted));
    });
}

function bracket(text: string): Step {
  if (text === '*') return everything;
  if (text.startsWith('?(') && text.endsWith(')')) return filter(text.slice(2, -1));
  const [, , quoted] = /^(['"])(.*)\1$/s.exec(text) ?? [];
  if (quoted !== undefined) return field(quoted);
  if (/^-?\d*(:-?\d*){0,2}$/.test(text)) return slice(text);
  throw new InvalidJsonPath(`Cannot read "[${text}]" in a JSONPath`);
}

// A field, where a backslash escapes what would end it, or a bracket, where quotes may hold brackets.
const stepPattern = /\.?((?:\\.|[^.[\]\\])+)|\[((?:'[^']*'|"[^"]*"|[^[\]'"])+)\]|\./gy;

/** What finds the values at `path`, as `.a.b[0]` of a CRD's column. Throws InvalidJsonPath. */
export function compileJsonPath(path: string): (value: Json) => readonly Json[] {
  const steps: Step[] = [];
  let end = 0;
  for (const match of path.matchAll(stepPattern)) {
    const [whole, name, inside] = match;
    end += whole.length;
    if (name === '*') steps.push(everything);
    else if (name !== undefined) steps.push(field(name.replaceAll(/\\(.)/g, '$1')));
    else if (inside !== undefined) steps.push(bracket(inside));
  }
  if (end < path.length) throw new InvalidJsonPath(`Cannot read the JSONPath "${path}" from "${path.slice(end)}"`);
  return (value) => steps.reduce<readonly Json[]>((values, step) => values.flatMap(step), [value]);
}
