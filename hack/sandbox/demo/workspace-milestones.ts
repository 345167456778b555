// The story of a Workspace: from its YAML to a model that answers or an adapter that was pushed, and back to nothing.
import type { Milestone } from './milestones.ts';
import { conditionOf, isTrue, type Thing } from './thing.ts';

/** Whether it serves or tunes decides on what is waited for. */
export function workspaceCreationOf({ tuning }: Thing): readonly Milestone[] {
  return [...nodes, ...(tuning === undefined ? serving : tuned), whole];
}

const nodes: readonly Milestone[] = [
  {
    title: 'the Workspace is created',
    reached: ({ workspace }) => workspace !== undefined,
    detail: ({ workspace }) => workspace?.metadata.name,
  },
  {
    title: 'a Machine is created for it',
    reached: ({ wasCreated }) => wasCreated,
    detail: ({ machine }) => machine?.metadata.name,
  },
  { title: 'its pool is requested', reached: ({ pool }) => pool !== undefined, detail: ({ pool }) => pool },
  {
    title: 'its node joins',
    reached: (world) => world.nodes.length > 0,
    detail: (world) => world.nodes[0]?.metadata.name,
  },
  { title: 'the Machine is Ready', reached: ({ machine }) => isTrue(machine, 'Ready') },
  {
    title: 'ResourceReady',
    reached: ({ workspace }) => isTrue(workspace, 'ResourceReady'),
    detail: ({ workspace }) => conditionOf(workspace, 'ResourceReady')?.message,
  },
  { title: 'its pod runs', reached: ({ pods }) => pods.some(isRunning), detail: ({ pods }) => pods[0]?.metadata.name },
];

const serving: readonly Milestone[] = [
  { title: 'InferenceReady', reached: ({ workspace }) => isTrue(workspace, 'InferenceReady') },
];

const tuned: readonly Milestone[] = [
  { title: 'JobStarted', reached: ({ workspace }) => isTrue(workspace, 'JobStarted') },
  {
    title: 'the adapter is pushed',
    reached: ({ workspace }) => isTrue(workspace, 'InferenceReady'),
    detail: ({ workspace }) => conditionOf(workspace, 'InferenceReady')?.message,
  },
];

const whole: Milestone = { title: 'WorkspaceReady', reached: ({ workspace }) => isTrue(workspace, 'WorkspaceReady') };

/** On the sandbox, whose pods are servers. */
export const modelAnswers: readonly Milestone[] = [
  {
    title: 'the model answers POST /chat',
    reached: ({ answer }) => answer !== undefined,
    detail: ({ answer }) => answer,
  },
];

export const workspaceDeletion: readonly Milestone[] = [
  { title: 'its deletion is asked', reached: ({ workspace }) => workspace?.metadata.deletionTimestamp !== undefined },
  {
    title: 'the deletion of its pool is asked',
    reached: ({ calls }) => calls.some(({ operation, status }) => operation === 'DELETE' && status < 300),
  },
  { title: 'its pods are gone', reached: ({ pods }) => pods.length === 0 },
  { title: 'the pool is gone', reached: ({ pool, pools }) => pool !== undefined && pools[pool] === undefined },
  { title: 'the node is gone', reached: (world) => world.nodes.length === 0 },
  { title: 'the Machine is gone', reached: ({ wasCreated, machine }) => wasCreated && machine === undefined },
  { title: 'the Workspace is gone', reached: ({ workspaceIsGone }) => workspaceIsGone },
];

function isRunning({ status }: Thing): boolean {
  return status?.phase === 'Running' || status?.phase === 'Succeeded';
}
