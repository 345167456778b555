// Changing a node's taints while others change them too: read, edit, write under the version that was read.
import { isObject, objectAt, textAt } from '../aks/json.ts';
import { type Api, expectStatus, resourceVersionOf } from './api.ts';
import type { Taint } from './node-object.ts';

export interface NodeEdit {
  readonly api: Api;
  readonly name: string;
  readonly signal: AbortSignal;
}

export type TaintEdit = (taints: readonly Taint[]) => readonly Taint[];

/** Does nothing when the node is gone or the edit changes nothing. */
export async function editTaints({ api, name, signal }: NodeEdit, edit: TaintEdit): Promise<void> {
  const path = `/api/v1/nodes/${name}`;
  for (;;) {
    const { status, body } = expectStatus(await api.get(path, signal), `read node ${name}`, 200, 404);
    if (status === 404) return;
    const before = taintsOf(objectAt(body, 'spec')['taints']);
    const taints = edit(before);
    if (JSON.stringify(taints) === JSON.stringify(before)) return;
    const patch = { metadata: { resourceVersion: resourceVersionOf(body) }, spec: { taints } };
    const reply = expectStatus(await api.merge(path, patch, signal), `change the taints of ${name}`, 200, 404, 409);
    if (reply.status !== 409) return;
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
