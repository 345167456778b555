// What the pods of every Workspace have in common: where they may run, what they tolerate, how their memory is shared.
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, nodeLabelsOf } from '../apis/workspace.ts';
import { workspaceLabel, workspaceNamespaceLabel } from './workspace-claims.ts';

export const port = 5000;

interface Expression {
  readonly key: string;
  readonly operator: 'In' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** Nodes with its labels that are its own, or nobody's: two Workspaces with the same labels never share a GPU. */
export function nodeAffinity(workspace: Workspace): object {
  const { name, namespace = '' } = workspace.metadata;
  const labels = Object.entries(nodeLabelsOf(workspace))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => isIn(key, value));
  const own = [isIn(workspaceLabel, name), isIn(workspaceNamespaceLabel, namespace)];
  const nobodys: Expression = { key: workspaceLabel, operator: 'DoesNotExist' };
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [...labels, ...own] }, { matchExpressions: [...labels, nobodys] }],
      },
    },
  };
}

function isIn(key: string, value: string): Expression {
  return { key, operator: 'In', values: [value] };
}

/** Taints of GPU nodes as KAITO and AKS put them. */
export const tolerations: readonly object[] = [
  { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
];

/** By which Services, and the controller itself, find the pods. */
export function podLabels({ metadata }: Workspace): Record<string, string> {
  return { [workspaceLabel]: metadata.name };
}

/** What every object of a Workspace carries; `name` may differ from the Workspace's. */
export function ownedMetadata(workspace: Workspace, name = workspace.metadata.name): object {
  const { name: owner, namespace, uid } = workspace.metadata;
  return {
    name,
    namespace,
    labels: podLabels(workspace),
    ownerReferences: [{ apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', name: owner, uid, controller: true }],
  };
}

/**
 * Of settings that every Workspace of a namespace may use, and their users may change. No Workspace owns them, or they would
 * go with it under the pods of another; the label finds them.
 */
export function sharedMetadata(name: string, namespace = ''): object {
  return { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'gpu-provisioner' } };
}

export interface VolumeUse {
  readonly volume: object;
  readonly mount: { readonly name: string; readonly mountPath: string };
}

/** Shared memory for the collectives of several nodes; the container's 64 MiB are not enough. */
export function sharedMemory(workspace: Workspace): readonly VolumeUse[] {
  if (countOf(workspace) < 2) return [];
  return [
    {
      volume: { name: 'dshm', emptyDir: { medium: 'Memory' } },
      mount: { name: 'dshm', mountPath: '/dev/shm' },
    },
  ];
}

export function emptyDir(name: string, mountPath: string): VolumeUse {
  return { volume: { name, emptyDir: {} }, mount: { name, mountPath } };
}

export function gpuResources(count: number): object {
  const gpus = { 'nvidia.com/gpu': `${count}` };
  return { requests: gpus, limits: gpus };
}

/** `--a=1 --b`: in the order of their names, so that the same Workspace always makes the same pod. */
export function argumentsOf(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === '' ? `--${key}` : `--${key}=${value}`))
    .join(' ');
}

export function shell(command: string): readonly string[] {
  return ['/bin/sh', '-c', command];
}

/** References without repetition. */
export function secretsNamed(names: readonly string[]): readonly { readonly name: string }[] {
  return [...new Set(names)].map((name) => ({ name }));
}
