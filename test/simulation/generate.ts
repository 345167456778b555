// From a seed to a schedule: how many claims, which troubles, and when; the kind of day is drawn first.
import type { Policies } from '../../src/claims/policies.ts';
import type { Act, Item, Schedule } from './schedule.ts';
import { Random } from './random.ts';
import { combos } from './generate-combos.ts';
import { faultOf } from './generate-faults.ts';
import { kindOf, likeOf, weighted } from './draw.ts';
import { azureOf, kaitoOf, platformOf, strangerOf, userOf } from './generate-acts.ts';

type Draw = (random: Random, names: readonly string[]) => Act;

interface Day {
  readonly share: number;
  /** How likely it is that troubles come together. */
  readonly combos: number;
  readonly claims: readonly [least: number, most: number];
  readonly acts: readonly (readonly [share: number, draw: Draw])[];
  /** How many items, claims apart. */
  readonly items: readonly [least: number, most: number];
}

const days: readonly Day[] = [
  // AKS and its machines alone: nothing may be lost (invariant 1).
  {
    share: 3,
    combos: 0,
    claims: [2, 6],
    items: [2, 9],
    acts: [
      [6, platformOf],
      [4, faultOf],
    ],
  },
  {
    share: 4,
    combos: 0.6,
    claims: [1, 5],
    items: [3, 14],
    acts: [
      [6, userOf],
      [2, platformOf],
      [5, faultOf],
    ],
  },
  {
    share: 3,
    combos: 0.6,
    claims: [1, 5],
    items: [3, 12],
    acts: [
      [6, azureOf],
      [1, userOf],
      [5, faultOf],
    ],
  },
  {
    share: 2,
    combos: 0.3,
    claims: [0, 1],
    items: [3, 10],
    acts: [
      [3, kaitoOf],
      [2, platformOf],
      [1, azureOf],
      [4, faultOf],
    ],
  },
  {
    share: 2,
    combos: 0.7,
    claims: [1, 4],
    items: [3, 12],
    acts: [
      [5, strangerOf],
      [2, userOf],
      [4, faultOf],
    ],
  },
  {
    share: 1,
    combos: 0.9,
    claims: [2, 5],
    items: [6, 24],
    acts: [
      [3, userOf],
      [3, platformOf],
      [2, azureOf],
      [1, strangerOf],
      [1, kaitoOf],
      [6, faultOf],
    ],
  },
];

const policyChoices: readonly Partial<Policies>[] = [
  {},
  {},
  {},
  {},
  { nodeRepair: 'act' },
  { onNodeMissing: 'recreate' },
  { onNodeDeletion: 'replace' },
  { onInstanceGone: 'hold' },
  { onInstanceGone: 'delete-claim' },
  { orphans: 'report' },
  { gpuReadiness: 'require' },
  { allowMassDeletion: true },
  { expireNodeClaims: true },
];

/** Claims come in the first minute, everything else within this. */
const spanMs = 25 * 60_000;
/** Longer than the longest thing that an item sets off by itself. */
const aftermathMs = 6 * 60_000;

export function scheduleOf(seed: number): Schedule {
  const random = new Random(seed).fork('schedule');
  const day = weighted(
    random,
    days.map((one) => [one.share, one]),
  );
  const policies = random.pick(policyChoices);
  const names = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'];
  const claims = random.between(day.claims[0], day.claims[1] + 1);
  const items: Item[] = [];
  for (const name of names.slice(0, claims)) {
    const atMs = random.chance(0.7) ? random.between(2000, 60_000) : random.between(60_000, spanMs);
    items.push({ atMs, what: 'createClaim', name, plural: kindOf(random), like: likeOf(random, policies) });
  }
  const count = random.between(day.items[0], day.items[1] + 1);
  for (let index = 0; index < count; index += 1) {
    const draw = weighted(random, day.acts);
    const atMs = random.chance(0.3) ? random.between(1000, 120_000) : random.between(60_000, spanMs);
    items.push({ atMs, ...draw(random, names.slice(0, Math.max(1, claims))) });
  }
  const together = random.chance(day.combos) ? random.between(1, 4) : 0;
  for (let index = 0; index < together; index += 1) {
    const startMs = random.between(60_000, spanMs - 10 * 60_000);
    const name = random.pick([...names.slice(0, Math.max(1, claims)), 'x0']);
    for (const [afterMs, act] of random.pick(combos)(random, name)) items.push({ atMs: startMs + afterMs, ...act });
  }
  items.sort((a, b) => a.atMs - b.atMs);
  const lastMs = Math.max(...items.map((item) => item.atMs + ('ms' in item ? (item.ms ?? 0) : 0)), 0);
  return {
    seed,
    skewMs: { a: skewOf(random), b: skewOf(random) },
    hurry: random.pick([1, 3, 6, 10]),
    policies,
    faultsEndMs: lastMs + aftermathMs,
    items,
  };
}

/** Most clocks are right, some are minutes off. */
function skewOf(random: Random): number {
  return random.chance(0.5) ? random.between(-2000, 2000) : random.between(-300_000, 300_000);
}
