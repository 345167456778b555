// Takes out of an answer what two servers can never agree upon, and keeps what it says: same uid, changed version.
import { isRecord } from './template.ts';

/**
 * Replaces uids and resourceVersions by numbers in the order of their appearance in a case, times by their format.
 * One for each run of a case on a server.
 */
export class Normaliser {
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  normal(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => this.normal(item));
    if (isRecord(value)) return this.#record(value);
    return typeof value === 'string' ? this.#text(value) : value;
  }

  #record(value: Record<string, unknown>): Record<string, unknown> {
    // Of a list, a table and a bookmark the version is that of the whole store, which background writers move.
    const { kind, type, object } = value;
    const ofStore = typeof kind === 'string' && /(?:List|Table)$/.test(kind);
    if (type === 'BOOKMARK' && isRecord(object)) {
      return { type, object: { ...this.#record(object), metadata: this.#metaOfStore(object['metadata']) } };
    }
    const entries = Object.keys(value)
      .toSorted()
      .map((key) => [
        this.#text(key),
        ofStore && key === 'metadata' ? this.#metaOfStore(value[key]) : this.#field(key, value[key]),
      ]);
    return Object.fromEntries(entries);
  }

  #metaOfStore(meta: unknown): unknown {
    if (!isRecord(meta)) return meta;
    const hidden = ['resourceVersion', 'continue'].filter((key) => meta[key] !== undefined && meta[key] !== '');
    return { ...this.#record(meta), ...Object.fromEntries(hidden.map((key) => [key, `<${key}>`])) };
  }

  #field(key: string, value: unknown): unknown {
    if (key === 'managedFields' && Array.isArray(value)) {
      return value.map((entry: unknown) => this.normal(entry)).toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
    }
    if (typeof value !== 'string') return this.normal(value);
    if (key === 'uid') return numbered('uid', value, this.#uids);
    if (key === 'resourceVersion') return numbered('version', value, this.#versions);
    return this.#text(value);
  }

  /** Messages and the keys of managed fields repeat uids that were seen before. */
  #text(text: string): string {
    let result = text;
    for (const [uid, name] of this.#uids) if (isGenerated(uid)) result = result.replaceAll(uid, name);
    return result
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<microtime>')
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
      .replace(/^\d+[smhd](?:\d+[smh])?$/, '<age>');
  }
}

/** Not one of a case's own, which may be part of any word. */
function isGenerated(uid: string): boolean {
  return uid.length === 36;
}

function numbered(what: string, value: string, names: Map<string, string>): string {
  // Both mean that there is none.
  if (value === '' || value === '0') return value;
  const name = names.get(value) ?? `<${what} ${names.size + 1}>`;
  names.set(value, name);
  return name;
}

function rank(entry: unknown): string {
  return isRecord(entry) ? [entry['manager'], entry['operation'], entry['subresource']].join('/') : '';
}
