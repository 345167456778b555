// Workspaces: where they are served, and what a reader asks of one.
import type { Resource } from './resource.ts';
import type { Workspace } from './workspace.gen.ts';

export const workspaces: Resource<Workspace> = {
  group: 'kaito.sh',
  version: 'v1alpha1',
  plural: 'workspaces',
  kind: 'Workspace',
  namespaced: true,
};

type Unchecked<T> = T extends readonly (infer Item)[]
  ? readonly Unchecked<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Unchecked<T[Key]> }
    : T;

/** As the CRD of KAITO lets one in, which leaves most rules to KAITO's webhook: any field may be missing. */
export type UncheckedWorkspace = Unchecked<Pick<Workspace, 'resource' | 'inference' | 'tuning'>>;

type Asked = Pick<UncheckedWorkspace, 'resource'>;

/** The CRD's own defaults, for objects of a cluster whose CRD was made before them. */
const usual = { count: 1, instanceType: 'Standard_NC12s_v3' } as const;

export function countOf({ resource }: Asked): number {
  return resource?.count ?? usual.count;
}

export function sizeOf({ resource }: Asked): string {
  return resource?.instanceType ?? usual.instanceType;
}

/** The labels of its nodes: what matchExpressions say with In and one value counts as a label (KAITO ignores it). */
export function nodeLabelsOf({ resource }: Workspace): Readonly<Record<string, string>> {
  const { matchExpressions = [], matchLabels = {} } = resource.labelSelector;
  const expressed = matchExpressions.flatMap(({ key, operator, values = [] }) =>
    operator === 'In' && values.length === 1 ? values.map((value) => [key, value] as const) : [],
  );
  return { ...Object.fromEntries(expressed), ...matchLabels };
}
