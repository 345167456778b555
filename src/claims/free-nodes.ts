// Before the controller is uninstalled: its Nodes lose what only it would ever take off them.
import { nodes } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { Conflict, NotFound } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import { isOfClaim } from './node-owner.ts';
import { releasePatch } from './node-sync.ts';
import { isClaimReference } from './node-view.ts';

const pageSize = 500;
const mostPasses = 10;
const betweenPassesMs = 500;

/** Nodes that others kept changing under our hands. */
export class NodesNotFreed extends Error {
  readonly code = 'NODES_NOT_FREED';

  constructor(names: readonly string[]) {
    super(`Cannot free ${names.join(', ')}: changed by others at each of ${mostPasses} tries`);
    this.name = 'NodesNotFreed';
  }
}

export interface FreeNodesOptions {
  readonly kube: Pick<KubeClient, 'list' | 'patch'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Takes our finalizer and the owner references to claims off every Node of ours, and answers how many that were. The
 * controller must have ended: it would put both back. A second run finds nothing to do. Throws NodesNotFreed.
 */
export async function freeNodes(options: FreeNodesOptions): Promise<number> {
  const { clock, signal } = options;
  let freed = 0;
  for (let pass = 1; ; pass += 1) {
    const result = await freeOnce(options);
    freed += result.freed;
    if (result.contested.length === 0) return freed;
    if (pass === mostPasses) throw new NodesNotFreed(result.contested);
    await clock.sleep(betweenPassesMs, { signal });
  }
}

async function freeOnce(
  options: FreeNodesOptions,
): Promise<{ readonly freed: number; readonly contested: readonly string[] }> {
  const contested: string[] = [];
  let freed = 0;
  for (const node of await ourNodes(options)) {
    const { name } = node.metadata;
    try {
      if (await free(node, options)) {
        freed += 1;
        options.log.info({ Node: name }, 'node freed');
      }
    } catch (error) {
      if (error instanceof Conflict) contested.push(name);
      else if (!(error instanceof NotFound)) throw error;
    }
  }
  return { freed, contested };
}

/** All pages before the first patch, so that no page token grows old. Only what is ours is kept. */
async function ourNodes({ kube, signal }: FreeNodesOptions): Promise<readonly Node[]> {
  const found: Node[] = [];
  let continueToken: string | undefined;
  do {
    const from = continueToken === undefined ? {} : { continueToken };
    const page = await kube.list(nodes, { signal, limit: pageSize, ...from });
    found.push(...page.items.filter(isOfClaim));
    ({ continueToken } = page);
  } while (continueToken !== undefined);
  return found;
}

async function free(node: Node, { kube, signal }: FreeNodesOptions): Promise<boolean> {
  let current = node;
  let changed = false;
  for (const owner of node.metadata.ownerReferences ?? []) {
    if (!isClaimReference(owner)) continue;
    const body = releasePatch(current, owner.uid);
    if (body === undefined) continue;
    current = await kube.patch(nodes, { name: node.metadata.name }, { type: 'merge', body }, { signal });
    changed = true;
  }
  return changed;
}
