// Draws of what goes wrong between the replicas and their servers.
import type { Random } from './random.ts';
import type { Act } from './schedule.ts';
import { replicaOf, weighted } from './draw.ts';

type Fault = (random: Random) => Act;

const minute = 60_000;

const faults: readonly (readonly [share: number, draw: Fault])[] = [
  [
    8,
    (random) => ({
      what: 'crash',
      replica: replicaOf(random),
      on: random.pick(['now', 'armSent', 'armSent', 'armDone', 'armDone', 'patchSent', 'patchDone', 'readDone']),
      skip: random.below(6),
      dropInFlight: random.chance(0.3),
      downMs: random.between(1000, random.chance(0.3) ? 10 * minute : 40_000),
    }),
  ],
  [1, (random) => ({ what: 'rollout', replica: replicaOf(random) })],
  [3, (random) => ({ what: 'freeze', replica: replicaOf(random), ms: random.between(3000, 90_000) })],
  [1, (random) => ({ what: 'clockJump', replica: replicaOf(random), ms: random.between(-300_000, 300_000) })],
  [
    3,
    (random) => ({
      what: 'apiOutage',
      how: random.pick(['refused', 'silent', 'errors']),
      ms: random.between(3000, random.chance(0.2) ? 5 * minute : 40_000),
      ...(random.chance(0.6) ? { replica: replicaOf(random) } : {}),
    }),
  ],
  [3, (random) => ({ what: 'apiTrouble', ms: random.between(10_000, 3 * minute), share: 0.05 + random.next() * 0.4 })],
  [
    3,
    (random) => ({
      what: 'watchLag',
      replica: replicaOf(random),
      ms: random.between(10_000, 4 * minute),
      lagMs: random.between(500, 30_000),
    }),
  ],
  [
    2,
    (random) => ({
      what: 'watchBreak',
      plural: random.pick(['machines', 'nodes', 'nodeclaims']),
      how: random.pick(['reset', 'gone', 'stall']),
    }),
  ],
  [1, () => ({ what: 'leaseTaken' })],
  [1, () => ({ what: 'leaseDeleted' })],
  [
    1,
    (random) => ({
      what: 'crdGone',
      plural: random.pick(['machines', 'nodeclaims']),
      ms: random.between(5000, 4 * minute),
    }),
  ],
  [
    3,
    (random) => ({
      what: 'armOutage',
      how: random.pick(['unavailable', 'silent', 'throttled', 'forbidden', 'parentGone']),
      ms: random.between(5000, random.chance(0.3) ? 8 * minute : 90_000),
      ...(random.chance(0.3) ? { replica: replicaOf(random) } : {}),
    }),
  ],
  [
    6,
    (random) => ({
      what: 'armWrite',
      operation: random.pick(['create', 'delete']),
      how: random.pick(['lost', 'answerLost', 'late', 'late', 'error', 'errorAfter', 'throttled', 'conflict']),
      lateMs: random.between(5000, 85_000),
    }),
  ],
  [2, (random) => ({ what: 'armReads', operation: random.pick(['list', 'get']), count: random.between(1, 6) })],
];

export function faultOf(random: Random): Act {
  return weighted(random, faults)(random);
}
