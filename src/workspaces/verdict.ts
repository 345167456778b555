// What a Workspace says of itself: each stage that it can be in is a set of conditions (pure).
import type { WantedCondition } from '../apis/conditions.ts';
import type { ClaimKind } from '../apis/claim.ts';
import type { Finding } from './checks.ts';
import type { ClaimCause, GpuLack } from './claim-findings.ts';
import type { ClaimSource } from './claim-source.ts';
import { reasons, types } from './reasons.ts';

type Status = WantedCondition['status'];

function condition(type: string, status: Status, { reason, message }: Finding): WantedCondition {
  return { type, status, reason, message };
}

/** WorkspaceReady and its twin for later clients. */
function whole(status: 'pending' | 'failed', message: string): readonly WantedCondition[] {
  const reason = status === 'pending' ? reasons.workspacePending : reasons.workspaceFailed;
  return [types.WorkspaceReady, types.WorkspaceSucceeded].map((type) => condition(type, 'False', { reason, message }));
}

function claimReadyType(kind: ClaimKind): string {
  return kind === 'Machine' ? types.MachineReady : types.NodeClaimReady;
}

/** The condition of the workload: a tuning has a Job, all else is served. */
function workloadType(tunes: boolean): string {
  return tunes ? types.JobStarted : types.InferenceReady;
}

/** Nothing is done for it as it is: no node is bought. */
export function refusedVerdict(why: Finding, tunes: boolean): readonly WantedCondition[] {
  return [
    condition(types.ResourceReady, 'False', why),
    condition(workloadType(tunes), 'False', why),
    ...whole('failed', why.message),
  ];
}

export interface NodesVerdict {
  readonly kind: ClaimKind;
  readonly ready: number;
  readonly wanted: number;
  /** Claims of its own. */
  readonly claims: number;
  /** Of a claim that is not Ready, as the claim says it. */
  readonly cause?: ClaimCause;
}

export function waitingForNodes(nodes: NodesVerdict): readonly WantedCondition[] {
  const { kind, ready, wanted, claims, cause } = nodes;
  const progress = `${ready}/${wanted} nodes ready`;
  const noun = kind === 'Machine' ? 'machines' : 'nodeClaims';
  const creating: Finding = {
    reason: kind === 'Machine' ? reasons.CreateMachinePending : reasons.CreateNodeClaimPending,
    message: `creating ${claims} ${noun}`,
  };
  const why: Finding = {
    reason: cause?.reason ?? reasons.NodesPending,
    message: cause === undefined || cause.message === '' ? progress : `${progress}: ${cause.message}`,
  };
  return [
    ...(claims === 0
      ? []
      : [condition(claimReadyType(kind), cause?.refused === true ? 'False' : 'Unknown', cause ?? creating)]),
    condition(types.ResourceReady, 'False', why),
    ...whole(cause?.refused === true ? 'failed' : 'pending', why.message),
  ];
}

/** The API server does not take its claims as they are, such as labels that no node can have. */
export function creationRefused(kind: ClaimKind, message: string): readonly WantedCondition[] {
  const reason = kind === 'Machine' ? reasons.machineFailedCreation : reasons.nodeClaimFailedCreation;
  return [
    condition(claimReadyType(kind), 'False', { reason, message }),
    condition(types.ResourceReady, 'False', { reason: reasons.workspaceResourceStatusFailed, message }),
    ...whole('failed', message),
  ];
}

/** There is no such kind of claim in this cluster. */
export function notServed({
  kind,
  resource: { group, plural, version },
}: Pick<ClaimSource, 'kind' | 'resource'>): readonly WantedCondition[] {
  const other = kind === 'Machine' ? 'nodeclaim' : 'machine';
  const message = `${kind}s are not served: the CRD ${plural}.${group} is not installed, or lacks ${version}; install it, or set --workspace-claims=${other}`;
  return creationRefused(kind, message);
}

export function nodesReady({ kind, claims }: NodesVerdict): readonly WantedCondition[] {
  const noun = kind === 'Machine' ? 'machines plugins' : 'nodeClaim plugins';
  const reason = reasons.installNodePluginsSuccess;
  return [
    ...(claims === 0
      ? []
      : [condition(claimReadyType(kind), 'True', { reason, message: `${noun} have been installed successfully` })]),
    condition(types.ResourceReady, 'True', {
      reason: reasons.workspaceResourceStatusSuccess,
      message: 'workspace resource is ready',
    }),
  ];
}

/** The nodes are ready, and what KAITO says with MachineReady, that the device plugins are there too, is not so. */
export function gpusLacking(kind: ClaimKind, lack: GpuLack): readonly WantedCondition[] {
  return [condition(claimReadyType(kind), lack.status, lack), condition(types.ResourceReady, 'False', lack)];
}

/** Whether the model answers, or the tuning runs or has run, by what is said of it. */
export function isUp(conditions: readonly WantedCondition[]): boolean {
  return conditions.some(
    ({ type, status }) => status === 'True' && (type === types.InferenceReady || type === types.JobStarted),
  );
}

export function workloadWaits(why: Finding, tunes: boolean, failed: boolean): readonly WantedCondition[] {
  return [condition(workloadType(tunes), 'False', why), ...whole(failed ? 'failed' : 'pending', why.message)];
}

export function served(): readonly WantedCondition[] {
  const inference = {
    reason: reasons.WorkspaceInferenceStatusSuccess,
    message: 'Inference has been deployed successfully',
  };
  return [condition(types.InferenceReady, 'True', inference), ...done()];
}

export function tuningRuns(active: number, ready: number): readonly WantedCondition[] {
  const message = `workspace has not completed, tuning job has ${active} active pod, ${ready} ready pod`;
  return [started(), ...whole('pending', message)];
}

/** The adapter was pushed; nothing is served, which is said as KAITO's documents show it. */
export function tuned(image: string): readonly WantedCondition[] {
  const message = `Nothing is served: the adapter is in ${image}`;
  return [started(), condition(types.InferenceReady, 'True', { reason: reasons.NotRequired, message }), ...done()];
}

export function deletingVerdict(message: string): readonly WantedCondition[] {
  return [condition(types.WorkspaceDeleting, 'True', { reason: reasons.workspaceDeleted, message })];
}

function started(): WantedCondition {
  const reason = reasons.WorkspaceTuningJobStatusStarted;
  return condition(types.JobStarted, 'True', { reason, message: 'Tuning job has started' });
}

function done(): readonly WantedCondition[] {
  return [
    condition(types.WorkspaceReady, 'True', { reason: reasons.workspaceReady, message: 'workspace is ready' }),
    condition(types.WorkspaceSucceeded, 'True', { reason: reasons.workspaceSucceeded, message: 'workspace succeeds' }),
  ];
}
