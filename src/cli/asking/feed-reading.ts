// The status feed as it comes from the network: taken for one only when it looks like one.
import { isJsonObject } from '../../kube/answer.ts';
import type { StatusFeed } from '../../status/feed.ts';

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const truth: Check = (value) => typeof value === 'boolean';
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const all =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const why = { reason: maybe(text), message: maybe(text) };
const phases: ReadonlySet<unknown> = new Set(['launching', 'registering', 'initializing', 'ready', 'deleting']);
const phase: Check = (value) => phases.has(value);

const claim = shape({
  ...why,
  kind: text,
  name: text,
  uid: text,
  vmSize: maybe(text),
  phase,
  attention: (value) => value === 'none' || value === 'late' || value === 'stuck',
  pool: text,
  createdAt: text,
  usdPerHour: maybe(number),
  gpus: maybe(number),
});

const pool = shape({
  ...why,
  name: text,
  ownership: text,
  owner: maybe(shape({ kind: text, name: text, uid: text })),
  row: maybe(text),
  vmSize: text,
  count: number,
  state: text,
  ageSeconds: number,
  usdPerHour: maybe(number),
});

const feed = shape({
  at: text,
  instance: text,
  build: text,
  leads: truth,
  cluster: shape({ subscriptionId: text, resourceGroup: text, name: text }),
  azure: shape({
    ok: truth,
    detail: text,
    inventoryAgeSeconds: maybe(number),
    remaining: shape({ reads: maybe(number), writes: maybe(number), deletes: maybe(number) }),
  }),
  gate: shape({ ...why, state: text }),
  claims: all(claim),
  pools: all(pool),
  expectations: all(shape({ vmSize: text, phase, count: number, p50Seconds: number, p90Seconds: number })),
});

/** Undefined: it is no feed, or one of a version that is not known here. */
export function readFeed(body: string): StatusFeed | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined; // another program answers at that port
  }
  return isFeed(value) ? value : undefined;
}

function isFeed(value: unknown): value is StatusFeed {
  return isJsonObject(value) && isVersionOne(value) && feed(value);
}

function isVersionOne({ version }: Json & { readonly version?: unknown }): boolean {
  return version === 1;
}
