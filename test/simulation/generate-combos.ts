// Draws of several things that make trouble together: each alone is harmless, and chance would rarely bring them together.
import { kindOf } from './draw.ts';
import type { Random } from './random.ts';
import type { Act } from './schedule.ts';

/** Times are from the first of them on. */
export type Combo = (random: Random, name: string) => readonly (readonly [afterMs: number, act: Act])[];

const minute = 60_000;

/** A PUT that lands late, a leader that is gone by then, and a claim that is deleted meanwhile. */
const latePut: Combo = (random) => [
  [0, { what: 'armWrite', operation: 'create', how: 'late', lateMs: random.between(40_000, 88_000) }],
  [10, { what: 'createClaim', name: 'x1', plural: kindOf(random), like: 'usual' }],
  [10, crash('a', 'armSent', random)],
  [10, crash('b', 'armSent', random)],
  [random.between(300, 20_000), { what: 'deleteClaim', name: 'x1' }],
];

/** A new leader whose cache has not heard of a claim that has a pool already. */
const lateCache: Combo = (random) => [
  [0, { what: 'watchLag', replica: 'b', ms: 3 * minute, lagMs: random.between(40_000, 110_000) }],
  [10, { what: 'createClaim', name: 'x3', plural: kindOf(random), like: 'usual' }],
  [
    10,
    {
      what: 'crash',
      replica: 'a',
      on: 'armDone',
      skip: 0,
      dropInFlight: false,
      downMs: random.between(minute, 5 * minute),
    },
  ],
];

/** Tags and labels are gone, and then the claim. */
const lostTags: Combo = (random, name) => [
  [0, { what: 'retag', pool: name, how: 'dropAndRelabel' }],
  [random.between(0, 2 * minute), { what: 'deleteClaim', name }],
];

const manyOrphans: Combo = (random) =>
  ['l0', 'l1', 'l2', 'l3'].map((pool) => [random.between(0, minute), { what: 'leakedPool', pool, gpuPod: false }]);

/** Nobody has joined, and somebody scales the pool down (row A15). */
const emptyPool: Combo = (random, name) => [
  ...unjoined(name, random),
  [5 * minute, { what: 'scale', pool: name, count: 0, ms: random.between(minute, 5 * minute) }],
];

/** Nobody has joined, and somebody stops the pool (row A16). */
const idlePool: Combo = (random, name) => [
  ...unjoined(name, random),
  [5 * minute, { what: 'stopPool', pool: name, ms: random.between(minute, 5 * minute) }],
];

/** A stop and a start of the cluster with processes that come and go. */
const restless: Combo = (random) => [
  [0, { what: 'stopCluster', ms: random.between(30_000, 5 * minute) }],
  [random.between(0, 5 * minute), crash('a', 'now', random)],
  [random.between(0, 8 * minute), crash('b', 'now', random)],
];

/** A DELETE is accepted, and the process that asked for it does not hear of it. */
const lostDelete: Combo = (random, name) => [
  [
    0,
    {
      what: 'armWrite',
      operation: 'delete',
      how: random.pick(['late', 'answerLost']),
      lateMs: random.between(0, 88_000),
    },
  ],
  [10, { what: 'deleteClaim', name }],
  [20, crash(random.pick(['a', 'b']), random.pick(['armSent', 'armDone']), random)],
  ...(random.chance(0.5) ? ([[random.between(500, 5000), { what: 'recreateClaim', name }]] as const) : []),
];

/** Azure accepts the deletion of a pool and fails at it, and again. */
const failedDeletion: Combo = (random, name) => [
  [0, { what: 'supply', supply: 'deletionsFail', ms: random.between(3 * minute, 8 * minute) }],
  [random.between(10, 30_000), { what: 'deleteClaim', name }],
];

/** Azure fails while claims go: what it says then is no proof of anything. */
const blindDeletion: Combo = (random, name) => [
  [0, { what: 'deleteClaim', name }],
  [
    random.between(0, 2 * minute),
    {
      what: 'armOutage',
      how: random.pick(['unavailable', 'silent', 'parentGone']),
      ms: random.between(minute, 6 * minute),
    },
  ],
];

/** A pool fails before its Node was ever initialized. */
const failedStart: Combo = (random, name) => [
  [0, { what: 'supply', supply: 'nodesFail', ms: 5 * minute }],
  [10, { what: 'createClaim', name, plural: kindOf(random), like: 'startupTaint' }],
];

/** A claim that never had our finalizer is deleted, and somebody else's holds it. */
const heldByOthers: Combo = (random, name) => [
  [0, { what: 'createClaim', name, plural: kindOf(random), like: 'invalid' }],
  [2000, { what: 'editClaim', name, edit: 'hold', ms: 2 * minute }],
  [random.between(2500, 60_000), { what: 'deleteClaim', name }],
];

/** A pool fails, and processes begin anew before anything was done about it. */
const youngLeader: Combo = (random) => [
  [0, { what: 'supply', supply: 'noCapacity', ms: 2 * minute }],
  [10, { what: 'createClaim', name: 'x2', plural: kindOf(random), like: 'usual' }],
  [4 * minute, crash('a', 'now', random)],
  [4 * minute + 100, crash('b', 'now', random)],
];

/** Orphans, and the kind of their claims is not served for a while. */
const unknownOwners: Combo = (random) => [
  [0, { what: 'leakedPool', pool: 'l0', gpuPod: false }],
  [random.between(1000, 3 * minute), { what: 'crdGone', plural: 'machines', ms: random.between(minute, 4 * minute) }],
];

/** Let go of by force: its deletion asks Azure for nothing. */
const forced: Combo = (random, name) => [
  [0, { what: 'editClaim', name, edit: 'forceRelease', ms: 1000 }],
  [random.between(0, minute), { what: 'deleteClaim', name }],
];

/** Tags that name somebody else, and then the claim goes: the pool stays. */
const stolen: Combo = (random, name) => [
  [0, { what: 'retag', pool: name, how: random.pick(['foreign', 'earlier']) }],
  [random.between(20_000, 2 * minute), { what: 'deleteClaim', name }],
];

/** A Node joins a settled cluster, and is deleted before everybody knows its machine. */
const unknownMachine: Combo = (random) => [
  [0, { what: 'createClaim', name: 'x4', plural: kindOf(random), like: 'usual' }],
  [1000, { what: 'youngNode', pool: 'x4', ms: 12 * minute }],
];

/** Nothing may be changed, and there is something to change: a claim that goes, one that comes, a Node or a pool that is lost. */
const restricted: Combo = (random, name) => [
  [0, { what: 'restrict', how: random.pick(['paused', 'reportOnly']), ms: random.between(3 * minute, 15 * minute) }],
  [
    random.between(0, 2 * minute),
    random.pick<Act>([
      { what: 'deleteClaim', name },
      { what: 'recreateClaim', name },
      { what: 'deleteNode', pool: name },
      { what: 'deletePool', pool: name },
      { what: 'leakedPool', pool: 'l1', gpuPod: false },
      { what: 'nodeDown', pool: name, ms: 10 * minute, reimage: false },
    ]),
  ],
  [random.between(0, 3 * minute), { what: 'createClaim', name: 'x5', plural: kindOf(random), like: 'usual' }],
];

/** What was launched stays what it is. */
const changedSpec: Combo = (random) => [
  [0, { what: 'createClaim', name: 'x6', plural: 'machines', like: 'usual' }],
  [random.between(minute, 6 * minute), { what: 'editClaim', name: 'x6', edit: 'spec', ms: 1000 }],
];

export const combos: readonly Combo[] = [
  changedSpec,
  unknownMachine,
  restricted,
  forced,
  stolen,
  unknownOwners,
  youngLeader,
  failedStart,
  heldByOthers,
  latePut,
  lateCache,
  // Row E2 has hardly another way.
  lateCache,
  lostTags,
  manyOrphans,
  emptyPool,
  idlePool,
  restless,
  lostDelete,
  failedDeletion,
  blindDeletion,
];

function unjoined(name: string, random: Random): readonly (readonly [number, Act])[] {
  return [
    [0, { what: 'supply', supply: 'nodesMissing', ms: minute }],
    [10, { what: 'createClaim', name, plural: kindOf(random), like: 'usual' }],
  ];
}

function crash(replica: 'a' | 'b', on: 'now' | 'armSent' | 'armDone', random: Random): Act {
  return { what: 'crash', replica, on, skip: 0, dropInFlight: false, downMs: random.between(1000, 40_000) };
}
