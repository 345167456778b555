// How a field is named in an error: `spec.taints[0].key`.

/** `key` of the object at `path`; the root is the empty path. */
export function child(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A key that is data rather than a declared field: `spec.requests[storage]`. */
export function keyed(path: string, key: string): string {
  return `${path}[${key}]`;
}

export function indexed(path: string, index: number): string {
  return `${path}[${index}]`;
}
