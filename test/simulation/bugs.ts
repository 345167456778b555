// Bugs to plant: each of those that the state table's section 10 lists, put in by what a replica is given to work with. The
// project's own code stays as it is, and what it sees or sends is changed on the way.
import { ownerTagsFor } from '../../src/azure/tags.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { AgentPool } from '../../src/azure/pool.ts';
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import type { ArmConnection } from './arm-connection.ts';
import { deletesForPersons, forgetsIntents, forgetsLabel, hidesNodes, keepsInitialized } from './kube-bugs.ts';
import type { Invariant } from './checks/check.ts';
import type { ProvisionerContext } from '../../src/provisioner.ts';
import type { Seams } from './replica.ts';
import type { World } from './world.ts';

export interface Bug {
  readonly name: string;
  /** What it has to violate. */
  readonly breaks: readonly Invariant[];
  /** It is found within so many seeds, from 1 on. */
  readonly seeds: number;
  readonly plant: (world: World) => Seams;
}

// Deadlines of requests and leases are shorter.
const shortestPauseMs = 61_000;

export const bugs: readonly Bug[] = [
  {
    name: 'ownership check skipped',
    breaks: [6, 7, 12],
    seeds: 300,
    plant: (world) => ({ arm: (arm) => claimsPools(arm, world, () => true) }),
  },
  { name: 'a failed LIST taken for empty', breaks: [1, 5, 6], seeds: 300, plant: () => ({ arm: swallowsFailures }) },
  { name: 'If-None-Match dropped', breaks: [6], seeds: 300, plant: () => ({ arm: overwrites }) },
  {
    name: "a Node's deletion taken for a person's",
    breaks: [2],
    seeds: 300,
    plant: () => ({ kube: (kube) => deletesForPersons(kube) }),
  },
  { name: 'the finalizer dropped on a stale LIST', breaks: [5], seeds: 300, plant: () => ({ arm: answersFromLists }) },
  {
    name: 'a Failed pool with a Ready Node deleted',
    breaks: [7],
    seeds: 300,
    plant: (world) => ({ kube: (kube) => hidesNodes(kube, (pool) => world.pools.find(pool)?.view.phase === 'failed') }),
  },
  {
    name: 'adoption by name only',
    breaks: [6, 7, 12],
    seeds: 300,
    plant: (world) => ({
      arm: (arm) => claimsPools(arm, world, ({ tags }) => tags['gpu-provisioner-uid'] === undefined),
    }),
  },
  {
    name: 'Initialized left True when the Node is lost',
    breaks: [10],
    seeds: 300,
    plant: () => ({ kube: (kube) => keepsInitialized(kube) }),
  },
  { name: 'the gate open at start', breaks: [7], seeds: 300, plant: () => withTimings({ gateSettleMs: 0 }) },
  { name: 'a PUT to re-tag', breaks: [4, 6], seeds: 300, plant: () => ({ arm: retags }) },
  {
    name: 'a new leader trusting absence at once',
    breaks: [5],
    seeds: 300,
    plant: () => withTimings({ termQuarantineMs: 0, unknownOutcomeMs: 0 }),
  },
  { name: 'the intent not written', breaks: [4], seeds: 300, plant: () => ({ kube: (kube) => forgetsIntents(kube) }) },
  {
    name: 'the breaker for many orphans lifted',
    breaks: [9],
    seeds: 300,
    plant: () => withTimings({ allowMassDeletion: true }),
  },
  {
    name: 'a Node that has just joined taken for any other',
    breaks: [2],
    seeds: 300,
    plant: () => withTimings({ youngNodeMs: 0 }),
  },
  {
    name: 'one that is paused, and changes what it likes',
    breaks: ['P2'],
    seeds: 300,
    plant: () => withTimings({ paused: false, reportOnly: false }),
  },
  {
    name: "KAITO's label missing on the Nodes",
    breaks: [3],
    seeds: 300,
    plant: () => ({ arm: sendsNoLabels, kube: (kube) => forgetsLabel(kube, 'kaito.sh/workspace') }),
  },
  {
    name: 'Retry-After ignored',
    breaks: ['Retry-After'],
    seeds: 300,
    plant: () => ({
      arm: (arm) => {
        arm.impatient = true;
        return arm;
      },
    }),
  },
  { name: 'a pause that is none', breaks: ['no bugs'], seeds: 20, plant: () => ({ context: withoutPauses }) },
];

/** Every wait of a row ends at once; those of requests and leases are as they are. */
function withoutPauses(context: ProvisionerContext): ProvisionerContext {
  const { clock } = context;
  return { ...context, clock: { ...clock, after: (ms, fn) => clock.after(ms < shortestPauseMs ? ms : 1, fn) } };
}

function withTimings(timings: { readonly [name: string]: number | boolean }): Seams {
  return { context: (context) => ({ ...context, settings: { ...context.settings, ...timings } }) };
}

/** Everything but what `change` says is the connection's own. */
function altered(arm: ArmConnection, change: Partial<ArmClient>): ArmClient {
  return {
    list: (options) => arm.list(options),
    get: (name, options) => arm.get(name, options),
    create: (name, body, options) => arm.create(name, body, options),
    delete: (name, options) => arm.delete(name, options),
    cluster: (options) => arm.cluster(options),
    machines: (name, options) => arm.machines(name, options),
    ...change,
  };
}

/** Pools seem to carry the tags of whichever claim has their name. */
function claimsPools(arm: ArmConnection, { api }: World, which: (pool: AgentPool) => boolean): ArmClient {
  const seen = (pool: AgentPool): AgentPool => {
    if (!which(pool)) return pool;
    for (const [plural, kind] of [
      ['machines', 'Machine'],
      ['nodeclaims', 'NodeClaim'],
    ] as const) {
      const claim = api.find(plural, pool.name);
      if (claim !== undefined)
        return { ...pool, tags: { ...pool.tags, ...ownerTagsFor({ kind, name: pool.name, uid: claim.metadata.uid }) } };
    }
    return pool;
  };
  return altered(arm, {
    list: async (options) => (await arm.list(options)).map(seen),
    get: async (name, options) => {
      const pool = await arm.get(name, options);
      return pool === undefined ? undefined : seen(pool);
    },
  });
}

function swallowsFailures(arm: ArmConnection): ArmClient {
  return altered(arm, {
    list: (options) =>
      arm.list(options).catch((error: unknown) => {
        if (options.signal.aborted) throw error;
        return [];
      }),
    get: (name, options) =>
      arm.get(name, options).catch((error: unknown) => {
        if (options.signal.aborted) throw error;
        return undefined;
      }),
  });
}

function sendsNoLabels(arm: ArmConnection): ArmClient {
  return altered(arm, { create: (name, body, options) => arm.create(name, { ...body, nodeLabels: {} }, options) });
}

function overwrites(arm: ArmConnection): ArmClient {
  return altered(arm, { create: (name, body, options) => arm.put(name, body, { ...options, overwrite: true }) });
}

/** A GET is answered from the last LIST, however old that is. */
function answersFromLists(arm: ArmConnection): ArmClient {
  let listed: readonly AgentPool[] | undefined;
  return altered(arm, {
    list: async (options) => {
      listed = await arm.list(options);
      return listed;
    },
    get: async (name, options) =>
      listed === undefined ? arm.get(name, options) : listed.find((pool) => pool.name === name),
  });
}

/** A pool that lost our tags gets them back, with a PUT. */
function retags(arm: ArmConnection): ArmClient {
  const ours = new Map<string, Readonly<Record<string, string>>>();
  return altered(arm, {
    list: async (options) => {
      const pools = await arm.list(options);
      for (const pool of pools) {
        const tags = ours.get(pool.name);
        const has = pool.tags['gpu-provisioner-uid'] !== undefined;
        if (has) ours.set(pool.name, pool.tags);
        else if (tags !== undefined) {
          const write = { signal: options.signal, beforeSend: () => {}, overwrite: true };
          await arm.put(pool.name, bodyOf({ ...pool, tags }), write).catch(() => undefined);
        }
      }
      return pools;
    },
  });
}

function bodyOf({ vmSize, count, nodeLabels, nodeTaints, tags }: AgentPool): AgentPoolBody {
  const fixed = { mode: 'User', type: 'VirtualMachineScaleSets', osType: 'Linux', enableAutoScaling: false } as const;
  return { ...fixed, vmSize, count, nodeLabels, nodeTaints, tags };
}
