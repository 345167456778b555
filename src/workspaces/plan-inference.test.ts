import { describe, expect, it } from 'vitest';
import { noon } from '../../test/support/claim-builders.ts';
import { aClaimOf, aNodeOf, aPlanInput, aWorkspace } from '../../test/support/workspaces.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import type { Deployment, Pod } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { hashAnnotation } from './hash.ts';
import { planWorkspace, type Plan, type PlanInput } from './plan.ts';
import type { PresetRelease } from './presets.ts';

const minute = 60_000;
const week = 7 * 24 * 60 * minute;
const served = aWorkspace({ createdAt: new Date(noon - 4 * week).toISOString() });
const inTransformers = aWorkspace({ annotations: { 'kaito.sh/runtime': 'transformers' } });

/** With its node there, so that it writes all that it wants. */
function planOf(workspace: Workspace, release: PresetRelease, changes: Partial<PlanInput> = {}): Plan {
  const up = { claims: [aClaimOf(workspace, 0)], nodes: [aNodeOf(workspace, 0)] };
  return planWorkspace(aPlanInput(workspace, { ...up, release, ...changes }));
}

/** A Deployment that a plan made. */
function madeBy(plan: Plan): Deployment {
  const hash = plan.write.find(({ kind }) => kind === 'Deployment')?.hash ?? '';
  const metadata = { name: 'phi', namespace: 'ns', uid: 'uid-d', resourceVersion: '9', generation: 1 };
  return {
    metadata: { ...metadata, creationTimestamp: '2026-03-01T12:00:00Z', annotations: { [hashAnnotation]: hash } },
    status: { observedGeneration: 1, updatedReplicas: 1, readyReplicas: 1 },
  };
}

function running(deployment: Deployment): Partial<PlanInput> {
  return { workload: { pods: [], deployment } };
}

interface PodWish {
  readonly createdAt: number;
  readonly unreadySince?: number;
  readonly ready?: boolean;
}

function aPod({ createdAt, unreadySince, ready = false }: PodWish): Pod {
  const creationTimestamp = new Date(createdAt).toISOString();
  const lastTransitionTime = new Date(unreadySince ?? createdAt).toISOString();
  const status = { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime };
  return {
    metadata: {
      name: `phi-${createdAt}`,
      namespace: 'ns',
      uid: `${createdAt}`,
      resourceVersion: '1',
      creationTimestamp,
    },
    status: { phase: 'Running', conditions: ready || unreadySince !== undefined ? [status] : [] },
  };
}

/** What is said of the model while one of its pods, or none, is ready. */
function saidOf(pods: readonly Pod[], changes: Deployment['status'] = {}, nowMs = noon): readonly WantedCondition[] {
  const deployment = madeBy(planOf(served, 'v0.3.0'));
  const status = { ...deployment.status, readyReplicas: 0, ...changes };
  const plan = planOf(served, 'v0.3.0', { nowMs, workload: { pods, deployment: { ...deployment, status } } });
  return plan.conditions.filter(({ type }) => type === 'InferenceReady' || type === 'WorkspaceReady');
}

const kinds = (plan: Plan): readonly string[] => plan.write.map(({ kind }) => kind);

describe('planInference, the settings of the vllm runtime', () => {
  const missing = { prerequisites: { missingSecrets: [], inferenceConfig: false } };

  it('are written where they are missing, and before the pods that mount them', () => {
    expect(kinds(planOf(served, 'v0.4.1', missing))).toEqual(['Service', 'ConfigMap', 'Deployment']);
    expect(kinds(planOf(served, 'v0.4.1'))).toEqual(['Service', 'Deployment']);
    expect(kinds(planOf(served, 'v0.3.0', missing))).toEqual(['Service', 'Deployment']);
  });

  it('come before pods that mount them for the first time, since nobody looked', () => {
    const older = madeBy(planOf(served, 'v0.3.0'));
    expect(kinds(planOf(served, 'v0.4.1', running(older)))).toEqual(['Service', 'ConfigMap', 'Deployment']);
    const transformers = madeBy(planOf(inTransformers, 'v0.4.1'));
    expect(kinds(planOf(served, 'v0.4.1', running(transformers)))).toEqual(['Service', 'ConfigMap', 'Deployment']);
  });

  it('are not asked for again once the pods are those that are wanted, nor where others serve', () => {
    const vllm = madeBy(planOf(served, 'v0.4.1'));
    expect(kinds(planOf(served, 'v0.4.1', running(vllm)))).toEqual(['Service', 'Deployment']);
    expect(kinds(planOf(inTransformers, 'v0.4.1', running(vllm)))).toEqual(['Service', 'Deployment']);
    const own = aWorkspace({ inference: { preset: { name: 'phi-3-mini-4k-instruct' }, config: 'mine' } });
    expect(kinds(planOf(own, 'v0.4.1', running(vllm)))).toEqual(['Service', 'Deployment']);
  });
});

describe('planInference, pods that are not ready', () => {
  it('counts their time from when they ceased to be, not from their creation', () => {
    const pending = [{ reason: 'WorkspaceInferenceStatusPending' }, { reason: 'workspacePending' }];
    expect(saidOf([aPod({ createdAt: noon - week, unreadySince: noon - minute })])).toMatchObject(pending);
    const late = saidOf([aPod({ createdAt: noon - week, unreadySince: noon - 31 * minute })]);
    expect(late).toMatchObject([{ reason: 'WorkspaceInferenceStatusFailed' }, { reason: 'workspaceFailed' }]);
  });

  it('does not count one that is ready, is going, was evicted, or is of an earlier Workspace of the name', () => {
    const old = aPod({ createdAt: noon - week });
    const other = { ...old, metadata: { ...old.metadata, deletionTimestamp: new Date(noon).toISOString() } };
    const evicted = {
      ...old,
      spec: { restartPolicy: 'Always', containers: [] },
      status: { phase: 'Failed', reason: 'Evicted' },
    };
    const fresh = aPod({ createdAt: noon - minute });
    const earlier = aPod({ createdAt: noon - 5 * week });
    for (const beside of [aPod({ createdAt: noon - week, ready: true }), other, evicted, earlier])
      expect(saidOf([beside, fresh])).toMatchObject([{ status: 'False' }, { reason: 'workspacePending' }]);
  });
});

describe('planInference, pods that are not made', () => {
  const message = 'pods "phi-1" is forbidden: exceeded quota: gpus';

  it('says why its Deployment makes none', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    expect(saidOf([], { conditions })).toMatchObject([
      { reason: 'FailedCreate', message: `Deployment "phi" lacks pods: ${message}` },
      { reason: 'workspacePending' },
    ]);
    expect(saidOf([aPod({ createdAt: noon })], { conditions })[0]?.reason).toBe('FailedCreate');
    const over = [{ type: 'ReplicaFailure', status: 'False', reason: 'x', message }];
    expect(saidOf([], { conditions: over })[0]?.reason).toBe('WorkspaceInferenceStatusPending');
  });

  it('says where to look when nothing is said of it for a minute', () => {
    const hint = '; it has no pods, and "kubectl describe deployment phi --namespace ns" says why';
    expect(saidOf([])[0]?.message).toBe('0/1 pods ready');
    expect(saidOf([], {}, noon + minute)[0]?.message).toBe(`0/1 pods ready${hint}`);
    expect(saidOf([aPod({ createdAt: noon })], {}, noon + minute)[0]?.message).toBe('0/1 pods ready');
  });
});
