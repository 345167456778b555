// Draws of what people, Azure, KAITO and strangers do.
import type { Random } from './random.ts';
import type { Act } from './schedule.ts';
import { kindOf, weighted } from './draw.ts';

type Draw = (random: Random, names: readonly string[]) => Act;
type Choices = readonly (readonly [share: number, draw: Draw])[];

const minute = 60_000;

const platform: Choices = [
  [3, (random, names) => ({ what: 'upgradePool', pool: random.pick(names) })],
  [1, () => ({ what: 'upgradeCluster' })],
  [2, (random) => ({ what: 'stopCluster', ms: random.between(20_000, 10 * minute) })],
  [
    4,
    (random, names) => ({
      what: 'nodeDown',
      pool: random.pick(names),
      ms: random.between(5000, random.chance(0.3) ? 20 * minute : 3 * minute),
      reimage: random.chance(0.4),
    }),
  ],
  [1, (random, names) => ({ what: 'poolFails', pool: random.pick(names) })],
  [2, () => ({ what: 'nodeStorm' })],
  [1, (random, names) => ({ what: 'youngNode', pool: random.pick(names), ms: random.between(minute, 15 * minute) })],
];

const users: Choices = [
  [6, (random, names) => ({ what: 'deleteClaim', name: random.pick(names) })],
  [3, (random, names) => ({ what: 'recreateClaim', name: random.pick(names) })],
  [1, (random, names) => ({ what: 'stripClaim', name: random.pick(names) })],
  [
    4,
    (random, names) => ({
      what: 'editClaim',
      name: random.pick(names),
      edit: random.pick(['label', 'finalizer', 'annotations', 'spec', 'pause', 'forceRelease', 'adopt', 'hold']),
      ms: random.between(10_000, 5 * minute),
    }),
  ],
  [3, (random, names) => ({ what: 'deleteNode', pool: random.pick(names) })],
  [
    3,
    (random, names) => ({
      what: 'pod',
      pool: random.pick(names),
      like: random.pick(['plain', 'budget', 'doNotDisrupt', 'gpu']),
    }),
  ],
  [
    2,
    (random, names) => ({
      what: 'retag',
      pool: random.pick(names),
      how: random.pick(['drop', 'foreign', 'earlier', 'dropAndRelabel']),
    }),
  ],
  [1, (random, names) => ({ what: 'relabelPool', pool: random.pick(names) })],
  [
    2,
    (random, names) => ({
      what: 'scale',
      pool: random.pick(names),
      count: random.pick([0, 0, 2]),
      ms: random.between(30_000, 20 * minute),
    }),
  ],
  [1, (random, names) => ({ what: 'autoscale', pool: random.pick(names), ms: random.between(minute, 15 * minute) })],
  [1, (random, names) => ({ what: 'stopPool', pool: random.pick(names), ms: random.between(30_000, 10 * minute) })],
  [2, (random, names) => ({ what: 'deletePool', pool: random.pick(names) })],
  [
    1,
    (random) => ({
      what: 'restrict',
      how: random.pick(['paused', 'reportOnly']),
      ms: random.between(minute, 15 * minute),
    }),
  ],
];

const supplies = ['noCapacity', 'noQuota', 'nodesFail', 'nodesLate', 'nodesMissing', 'deletionsFail'] as const;

const azure: Choices = [
  [6, (random) => ({ what: 'supply', supply: random.pick(supplies), ms: random.between(minute, 12 * minute) })],
  [2, (random, names) => ({ what: 'instanceGone', pool: random.pick(names) })],
  [2, (random, names) => ({ what: 'deletePool', pool: random.pick(names) })],
  [1, (random, names) => ({ what: 'poolFails', pool: random.pick(names) })],
  [2, (random, names) => ({ what: 'deleteClaim', name: random.pick(names) })],
  [
    2,
    (random, names) => ({
      what: 'scale',
      pool: random.pick(names),
      count: 0,
      ms: random.between(30_000, 10 * minute),
    }),
  ],
  [1, (random, names) => ({ what: 'stopPool', pool: random.pick(names), ms: random.between(30_000, 10 * minute) })],
];

const strangers: Choices = [
  [3, (random, names) => ({ what: 'foreignPool', pool: random.pick(names) })],
  [3, (random) => ({ what: 'goPool', pool: random.pick(['g0', 'g1']), plural: kindOf(random) })],
  [
    3,
    (random, names) => ({
      what: 'leakedPool',
      pool: random.pick(['l0', 'l1', 'l2', ...names]),
      gpuPod: random.chance(0.3),
    }),
  ],
  [1, (random) => ({ what: 'deleteClaim', name: random.pick(['g0', 'g1']) })],
  [1, (random, names) => ({ what: 'stripClaim', name: random.pick(names) })],
  [1, (random, names) => ({ what: 'recreateClaim', name: random.pick(names) })],
];

export const platformOf: Draw = (random, names) => weighted(random, platform)(random, names);
export const userOf: Draw = (random, names) => weighted(random, users)(random, names);
export const azureOf: Draw = (random, names) => weighted(random, azure)(random, names);
export const strangerOf: Draw = (random, names) => weighted(random, strangers)(random, names);

export const kaitoOf: Draw = (random) => ({
  what: 'kaito',
  version: random.pick(['0.3.0', '0.4.1', '0.4.6', '0.12.0']),
  workspace: `w${random.below(1000)}`,
  count: random.between(1, 4),
  ...(random.chance(0.5) ? {} : { ms: random.between(2 * minute, 20 * minute) }),
});
