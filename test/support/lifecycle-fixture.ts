// A lifecycle on an API server, an Azure and a clock that a test holds in its hands: pass by pass, no sockets.
import { onTestFinished } from 'vitest';
import { nodes as nodesResource } from '../../src/apis/resource.ts';
import type { Claim, ClaimKind } from '../../src/apis/claim.ts';
import type { KubeObject, Node } from '../../src/apis/wire.ts';
import { Inventory } from '../../src/azure/inventory.ts';
import { machineAdapter, nodeClaimAdapter, type ClaimAdapter } from '../../src/claims/adapter.ts';
import { ClaimController, createClaimStore } from '../../src/claims/claim-controller.ts';
import type { LifecycleContext } from '../../src/claims/context.ts';
import type { Gate } from '../../src/claims/gate.ts';
import { knownClaims } from '../../src/claims/known-claims.ts';
import { Lifecycle } from '../../src/claims/lifecycle.ts';
import { createNodeStore, NodeController } from '../../src/claims/node-controller.ts';
import { defaultPolicies } from '../../src/claims/policies.ts';
import type { Policies } from '../../src/claims/policies.ts';
import { Restraint } from '../../src/claims/restraint.ts';
import { defaultTimings } from '../../src/claims/timings.ts';
import { checkObject } from '../../src/kube/answer.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import type { Result } from '../../src/runtime/controller.ts';
import type { EventNote } from '../../src/runtime/event-object.ts';
import { soleTerm } from '../../src/runtime/leader.ts';
import { FakeClock } from './fake-clock.ts';
import { silent } from './kube-fixture.ts';
import { MemoryArm } from './memory-arm.ts';
import { MemoryKube } from './memory-kube.ts';

/** The object that reads as this claim. */
function objectOf(claim: Claim): KubeObject {
  const { kind, name, uid, labels, annotations, finalizers, createdAt, deletingSince, resourceVersion } = claim;
  const { requirements, taints, startupTaints, requests, terminationGracePeriodMs, expireAfterMs } = claim.spec;
  const only =
    kind === 'Machine'
      ? { machineTemplateRef: { name } }
      : {
          nodeClassRef: { group: 'kaito.sh', kind: 'KaitoNodeClass', name: 'default' },
          expireAfter: expireAfterMs === undefined ? 'Never' : `${expireAfterMs / 1000}s`,
          ...(terminationGracePeriodMs === undefined
            ? {}
            : { terminationGracePeriod: `${terminationGracePeriodMs / 1000}s` }),
        };
  const object = {
    apiVersion: kind === 'Machine' ? 'karpenter.sh/v1alpha5' : 'karpenter.sh/v1',
    kind,
    metadata: {
      name,
      uid,
      resourceVersion,
      generation: 1,
      creationTimestamp: createdAt.toISOString(),
      ...(deletingSince === undefined ? {} : { deletionTimestamp: deletingSince.toISOString() }),
      labels,
      annotations,
      finalizers: [...finalizers],
    },
    spec: { requirements, taints, startupTaints, resources: { requests }, ...only },
    status: { conditions: [...claim.status.conditions] },
  };
  return object;
}

export interface LifecyclePlay {
  readonly clock: FakeClock;
  readonly kube: MemoryKube;
  readonly arm: MemoryArm;
  readonly events: readonly EventNote[];
  /** Another process takes over: nothing is remembered, nothing is known of Azure, and a term begins. */
  restart(): void;
  create(claim: Claim): void;
  join(node: Node): void;
  claim(name: string): Claim;
  /** While true the caches stay behind the API server. */
  holdWatch(held: boolean): void;
  /** Open until a test says otherwise. */
  setGate(gate: Gate): void;
  /** What a live look at the cluster shows or throws, in place of the gate. */
  setLiveGate(live: Gate | Error): void;
  /** Works by itself from now on, as the clock moves, with a memory of its own. */
  run(): void;
  pass(name: string): Promise<Result>;
  /**
   * Passes as the queue would make them, each after the wait that the one before asked for, until it asks for none or
   * `ms` are over. Answers how many there were.
   */
  drive(name: string, ms?: number): Promise<number>;
}

export interface PlayOptions {
  readonly termAgeMs?: number;
  readonly policies?: Partial<Policies>;
  /** Of all claims; Machines unless it says otherwise. */
  readonly kind?: ClaimKind;
  /** Told of what is counted. */
  readonly counts?: Pick<LifecycleContext<KubeObject>, 'disrupted' | 'life' | 'termination'>;
}

/**
 * The wall clock starts at the noon of the builders. Azure is listed from the first move of the clock on, and passes are
 * made by the test, unless it says `run`.
 */
export function playLifecycle({ kind = 'Machine', ...options }: PlayOptions = {}): LifecyclePlay {
  return kind === 'Machine' ? playKind(machineAdapter, options) : playKind(nodeClaimAdapter, options);
}

function playKind<T extends KubeObject>(
  adapter: ClaimAdapter<T>,
  { termAgeMs = 7_200_000, policies = {}, counts = {} }: Omit<PlayOptions, 'kind'>,
): LifecyclePlay {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const arm = new MemoryArm();
  const claims = createClaimStore(adapter, clock);
  const nodes = createNodeStore(clock);
  const events: EventNote[] = [];
  let held: (() => void)[] | undefined;
  let gate: Gate = { state: 'open' };
  let liveGate: Gate | Error | undefined;
  const show = (plural: string, object: KubeObject, isGone: boolean): void => {
    if (plural === adapter.resource.plural) {
      const claim = checkObject(object, adapter.resource, 'watch');
      if (isGone) claims.remove(claim);
      else claims.upsert(claim);
    } else if (plural === nodesResource.plural) {
      const node = checkObject(object, nodesResource, 'watch');
      if (isGone) nodes.remove(node);
      else nodes.upsert(node);
    }
  };
  const kube = new MemoryKube(clock, (plural, object, isGone) => {
    if (held === undefined) show(plural, object, isGone);
    else held.push(() => show(plural, object, isGone));
  });
  claims.replace([], '1');
  nodes.replace([], '1');
  const stop = new AbortController();
  const { signal } = stop;
  const running: Promise<void>[] = [];
  const start = (startedAtMs: number) => {
    const inventory = new Inventory({ arm, clock });
    const context: LifecycleContext<T> = {
      clock,
      kube,
      nodes,
      inventory,
      claims,
      timings: defaultTimings,
      policies: { ...defaultPolicies, ...policies },
      gate: () => gate,
      confirmGate: () => (liveGate instanceof Error ? Promise.reject(liveGate) : Promise.resolve(liveGate ?? gate)),
      restraint: new Restraint({ clock, ours: () => claims.size, allowMass: () => false, limits: defaultPolicies }),
      adapter,
      ...counts,
      selects: () => true,
      events: { record: (event) => events.push(event) },
      log: silent,
      random: () => 0.5,
    };
    running.push(inventory.run(signal));
    return { context, lifecycle: new Lifecycle(context), term: { ...soleTerm({ clock, signal }), startedAtMs } };
  };
  let process = start(-termAgeMs);
  onTestFinished(async () => {
    stop.abort();
    await clock.advance(60_000);
    await Promise.all(running);
  });
  const pass = (name: string): Promise<Result> => process.lifecycle.reconcile(name, { term: process.term, signal });
  return {
    clock,
    kube,
    arm,
    events,
    restart: () => {
      process = start(clock.monotonicMs());
    },
    create: (claim) => void kube.put(adapter.resource.plural, objectOf(claim)),
    join: (node) => void kube.put(nodesResource.plural, node),
    claim: (name) => adapter.read(checkObject(kube.find(adapter.resource.plural, name), adapter.resource, 'read')),
    holdWatch: (hold) => {
      const missed = held ?? [];
      held = hold ? missed : undefined;
      if (!hold) for (const tell of missed) tell();
    },
    setGate: (next) => {
      gate = next;
    },
    setLiveGate: (live) => {
      liveGate = live;
    },
    run: () => {
      const { context, term } = process;
      const metrics = createMetrics();
      const claimController = new ClaimController({ context, metrics, workers: 2 });
      const nodeController = new NodeController({
        context: { ...context, kinds: [knownClaims(claims, context)] },
        clock,
        random: context.random,
        metrics,
      });
      running.push(claimController.run(term, signal), nodeController.run(term, signal));
    },
    pass,
    async drive(name, ms = Number.POSITIVE_INFINITY) {
      const endMs = clock.monotonicMs() + ms;
      for (let passes = 1; ; passes += 1) {
        const result = await pass(name);
        if (result.outcome !== 'requeueAfter' || clock.monotonicMs() + result.ms > endMs) return passes;
        if (passes === 500) throw new RangeError(`${passes} passes within ${clock.monotonicMs()} ms`);
        await clock.advance(result.ms);
      }
    },
  };
}
