// What this project remembers on a claim: the intent before each PUT, and the record of what it got.
import type { Claim } from '../apis/claim.ts';

export const prefix = 'gpu-provisioner.io/';
export const intentAnnotation = `${prefix}intent`;
export const recordAnnotation = `${prefix}record`;
/** Refusals for people to read: newest last, five at most. */
export const attemptsAnnotation = `${prefix}attempts`;

/** Orders of people, each by the value "true". Pause: row P2 for this claim. */
export const pauseAnnotation = `${prefix}pause`;
/** A pool of an earlier claim of this name, or of the Go provisioner, is this claim's. */
export const adoptAnnotation = `${prefix}adopt`;
/** Row C0: the claim goes, whatever becomes of its pool. */
export const forceReleaseAnnotation = `${prefix}force-release`;

/** Karpenter's finalizer, on claims and Nodes: one that the Go provisioner left is ours to finish. */
export const finalizer = 'karpenter.sh/termination';

/** Written with the finalizer before each PUT, so that a crash in between is found out by looking. */
export interface Intent {
  readonly pool: string;
  readonly attempt: number;
  /** API server time, RFC 3339 with milliseconds. */
  readonly at: string;
  readonly size: string;
}

/** The last conclusive answer of ARM to a PUT of this claim, or why its pool failed. */
export interface LastAnswer {
  readonly attempt: number;
  readonly face: 'refused' | 'waiting';
  readonly reason: string;
  readonly message: string;
  /** API server time, RFC 3339: no PUT before it. */
  readonly retryAt: string;
  /** How often in a row this reason came; the pace slows with it. */
  readonly times: number;
}

export interface ClaimRecord {
  readonly pool: string;
  /** Known once ARM has accepted the PUT or the pool was adopted: proof of ownership when tags get lost. */
  readonly poolId?: string;
  readonly specHash: string;
  /** The labels and size that were sent, hashed: unchanged ones count as proof together with poolId. */
  readonly sentHash?: string;
  readonly boundNode?: string;
  readonly boundUid?: string;
  readonly boundProviderId?: string;
  readonly lastAnswer?: LastAnswer;
  /** Another made it, an earlier claim or the Go provisioner: its tags never name this claim, and it may be older than our intent. */
  readonly adopted?: boolean;
  /** The pool of this record is being replaced: it has to go before the next one is asked for. */
  readonly recreating?: boolean;
  /** How often that was decided on this day (UTC): a restart must not begin to count anew. */
  readonly recreated?: Recreated;
  /** The last deletion of this pool that Azure accepted and failed at (rows C12, A0). */
  readonly failedDeletion?: RecordedFailure;
}

interface RecordedFailure {
  /** API server time, RFC 3339. */
  readonly at: string;
  /** How many in a row it was the last of; the pace slows with it. */
  readonly times: number;
}

interface Recreated {
  /** `2026-03-01`, by the API server's clock. */
  readonly day: string;
  readonly times: number;
}

type Annotated = Pick<Claim, 'annotations' | 'uid'>;

/**
 * What the annotation says, with whose it is: an object that somebody made from a copy of another (a backup, an export)
 * brings its annotations along, and is another claim.
 */
export function annotationText(claim: Pick<Claim, 'uid'>, value: Intent | ClaimRecord): string {
  return JSON.stringify({ uid: claim.uid, ...value });
}

/** Whether a person gave this order. */
export function isOrdered({ annotations }: Pick<Claim, 'annotations'>, annotation: string): boolean {
  return annotations[annotation] === 'true';
}

/** An annotation that is not the JSON we write for this very claim counts as absent: nothing is proved by it. */
export function intentOf(claim: Annotated): Intent | undefined {
  const value = parse(claim, intentAnnotation);
  if (value === undefined) return undefined;
  const { pool, attempt, at, size } = value;
  if (typeof pool !== 'string' || typeof attempt !== 'number' || typeof at !== 'string' || typeof size !== 'string')
    return undefined;
  return Number.isNaN(Date.parse(at)) ? undefined : { pool, attempt, at, size };
}

export function recordOf(claim: Annotated): ClaimRecord | undefined {
  const value = parse(claim, recordAnnotation);
  if (value === undefined) return undefined;
  const { pool, specHash } = value;
  if (typeof pool !== 'string' || typeof specHash !== 'string') return undefined;
  const lastAnswer = lastAnswerOf(value['lastAnswer']);
  const recreated = recreatedOf(value['recreated']);
  const failedDeletion = failedDeletionOf(value['failedDeletion']);
  return {
    pool,
    specHash,
    ...textFields(value, ['poolId', 'sentHash', 'boundNode', 'boundUid', 'boundProviderId']),
    ...(lastAnswer === undefined ? {} : { lastAnswer }),
    ...(value['adopted'] === true ? { adopted: true } : {}),
    ...(value['recreating'] === true ? { recreating: true } : {}),
    ...(recreated === undefined ? {} : { recreated }),
    ...(failedDeletion === undefined ? {} : { failedDeletion }),
  };
}

interface Json {
  readonly [key: string]: unknown;
  readonly uid?: unknown;
  readonly pool?: unknown;
  readonly attempt?: unknown;
  readonly at?: unknown;
  readonly size?: unknown;
  readonly specHash?: unknown;
  readonly day?: unknown;
  readonly times?: unknown;
}

function parse({ annotations, uid }: Annotated, name: string): Json | undefined {
  const text = annotations[name];
  if (text === undefined) return undefined;
  try {
    const value = objectOf(JSON.parse(text));
    return value?.uid === uid ? value : undefined;
  } catch {
    return undefined; // a person's edit; it proves nothing
  }
}

function objectOf(value: unknown): Json | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textFields<K extends string>(value: Json, names: readonly K[]): { readonly [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string' && text !== '') result[name] = text;
  }
  return result;
}

function lastAnswerOf(value: unknown): LastAnswer | undefined {
  const answer = objectOf(value);
  if (answer === undefined) return undefined;
  const { attempt } = answer;
  const { reason, message, retryAt } = textFields(answer, ['reason', 'message', 'retryAt']);
  const face = answer['face'];
  const times = answer['times'];
  if (typeof attempt !== 'number' || reason === undefined || message === undefined || retryAt === undefined)
    return undefined;
  if ((face !== 'refused' && face !== 'waiting') || Number.isNaN(Date.parse(retryAt))) return undefined;
  return { attempt, face, reason, message, retryAt, times: typeof times === 'number' ? times : 1 };
}

function recreatedOf(value: unknown): Recreated | undefined {
  const { day, times } = objectOf(value) ?? {};
  return typeof day === 'string' && typeof times === 'number' ? { day, times } : undefined;
}

function failedDeletionOf(value: unknown): RecordedFailure | undefined {
  const { at, times } = objectOf(value) ?? {};
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return undefined;
  return { at, times: typeof times === 'number' && Number.isSafeInteger(times) && times > 0 ? times : 1 };
}
