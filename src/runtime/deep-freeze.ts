// Makes a change to a cached object fail at the line that makes it. For tests: it costs a walk through each object.

/** Freezes `value` and all that it holds; returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
