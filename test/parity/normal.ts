// Takes out of an answer what two servers can never agree upon, and keeps what it says: same uid, changed version.
import { isIPv4 } from 'node:net';
import { isRecord } from './template.ts';

// What controllers do is compared, but not in whose name.
const controllers = 'kube-controller-manager';

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
    if (Array.isArray(value['columnDefinitions']))
      return this.#fields({ ...value, columnDefinitions: value['columnDefinitions'].map(withoutProse) }, ofStore);
    if (kind === 'Status' && isUnreadable(value)) return { ...this.#fields(value, false), message: '<words>' };
    if (kind === 'Status' && isRecord(value['details']) && Array.isArray(value['details']['causes']))
      return this.#refusal(value);
    return this.#fields(value, ofStore);
  }

  /** Schemas are checked in the random order of Go's maps: causes are a set, and the message repeats them. */
  #refusal(status: Record<string, unknown>): Record<string, unknown> {
    const fields = this.#fields(status, false);
    const { details, message } = fields;
    if (!isRecord(details) || !Array.isArray(details['causes'])) return fields;
    const causes = details['causes'].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const several = typeof message === 'string' && causes.length > 1;
    return {
      ...fields,
      details: { ...details, causes },
      ...(several && { message: message.replace(/ is invalid: \[.*\]$/s, ' is invalid: [<causes>]') }),
    };
  }

  #fields(value: Record<string, unknown>, ofStore: boolean): Record<string, unknown> {
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
      const entries = value.filter((entry) => !(isRecord(entry) && entry['manager'] === controllers));
      return entries.map((entry: unknown) => this.normal(entry)).toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
    }
    if (key === 'clusterIPs' && Array.isArray(value))
      return value.map((item: unknown) => this.#field('clusterIP', item));
    if (typeof value !== 'string') return this.normal(value);
    // Picked at random.
    if (key === 'clusterIP' && isIPv4(value)) return '<address>';
    if (key === 'uid') return numbered('uid', value, this.#uids);
    if (key === 'resourceVersion') return numbered('version', value, this.#versions);
    return this.#text(value);
  }

  /** Messages and the keys of managed fields repeat uids that were seen before. */
  #text(text: string): string {
    let result = text;
    for (const [uid, name] of this.#uids) if (isGenerated(uid)) result = result.replaceAll(uid, name);
    return withoutGo(result)
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<microtime>')
      .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
      .replace(/^127\.0\.0\.1:\d+$/, '<server>')
      .replace(/(current: |in record \(|in the precondition \(|version: 1 \()\d+/g, '$1<version>')
      .replace(/^\d+[smhd](?:\d+[smh])?$/, '<age>');
  }
}

/** The descriptions of columns are taken from the documentation of Go's types. */
function withoutProse(column: unknown): unknown {
  return isRecord(column) ? { ...column, description: '<words>' } : column;
}

/** What could not be decoded is explained in the words of Go's decoders; what was but names unknown fields, is not. */
function isUnreadable({ code, message }: Record<string, unknown>): boolean {
  const unreadable = code === 400 || code === 406 || code === 415;
  return unreadable && !(typeof message === 'string' && message.includes('strict decoding error'));
}

/** Messages of the real server print Go's own structures, differences between them, and its keys in etcd. */
function withoutGo(message: string): string {
  return message
    .replaceAll(/ value: (?:\{.*?\}|\[.*?\]|"[{[].*[}\]]"): /gs, ' value: <dump>: ')
    .replace(/\n(?:@@| {2}).*$/s, '')
    .replace(/StorageError: invalid object, Code: 4, Key: \S+, ResourceVersion: 0, AdditionalErrorMsg: /, '');
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
