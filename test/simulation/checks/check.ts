// What a check gets, and what it says when an invariant does not hold.
import type { Book } from '../book.ts';
import type { Change } from '../api-server.ts';
import { isDeleting, type Thing } from '../thing.ts';
import type { World } from '../world.ts';

/** An invariant of the state table, 1 to 13, its row P2, or a promise that it takes for granted. */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 'P2' | 'no bugs' | 'Retry-After';

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  readonly atMs: number;
}

export interface Bench {
  readonly world: World;
  readonly book: Book;
  readonly report: (invariant: Invariant, what: string) => void;
}

export const claimPlurals = ['machines', 'nodeclaims'] as const;
export const finalizer = 'karpenter.sh/termination';

export function claims({ world: { api } }: Bench): readonly Thing[] {
  return claimPlurals.flatMap((plural) => api.list(plural));
}

export function claimByUid(bench: Bench, uid: string | undefined): Thing | undefined {
  return uid === undefined ? undefined : claims(bench).find(({ metadata }) => metadata.uid === uid);
}

/** A pool that was made for it has failed. */
export function hasFailedPool({ world: { pools } }: Bench, { metadata: { uid } }: Thing): boolean {
  return pools.all().some(({ madeFor, view: { phase } }) => madeFor === uid && phase === 'failed');
}

/** The Node that its record names, where that is there. */
export function boundNodeOf({ world: { api } }: Bench, claim: Thing): Thing | undefined {
  const bound = noteOf(claim, 'record')?.['boundUid'];
  return api.list('nodes').find(({ metadata: { uid } }) => uid === bound);
}

export function isInitialized({ metadata: { labels = {} } }: Thing): boolean {
  return labels['karpenter.sh/initialized'] === 'true';
}

/** With this change the object is on its way, or gone at once. */
export function deletionBegins({ before, object, type }: Change): boolean {
  return before !== undefined && !isDeleting(before) && (isDeleting(object) || type === 'DELETED');
}

export function isReplica(by: string): boolean {
  return /^[ab]\d+$/u.test(by);
}

/** The JSON of one of this project's annotations. */
export function noteOf(claim: Thing, name: 'intent' | 'record'): Readonly<Record<string, unknown>> | undefined {
  const text = claim.metadata.annotations?.[`gpu-provisioner.io/${name}`];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // a user's edit
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
