import { expect, it } from 'vitest';
import { kubeErrorFor } from '../kube/errors.ts';
import { obstacleVerdict } from './obstacle.ts';
import { nodesReady, workloadWaits } from './verdict.ts';
import { NameTaken } from './workspace-writer.ts';

const message = 'Cannot create Deployment "phi": admission webhook "policy.example" denied the request: no';
const conditions = [
  ...nodesReady({ kind: 'Machine', ready: 1, wanted: 1, claims: 1 }),
  ...workloadWaits({ reason: 'WorkspaceInferenceStatusPending', message: '0/1 pods ready' }, false, false),
];

function said(error: unknown, tunes = false): Record<string, string> | undefined {
  const verdict = obstacleVerdict(error, conditions, tunes);
  return verdict && Object.fromEntries(verdict.map(({ type, status, reason }) => [type, `${status}/${reason}`]));
}

it.each([400, 403, 422])('a refusal with %d is said of the workload and the whole, not of the nodes', (status) => {
  const refusal = kubeErrorFor(message, { status });
  expect(said(refusal)).toEqual({
    MachineReady: 'True/installNodePluginsSuccess',
    ResourceReady: 'True/workspaceResourceStatusSuccess',
    InferenceReady: 'False/WorkspaceInferenceStatusFailed',
    WorkspaceReady: 'False/workspaceFailed',
    WorkspaceSucceeded: 'False/workspaceFailed',
  });
  const words = obstacleVerdict(refusal, conditions, false)?.filter((condition) => condition.status === 'False');
  expect(new Set(words?.map((condition) => condition.message))).toEqual(new Set([message]));
  expect(said(refusal, true)).toMatchObject({ JobStarted: 'False/WorkspaceTuningJobStatusFailed' });
});

it("an object of somebody else's is said of all", () => {
  expect(said(new NameTaken('Deployment', 'phi'))).toMatchObject({
    ResourceReady: 'False/NameConflict',
    InferenceReady: 'False/NameConflict',
    WorkspaceReady: 'False/workspaceFailed',
  });
});

it('what may go well the next time says nothing', () => {
  for (const status of [0, 404, 409, 429, 500, 504]) expect(said(kubeErrorFor(message, { status }))).toBeUndefined();
  expect(said(new TypeError('a mistake of ours'))).toBeUndefined();
});
