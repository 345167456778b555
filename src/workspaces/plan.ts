// The one decision over a Workspace: what is, in; what to create, change and delete, and what to say, out. No I/O, no clock.
import type { Claim, ClaimKind } from '../apis/claim.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import type { Deployment, Job, KubeObject, Node, Pod, Service, StatefulSet } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, sizeOf } from '../apis/workspace.ts';
import { gpuCatalogue, hasGpu } from '../azure/catalogue.ts';
import { ownerClaimUid } from '../claims/node-view.ts';
import { checkSpec, type Finding } from './checks.ts';
import { causeOf, gpuLackOf } from './claim-findings.ts';
import { lackOf } from './lack.ts';
import { planInference } from './plan-inference.ts';
import { isOver, planTuning, wasTuned } from './plan-tuning.ts';
import type { Presets } from './presets.ts';
import { reasons } from './reasons.ts';
import { claimsOf, seatingOf, type Seating } from './seats.ts';
import type { CheckedConfig } from './tuning-config.ts';
import type { TuningImages } from './tuning.ts';
import {
  deletingVerdict,
  gpusLacking,
  isUp,
  nodesReady,
  refusedVerdict,
  waitingForNodes,
  type NodesVerdict,
} from './verdict.ts';
import { claimFor, surplusOf } from './workspace-claims.ts';

/** KAITO's, so that either of the two can finish what the other began. */
export const workspaceFinalizer = 'workspace.finalizer.kaito.sh';

/** What the API server has of a Workspace's own objects; absent ones are undefined. */
export interface Workload {
  readonly service?: Service;
  readonly headless?: Service;
  readonly deployment?: Deployment;
  readonly statefulSet?: StatefulSet;
  readonly job?: Job;
  readonly pods: readonly Pod[];
}

export interface PlanInput {
  readonly workspace: Workspace;
  readonly nodes: readonly Node[];
  /** Names of nodes that other Workspaces have a better right to (nodesHeldByOthers). */
  readonly held: ReadonlySet<string>;
  /** All of both kinds, or only its own. */
  readonly claims: readonly Claim[];
  readonly workload: Workload;
  /** API server time. */
  readonly nowMs: number;
  readonly claimKind: ClaimKind;
  readonly presets: Presets;
  readonly images: TuningImages;
  /** Of what its pods need and others make: looked up while its workload is not up. */
  readonly prerequisites: Prerequisites;
}

export interface Prerequisites {
  /** Secrets that are not there. */
  readonly missingSecrets: readonly string[];
  /** Of a tuning: the one to push with, where it is there and cannot be used. */
  readonly unfitSecret?: string | undefined;
  /** Of a tuning: its settings; undefined: the ConfigMap is not there. */
  readonly tuningConfig?: CheckedConfig | undefined;
  /** Of a model that is served: whether the ConfigMap is there that the vllm runtime would read. */
  readonly inferenceConfig: boolean;
}

/** An object as it should be; `hash` stands for all that it should say. */
export interface Wanted {
  readonly kind: 'Service' | 'Deployment' | 'StatefulSet' | 'Job' | 'ConfigMap';
  readonly name: string;
  readonly object: object;
  readonly hash: string;
}

export interface Plan {
  readonly finalizer?: 'add' | 'remove';
  readonly createClaims: readonly object[];
  readonly deleteClaims: readonly Claim[];
  /** Nodes that get KAITO's mark of a GPU node. */
  readonly markNodes: readonly string[];
  readonly write: readonly Wanted[];
  readonly remove: readonly { readonly kind: Wanted['kind']; readonly object: KubeObject }[];
  readonly conditions: readonly WantedCondition[];
  readonly workerNodes?: readonly string[];
  readonly warnings: readonly Finding[];
  readonly wakeAfterMs?: number;
}

const nothing: Plan = {
  createClaims: [],
  deleteClaims: [],
  markNodes: [],
  write: [],
  remove: [],
  conditions: [],
  warnings: [],
};

const prerequisiteLookMs = 30_000;

export function planWorkspace(input: PlanInput): Plan {
  const { workspace, prerequisites, presets } = input;
  const { metadata, tuning } = workspace;
  const hasFinalizer = metadata.finalizers?.includes(workspaceFinalizer) ?? false;
  if (metadata.deletionTimestamp !== undefined) return hasFinalizer ? planDeletion(input) : nothing;
  // In a pass of its own: nothing is bought before it is certain to be given back.
  if (!hasFinalizer) return { ...nothing, finalizer: 'add' };
  // Whatever became since of its Secret or its preset: what was said of it stays.
  if (wasTuned(workspace, input.workload)) return nothing;
  const checked = checkSpec(workspace, presets);
  if (!checked.ok) return { ...nothing, conditions: refusedVerdict(checked.refusal, tuning !== undefined) };
  const { preset, warnings } = checked;
  const surplus = surplusOf(workspace, input.claims).length;
  if (surplus > 0) {
    const reason = reasons.InvalidWorkspace;
    const message = `resource.count: field is immutable; it was lowered to ${countOf(workspace)}, and ${surplus} claims more are there. Set it back, or create the Workspace anew`;
    return { ...nothing, conditions: refusedVerdict({ reason, message }, tuning !== undefined) };
  }
  const lacking = lackOf(workspace, preset, prerequisites);
  if (lacking !== undefined && !hasWorkload(input.workload)) {
    const conditions = refusedVerdict(lacking, tuning !== undefined);
    return { ...nothing, conditions, warnings, wakeAfterMs: prerequisiteLookMs };
  }
  // A node that it lost since is not bought again.
  if (tuning !== undefined && isOver(input.workload.job)) return planTuning(input, preset, nothing);
  const seating = seatingOf(workspace, availableIn(input), input.claims);
  const verdict = nodesVerdict(input, seating);
  const nodes = seating.seats.flatMap(({ node }) => (node === undefined ? [] : [node]));
  const resource: Plan = {
    ...nothing,
    warnings,
    createClaims: seating.missing.map((slot) =>
      claimFor(workspace, {
        slot,
        kind: input.claimKind,
        disk: preset?.inference !== undefined && tuning === undefined ? preset.inference.disk : '0',
      }),
    ),
    markNodes: marksOf(workspace, nodes),
    workerNodes: nodes.map((node) => node.metadata.name).toSorted(),
  };
  const isReady = verdict.ready >= verdict.wanted;
  // A model that is served goes on being looked after while one of its nodes is away.
  if (!isReady && !hasWorkload(input.workload)) return { ...resource, conditions: waitingForNodes(verdict) };
  const plan = tuning === undefined ? planInference(input, preset, resource) : planTuning(input, preset, resource);
  if (isReady) {
    // The workload is written all the same: one that comes up has the GPUs that it needs, whatever its nodes lack.
    const lack = isUp(plan.conditions) ? undefined : gpuLackOf(seating.seats.flatMap(({ claim }) => claim ?? []));
    const ready = lack === undefined ? nodesReady(verdict) : gpusLacking(verdict.kind, lack);
    return { ...plan, conditions: [...ready, ...plan.conditions] };
  }
  const waiting = waitingForNodes(verdict);
  const rest = plan.conditions.filter(({ type }) => !waiting.some((one) => one.type === type));
  return { ...plan, conditions: [...rest, ...waiting] };
}

function nodesVerdict({ workspace, claimKind }: PlanInput, { seats, missing }: Seating): NodesVerdict {
  const claims = seats.flatMap(({ claim }) => claim ?? []);
  const cause = causeOf(claims);
  return {
    kind: claimKind,
    ready: seats.filter(({ ready }) => ready).length,
    wanted: countOf(workspace),
    claims: claims.length + missing.length,
    ...(cause === undefined ? {} : { cause }),
  };
}

/** KAITO's device plugin and its clients look for it on NVIDIA's nodes (contract/kaito.md 2.5). */
function marksOf(workspace: Workspace, nodes: readonly Node[]): readonly string[] {
  const size = sizeOf(workspace);
  if (!hasGpu(size) || gpuCatalogue.find(size)?.vendor === 'AMD') return [];
  return nodes
    .filter(({ metadata }) => metadata.labels?.['accelerator'] === undefined)
    .map(({ metadata }) => metadata.name);
}

/** Whether its workload is there, or was: the Job of a tuning that has ended may be gone. */
export function wasMade(workspace: Workspace, workload: Workload): boolean {
  return hasWorkload(workload) || wasTuned(workspace, workload);
}

function hasWorkload({ deployment, statefulSet, job }: Workload): boolean {
  return deployment !== undefined || statefulSet !== undefined || job !== undefined;
}

/** A node of a claim is its claim's, whoever says to serve on it. */
function availableIn({ nodes, held }: PlanInput): readonly Node[] {
  if (held.size === 0) return nodes;
  return nodes.filter((node) => !held.has(node.metadata.name) || ownerClaimUid(node) !== undefined);
}

/** The workload first, so that no pod holds up the drain; then the claims; the finalizer when the last of them is gone. */
function planDeletion({ workspace, claims, workload }: PlanInput): Plan {
  const { live, leaving } = claimsOf(workspace, claims);
  const left = live.length + leaving.length;
  const going = [
    { kind: 'Deployment' as const, object: workload.deployment },
    { kind: 'StatefulSet' as const, object: workload.statefulSet },
    { kind: 'Job' as const, object: workload.job },
  ].flatMap(({ kind, object }) =>
    object === undefined || object.metadata.deletionTimestamp !== undefined ? [] : [{ kind, object }],
  );
  if (left === 0 && going.length === 0) return { ...nothing, finalizer: 'remove' };
  const message =
    left === 0 ? 'workspace is being deleted' : `workspace is being deleted: ${left} of its nodes are left`;
  return { ...nothing, deleteClaims: live, remove: going, conditions: deletingVerdict(message) };
}
