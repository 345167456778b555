// Sets of fields of an object, as metadata.managedFields keeps them (FieldsV1).
import { isObject, parseJson, type Json, type JsonObject } from '../json.ts';

/** Path elements as FieldsV1 writes them: `f:spec`, `k:{"name":"a"}`, `v:"a"`. */
export type FieldPath = readonly string[];

export class FieldSet {
  /** The field itself is in the set, apart from what lies below it. */
  #member = false;
  readonly #children = new Map<string, FieldSet>();

  static of(paths: Iterable<FieldPath>): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  static fromJson(json: Json | undefined): FieldSet {
    const set = new FieldSet();
    if (!isObject(json)) return set;
    const keys = Object.keys(json);
    set.#member = keys.length === 0 || keys.includes('.');
    for (const key of keys) if (key !== '.') set.#children.set(key, FieldSet.fromJson(json[key]));
    return set;
  }

  get isEmpty(): boolean {
    return !this.#member && [...this.#children.values()].every((child) => child.isEmpty);
  }

  insert(path: FieldPath): void {
    const [first, ...rest] = path;
    if (first === undefined) {
      this.#member = true;
      return;
    }
    const child = this.#children.get(first) ?? new FieldSet();
    this.#children.set(first, child);
    child.insert(rest);
  }

  has(path: FieldPath): boolean {
    const found = this.#at(path);
    return found !== undefined && found.#member;
  }

  /** Whether the field or anything below it is in the set. */
  touches(path: FieldPath): boolean {
    const found = this.#at(path);
    return found !== undefined && !found.isEmpty;
  }

  *paths(prefix: FieldPath = []): Generator<FieldPath> {
    if (this.#member && prefix.length > 0) yield prefix;
    for (const [key, child] of this.#children) yield* child.paths([...prefix, key]);
  }

  union(other: FieldSet): FieldSet {
    return FieldSet.of([...this.paths(), ...other.paths()]);
  }

  difference(other: FieldSet): FieldSet {
    return FieldSet.of([...this.paths()].filter((path) => !other.has(path)));
  }

  intersection(other: FieldSet): FieldSet {
    return FieldSet.of([...this.paths()].filter((path) => other.has(path)));
  }

  /** Without the given fields and all that is below them. */
  without(roots: readonly FieldPath[]): FieldSet {
    const below = (path: FieldPath): boolean => roots.some((root) => root.every((step, index) => path[index] === step));
    return FieldSet.of([...this.paths()].filter((path) => !below(path)));
  }

  toJson(): JsonObject {
    const children = [...this.#children].filter(([, child]) => !child.isEmpty).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const below = Object.fromEntries(children.map(([key, child]) => [key, child.toJson()]));
    return this.#member && children.length > 0 ? { '.': {}, ...below } : below;
  }

  #at(path: FieldPath): FieldSet | undefined {
    const [first, ...rest] = path;
    if (first === undefined) return this;
    const child = this.#children.get(first);
    return child === undefined ? undefined : child.#at(rest);
  }
}

/** A path as conflicts name it: `.spec.containers[name="c"].image`. */
export function shownPath(path: FieldPath): string {
  return path
    .map((step) => {
      const rest = step.slice(2);
      if (step.startsWith('f:')) return `.${rest}`;
      const value = parseJson(rest);
      if (step.startsWith('v:')) return `[=${JSON.stringify(value)}]`;
      const keys = isObject(value) ? Object.entries(value) : [];
      return `[${keys.map(([key, entry]) => `${key}=${JSON.stringify(entry)}`).join(',')}]`;
    })
    .join('');
}
