// Gathering what decide looks at, all at one moment, from the caches: no request goes out.
import type { Claim } from '../apis/claim.ts';
import type { Node } from '../apis/wire.ts';
import { causeOfProvisioning } from '../azure/causes.ts';
import type { Inventory } from '../azure/inventory.ts';
import { gpuCatalogue, isLargeSize } from '../azure/catalogue.ts';
import { poolNameOf } from '../azure/pool-name.ts';
import { planPool } from '../azure/pool-plan.ts';
import { allowsSize } from '../azure/vm-size.ts';
import type { PoolLook } from '../azure/pool.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Store } from '../runtime/store.ts';
import type { Term } from '../runtime/term.ts';
import { intentOf, recordOf } from './annotations.ts';
import type { ClaimRecord } from './annotations.ts';
import type { Gate } from './gate.ts';
import { withGpus } from './gpu-readiness/gpu-condition.ts';
import type { PluginWatch } from './gpu-readiness/plugin-watch.ts';
import type { DecideInput, Instant, Memory, PoolState } from './input.ts';
import { withoutSizeAsked } from './labels.ts';
import { viewOfNode } from './node-view.ts';
import { ownerOf } from './ownership.ts';
import { poolOfProviderId } from './provider-id.ts';
import type { Policies } from './policies.ts';
import type { Restraint } from './restraint.ts';
import type { Timings } from './timings.ts';

/** Index of the Node store: by the pool that label and providerID agree on. */
export const poolIndex = 'pool';

export interface Sources {
  readonly clock: Clock;
  readonly kube: Pick<KubeClient, 'serverNow'>;
  readonly nodes: Store<Node>;
  readonly inventory: Inventory;
  readonly timings: Timings;
  readonly policies: Policies;
  readonly gate: () => Gate;
  /** The gate on a live look, asked right before what nobody asked for is done. Throws as ArmClient does. */
  readonly confirmGate?: (options: { readonly signal: AbortSignal }) => Promise<Gate>;
  /** The device plugins of the cluster, asked for while a Node lacks GPUs. */
  readonly plugins?: Pick<PluginWatch, 'ask' | 'subscribe'>;
  /** One for the process: repair, recreation, collection and D4 share it. */
  readonly restraint: Pick<Restraint, 'wish' | 'drop' | 'refusal' | 'note'>;
}

/** The pool of an AKS Node: its label, unless its providerID names another. Undefined for any other Node. */
export function poolOfNode(node: Node): string | undefined {
  const labels = node.metadata.labels ?? {};
  const labelled = labels['kubernetes.azure.com/agentpool'] ?? labels['agentpool'];
  const providerId = node.spec?.providerID;
  if (labelled === undefined || providerId === undefined || providerId === '') return labelled;
  return poolOfProviderId(providerId) === labelled ? labelled : undefined;
}

/** The pool that a claim has or would have: as recorded, else as its name and uid give it. */
export function poolOfClaim(claim: Claim): string {
  return recordOf(claim)?.pool ?? intentOf(claim)?.pool ?? poolNameOf(claim);
}

export function instantOf({ clock, kube }: Pick<Sources, 'clock' | 'kube'>): Instant {
  return { ms: clock.monotonicMs(), apiMs: kube.serverNow().getTime() };
}

export function observe(
  claim: Claim,
  sources: Sources & { readonly ours: boolean; readonly memory: Memory; readonly term: Term },
): DecideInput {
  const { inventory, nodes, timings, memory, ours, policies, term } = sources;
  const now = instantOf(sources);
  const instant = (ms: number): Instant => ({ ms, apiMs: now.apiMs - (now.ms - ms) });
  const poolName = poolOfClaim(claim);
  const record = recordOf(claim);
  const answered = inventory.lastAnswerMs(poolName);
  const pool = poolState(inventory.look(poolName), { claim, record, instant });
  const plan = planPool(withoutSizeAsked(claim), { catalogue: gpuCatalogue });
  const broken = pool.phase === 'failed' || pool.phase === 'canceled';
  const plugins = claim.deletingSince === undefined ? sources.plugins : undefined;
  const gpus = { plugins, policies, poolName, nowApiMs: now.apiMs, graceMs: timings.gpuGraceMs };
  return {
    now,
    claim,
    ours,
    plan,
    poolName,
    pool,
    nodes: nodes.byIndex(poolIndex, poolName).map((node) => withGpus(viewOfNode(node, claim.spec), gpus)),
    intent: intentOf(claim),
    record,
    memory,
    term: { startedAt: instant(term.startedAtMs) },
    lastWriteAnswered: answered === undefined ? undefined : instant(answered),
    largeSize: plan.ok && isLargeSize(plan.vmSize),
    poolFailure: broken ? causeOfProvisioning(pool.pool.error) : undefined,
    timings,
    policies,
    gate: sources.gate(),
    restrained: memory.wished === undefined ? undefined : sources.restraint.refusal(poolName),
  };
}

function poolState(
  look: PoolLook,
  {
    claim,
    record,
    instant,
  }: {
    readonly claim: Claim;
    readonly record: ClaimRecord | undefined;
    readonly instant: (ms: number) => Instant;
  },
): PoolState {
  switch (look.seen) {
    case 'unknown':
      return { phase: 'unknown', why: look.why };
    case 'absent':
      return { phase: 'absent', proof: look.proof, startedAt: instant(look.startedAtMs) };
    case 'present':
      return {
        phase: look.pool.phase,
        owner: ownerOf(look.pool, {
          claim,
          record,
          allowsSize: (vmSize) => allowsSize(claim.spec.requirements, vmSize),
        }),
        pool: look.pool,
        startedAt: instant(look.startedAtMs),
        since: instant(look.sinceMs),
        live: look.live,
      };
  }
}
