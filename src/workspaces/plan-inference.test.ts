import { describe, expect, it } from 'vitest';
import { aClaimOf, aNodeOf, aPlanInput, aWorkspace } from '../../test/support/workspaces.ts';
import type { Deployment } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { hashAnnotation } from './hash.ts';
import { planWorkspace, type Plan, type PlanInput } from './plan.ts';
import type { PresetRelease } from './presets.ts';

const served = aWorkspace();
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
