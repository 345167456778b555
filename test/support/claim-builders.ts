// Builders of what the lifecycle looks at: a test says what matters to it, the rest is an ordinary Machine's day.
import type { Claim } from '../../src/apis/claim.ts';
import type { Node } from '../../src/apis/wire.ts';
import { gpuCatalogue } from '../../src/azure/catalogue.ts';
import { causeOfProvisioning } from '../../src/azure/causes.ts';
import { planPool } from '../../src/azure/pool-plan.ts';
import type { AgentPool, PoolPhase } from '../../src/azure/pool.ts';
import { ownerTagsFor } from '../../src/azure/tags.ts';
import {
  annotationText,
  finalizer,
  intentAnnotation,
  intentOf,
  recordAnnotation,
  recordOf,
} from '../../src/claims/annotations.ts';
import type { ClaimRecord, Intent } from '../../src/claims/annotations.ts';
import type { Gate } from '../../src/claims/gate.ts';
import type { DecideInput, Instant, Memory, PoolState } from '../../src/claims/input.ts';
import { withoutSizeAsked } from '../../src/claims/labels.ts';
import { viewOfNode } from '../../src/claims/node-view.ts';
import { ownerOf, sentHashOf, specHashOf } from '../../src/claims/ownership.ts';
import { defaultPolicies } from '../../src/claims/policies.ts';
import type { Policies } from '../../src/claims/policies.ts';
import type { Restrained } from '../../src/claims/restraint.ts';
import { defaultTimings } from '../../src/claims/timings.ts';
import type { Timings } from '../../src/claims/timings.ts';
import { allowsSize } from '../../src/azure/vm-size.ts';

export const noon = Date.parse('2026-03-01T12:00:00Z');
const nowMs = 1_000_000;

/** `seconds` before (negative) or after now, on both clocks. */
export function at(seconds: number): Instant {
  return { ms: nowMs + seconds * 1000, apiMs: noon + seconds * 1000 };
}

export function timeAt(seconds: number): string {
  return new Date(noon + seconds * 1000).toISOString();
}

export interface MachineOptions {
  readonly name?: string;
  readonly uid?: string;
  readonly vmSize?: string;
  readonly createdAt?: number;
  readonly deletingSince?: number | undefined;
  readonly finalizers?: readonly string[];
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly spec?: Partial<Claim['spec']>;
  readonly status?: Partial<Claim['status']>;
  readonly intent?: Partial<Intent> | undefined;
  readonly record?: Partial<ClaimRecord>;
}

export function aMachine(options: MachineOptions = {}): Claim {
  const { name = 'ws1a2b3c4d5', uid = 'uid-1', vmSize = 'Standard_NC24ads_A100_v4' } = options;
  const spec: Claim['spec'] = {
    requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: [vmSize] }],
    taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
    startupTaints: [],
    requests: { storage: '50Gi' },
    ...options.spec,
  };
  const intent = options.intent && { pool: name, attempt: 1, at: timeAt(-60), size: vmSize, ...options.intent };
  const record = options.record && { pool: name, specHash: specHashOf(spec), ...options.record };
  return {
    kind: 'Machine',
    name,
    uid,
    resourceVersion: '7',
    generation: 1,
    createdAt: new Date(noon + (options.createdAt ?? -3600) * 1000),
    ...(options.deletingSince === undefined ? {} : { deletingSince: new Date(noon + options.deletingSince * 1000) }),
    labels: { 'kaito.sh/workspace': 'w', 'kaito.sh/workspacenamespace': 'ns', ...options.labels },
    annotations: {
      ...(intent === undefined ? {} : { [intentAnnotation]: annotationText({ uid }, intent) }),
      ...(record === undefined ? {} : { [recordAnnotation]: annotationText({ uid }, record) }),
      ...options.annotations,
    },
    finalizers: options.finalizers ?? (intent === undefined && record === undefined ? [] : [finalizer]),
    ownerReferences: [],
    spec,
    status: {
      conditions: [{ type: 'MachineLaunched', status: 'Unknown', reason: 'Creating', lastTransitionTime: timeAt(-50) }],
      ...options.status,
    },
  };
}

export function poolIdOf(name: string): string {
  return `/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/mc/agentPools/${name}`;
}

/** The pool that a PUT for this claim makes. */
export function aPool(claim: Claim, phase: PoolPhase = 'settled', changes: Partial<AgentPool> = {}): AgentPool {
  const plan = planPool(claim, { catalogue: gpuCatalogue });
  if (!plan.ok) throw new Error(plan.message);
  return {
    name: plan.poolName,
    id: poolIdOf(plan.poolName),
    etag: 'etag-1',
    phase,
    state: phase,
    power: 'running',
    mode: 'User',
    vmSize: plan.vmSize,
    count: 1,
    autoscaled: false,
    nodeLabels: plan.body.nodeLabels,
    nodeTaints: plan.body.nodeTaints,
    tags: ownerTagsFor(claim),
    ...changes,
  };
}

/** Hash of what was sent for this claim, as its record keeps it. */
export function sentHashFor(claim: Claim): string {
  return sentHashOf(aPool(claim));
}

export interface NodeOptions {
  readonly name?: string;
  readonly uid?: string;
  readonly pool?: string;
  readonly createdAt?: number;
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly readySince?: number;
  readonly deletingSince?: number | undefined;
  readonly owner?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly finalizers?: readonly string[];
  readonly taints?: readonly { key: string; value?: string; effect: string }[];
  readonly cordoned?: boolean;
  readonly providerId?: string | null;
  readonly capacity?: Record<string, string>;
  readonly allocatable?: Record<string, string>;
  /** Beside Ready. */
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
}

export function aNode(options: NodeOptions = {}): Node {
  const { pool = 'ws1a2b3c4d5', uid = 'node-uid-1', createdAt = -30, ready = 'True' } = options;
  const name = options.name ?? `aks-${pool}-12345678-vmss000000`;
  const providerId = `azure:///subscriptions/s/resourceGroups/mc_rg/providers/Microsoft.Compute/virtualMachineScaleSets/aks-${pool}-12345678-vmss/virtualMachines/0`;
  return {
    metadata: {
      name,
      uid,
      resourceVersion: '11',
      creationTimestamp: timeAt(createdAt),
      ...(options.deletingSince === undefined ? {} : { deletionTimestamp: timeAt(options.deletingSince) }),
      labels: {
        agentpool: pool,
        'kubernetes.azure.com/agentpool': pool,
        'topology.kubernetes.io/zone': 'eastus-1',
        ...options.labels,
      },
      annotations: options.annotations ?? {},
      finalizers: options.finalizers ?? [],
      ownerReferences:
        options.owner === undefined
          ? []
          : [{ apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', name: 'owner', uid: options.owner }],
    },
    spec: {
      ...(options.providerId === null ? {} : { providerID: options.providerId ?? providerId }),
      ...(options.cordoned === true ? { unschedulable: true } : {}),
      taints: options.taints ?? [],
    },
    status: {
      capacity: options.capacity ?? { cpu: '24', memory: '220Gi' },
      allocatable: options.allocatable ?? { cpu: '23', memory: '200Gi' },
      conditions: [
        { type: 'Ready', status: ready, lastTransitionTime: timeAt(options.readySince ?? createdAt) },
        ...(options.conditions ?? []),
      ],
    },
  };
}

/** A Node as this claim's registration and initialization leave it. */
export function aRegisteredNode(claim: Claim, options: NodeOptions = {}): Node {
  return aNode({
    pool: claim.name,
    owner: claim.uid,
    finalizers: [finalizer],
    ...options,
    labels: { 'karpenter.sh/registered': 'true', 'karpenter.sh/initialized': 'true', ...options.labels },
  });
}

export interface InputOptions {
  readonly claim?: Claim;
  readonly ours?: boolean;
  /** A pool as it is, or an absence by LIST that began `absentSince` seconds from now. */
  readonly pool?: AgentPool | 'unknown' | { readonly absentSince: number; readonly proof?: 'get404' | 'list' };
  readonly live?: boolean;
  readonly lookedAt?: number;
  readonly poolSince?: number;
  readonly nodes?: readonly Node[];
  readonly memory?: Partial<Memory>;
  readonly termSince?: number;
  readonly lastWriteAnswered?: number;
  readonly timings?: Partial<Timings>;
  readonly policies?: Partial<Policies>;
  readonly gate?: Gate;
  readonly restrained?: Restrained;
}

export function anInput(options: InputOptions = {}): DecideInput {
  const claim = options.claim ?? aMachine();
  const plan = planPool(withoutSizeAsked(claim), { catalogue: gpuCatalogue });
  const record = recordOf(claim);
  const pool = poolStateOf(options, claim, record);
  return {
    now: at(0),
    claim,
    ours: options.ours ?? true,
    plan,
    poolName: record?.pool ?? (plan.ok ? plan.poolName : claim.name),
    pool,
    nodes: (options.nodes ?? []).map((node) => viewOfNode(node, claim.spec)),
    intent: intentOf(claim),
    record,
    memory: { firstSeen: at(-5), told: new Set(), ...options.memory },
    term: { startedAt: at(options.termSince ?? -7200) },
    lastWriteAnswered: options.lastWriteAnswered === undefined ? undefined : at(options.lastWriteAnswered),
    largeSize: false,
    poolFailure:
      pool.phase === 'failed' || pool.phase === 'canceled' ? causeOfProvisioning(pool.pool.error) : undefined,
    timings: { ...defaultTimings, ...options.timings },
    policies: { ...defaultPolicies, ...options.policies },
    gate: options.gate ?? { state: 'open' },
    restrained: options.restrained,
  };
}

function poolStateOf(options: InputOptions, claim: Claim, record: ClaimRecord | undefined): PoolState {
  const pool = options.pool ?? { absentSince: -1 };
  if (pool === 'unknown') return { phase: 'unknown', why: 'no LIST has come through yet' };
  if ('absentSince' in pool) return { phase: 'absent', proof: pool.proof ?? 'list', startedAt: at(pool.absentSince) };
  return {
    phase: pool.phase,
    owner: ownerOf(pool, { claim, record, allowsSize: (size) => allowsSize(claim.spec.requirements, size) }),
    pool,
    startedAt: at(options.lookedAt ?? -1),
    since: at(options.poolSince ?? -30),
    live: options.live ?? false,
  };
}
