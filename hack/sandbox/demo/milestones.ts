// The story that the demo tells: what must happen to a Machine, from its creation to the day its pool is gone.
import { isTrue, type Thing } from './thing.ts';
import type { World } from './world.ts';

export interface Milestone {
  readonly title: string;
  reached(world: World): boolean;
  /** Something to show beside it. */
  detail?(world: World): string | undefined;
}

export const opening: readonly Milestone[] = [
  { title: 'the controller leads', reached: ({ leader }) => (leader ?? '') !== '', detail: ({ leader }) => leader },
];

const creation: readonly Milestone[] = [
  { title: 'the Machine is created', reached: ({ wasCreated }) => wasCreated, detail: ({ name }) => name },
  {
    title: 'it has a first status',
    reached: ({ machine }) => (machine?.status?.conditions?.length ?? 0) > 0,
    detail: ({ machine }) => machine?.status?.conditions?.find(({ status }) => status !== 'True')?.reason,
  },
  { title: 'its pool is requested', reached: ({ pool }) => pool !== undefined, detail: ({ pool }) => pool },
  { title: 'its node joins', reached: ({ nodes }) => nodes.length > 0, detail: ({ nodes }) => nodes[0]?.metadata.name },
  { title: 'MachineLaunched', reached: ({ machine }) => isTrue(machine, 'MachineLaunched') },
  { title: 'MachineRegistered', reached: ({ machine }) => isTrue(machine, 'MachineRegistered') },
  { title: 'the node is Ready', reached: ({ nodes }) => nodes.some((node) => isTrue(node, 'Ready')) },
  { title: 'MachineInitialized', reached: ({ machine }) => isTrue(machine, 'MachineInitialized') },
  {
    title: 'the Machine is Ready',
    reached: ({ machine }) =>
      isTrue(machine, 'Ready') && machine?.status?.nodeName !== undefined && machine.status.providerID !== undefined,
    detail: ({ machine }) => machine?.status?.nodeName,
  },
];

const offersGpus: Milestone = {
  title: 'the node offers its GPUs',
  reached: (world) => gpusOf(world) !== undefined,
  detail: gpusOf,
};

/** Only a GPU size has GPUs to wait for; NP sizes have FPGAs. */
export function creationOf(machine: Thing): readonly Milestone[] {
  const sizes = machine.spec?.requirements?.find(({ key }) => key === 'node.kubernetes.io/instance-type')?.values ?? [];
  return sizes.some((size) => /^standard_n(?!p)/i.test(size)) ? [...creation, offersGpus] : creation;
}

export const deletion: readonly Milestone[] = [
  { title: 'its deletion is asked', reached: ({ machine }) => machine?.metadata.deletionTimestamp !== undefined },
  { title: 'its node is drained', reached: ({ machine }) => isTrue(machine, 'Drained') },
  {
    title: 'the deletion of its pool is asked',
    reached: ({ calls }) => calls.some(({ operation, status }) => operation === 'DELETE' && status < 300),
  },
  { title: 'the pool is gone', reached: ({ pool, pools }) => pool !== undefined && pools[pool] === undefined },
  { title: 'the node is gone', reached: ({ nodes }) => nodes.length === 0 },
  { title: 'the Machine is gone', reached: ({ wasCreated, machine }) => wasCreated && machine === undefined },
];

/** Such as `1 nvidia.com/gpu`. */
function gpusOf({ nodes }: World): string | undefined {
  for (const node of nodes) {
    const [resource, count] =
      Object.entries(node.status?.allocatable ?? {}).find(([name, value]) => name.endsWith('/gpu') && value !== '0') ??
      [];
    if (resource !== undefined) return `${count} ${resource}`;
  }
  return undefined;
}
