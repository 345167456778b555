// Fills the placeholders of a case with what the server under test answered before.

export interface Scope {
  readonly ns: string;
  readonly id: string;
  /** Bodies of the answers so far, by step. */
  readonly answers: readonly unknown[];
}

export class BadTemplate extends Error {
  readonly code = 'BadTemplate';
}

const placeholder = /\{(ns|id|\d+(?:\.[^{}]+)?)\}/g;

/** A copy of `value` without placeholders. Throws BadTemplate when an answer lacks the field that one names. */
export function fill<T>(value: T, scope: Scope): T;
export function fill(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return value.replaceAll(placeholder, (_match, path: string) => lookUp(path, scope));
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, scope));
  if (!isRecord(value)) return value;
  const { $step, $change } = value;
  if (typeof $step === 'number') return changed(scope.answers[$step], fill($change, scope));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [fill(key, scope), fill(item, scope)]));
}

/** Whether a case needs a namespace of its own. */
export function mentionsNamespace(value: unknown): boolean {
  return JSON.stringify(value).includes('{ns}');
}

/** The value at a dotted path, or undefined. */
export function fieldAt(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path === '' ? [] : path.split('.')) {
    if (Array.isArray(found)) found = found[Number(part)];
    else found = isRecord(found) ? found[part] : undefined;
  }
  return found;
}

function lookUp(path: string, scope: Scope): string {
  if (path === 'ns') return scope.ns;
  if (path === 'id') return scope.id;
  const [step = '', ...rest] = path.split('.');
  const found = fieldAt(scope.answers[Number(step)], rest.join('.'));
  if (typeof found !== 'string' && typeof found !== 'number') {
    throw new BadTemplate(
      `Cannot fill "{${path}}": the answer to step ${step} is ${JSON.stringify(scope.answers[Number(step)])}`,
    );
  }
  return String(found);
}

/** RFC 7386, with the difference that `$step` objects were filled before. */
function changed(target: unknown, change: unknown): unknown {
  if (!isRecord(change)) return change;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = changed(result[key], value);
  }
  return result;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
