// Changing a node's taints while others change them too: read, edit, write under the version that was read.
import { isObject, objectAt, textAt } from '../aks/json.ts';
import { type Api, expectStatus, resourceVersionOf } from './api.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface NodeEdit {
  readonly api: Api;
  readonly name: string;
  readonly signal: AbortSignal;
}

export type TaintEdit = (taints: readonly Taint[]) => readonly Taint[];

/** What goes into the same write as the taints. */
export interface NodeFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly providerID: string;
}

/** False when there is no such node. Writes nothing when the edit changes nothing and there are no facts. */
export async function editTaints(
  { api, name, signal }: NodeEdit,
  edit: TaintEdit,
  facts?: NodeFacts,
): Promise<boolean> {
  const path = `/api/v1/nodes/${name}`;
  for (;;) {
    const { status, body } = expectStatus(await api.get(path, signal), `read node ${name}`, 200, 404);
    if (status === 404) return false;
    const before = taintsOf(objectAt(body, 'spec')['taints']);
    const taints = edit(before);
    if (facts === undefined && JSON.stringify(taints) === JSON.stringify(before)) return true;
    const patch = {
      metadata: { resourceVersion: resourceVersionOf(body), ...(facts === undefined ? {} : { labels: facts.labels }) },
      spec: { taints, ...(facts === undefined ? {} : { providerID: facts.providerID }) },
    };
    const reply = expectStatus(await api.merge(path, patch, signal), `change node ${name}`, 200, 404, 409);
    if (reply.status !== 409) return reply.status === 200;
  }
}

/** Edits that add or drop; key and effect make a taint the same. */
export function without(...dropped: readonly Taint[]): TaintEdit {
  return (taints) => taints.filter((taint) => !dropped.some((other) => same(taint, other)));
}

export function withTaints(...added: readonly Taint[]): TaintEdit {
  return (taints) => [...taints, ...added.filter((taint) => !taints.some((other) => same(taint, other)))];
}

function same(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function taintsOf(value: unknown): readonly Taint[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((taint) => {
    const text = textAt(taint, 'value');
    const timeAdded = textAt(taint, 'timeAdded');
    return {
      key: textAt(taint, 'key') ?? '',
      effect: textAt(taint, 'effect') ?? '',
      ...(text === undefined ? {} : { value: text }),
      ...(timeAdded === undefined ? {} : { timeAdded }),
    };
  });
}
