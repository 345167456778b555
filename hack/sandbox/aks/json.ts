// JSON that came over the wire, read with checks instead of casts.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

export function textAt(value: unknown, key: string): string | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

export function numberAt(value: unknown, key: string): number | undefined {
  const inner = isObject(value) ? value[key] : undefined;
  return typeof inner === 'number' ? inner : undefined;
}

export function textsAt(value: unknown, key: string): readonly string[] {
  const inner = isObject(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner.filter((item) => typeof item === 'string') : [];
}

export function textMapAt(value: unknown, key: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const [name, text] of Object.entries(objectAt(value, key))) {
    if (typeof text === 'string') out[name] = text;
  }
  return out;
}
