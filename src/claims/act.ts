// Carrying out a step of decide: the one place from which the lifecycle writes.
import type { Claim } from '../apis/claim.ts';
import { nodes as nodesResource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { trimNode } from '../runtime/node-trim.ts';
import type { Hands } from './arm-outcome.ts';
import { askPlatform } from './ask-platform.ts';
import { countMachines } from './count-machines.ts';
import { createPool } from './create-pool.ts';
import type { Step } from './decision.ts';
import { deleteClaim } from './delete-claim.ts';
import { deletePool } from './delete-pool.ts';
import { drainPool } from './drain-pool.ts';
import type { DecideInput } from './input.ts';
import { labelsFromNode } from './labels.ts';
import { nodeSyncPatch } from './node-sync.ts';
import { nodeRefusalOf } from './node-refusal.ts';
import { registeredLabel } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { recreate } from './recreate.ts';
import { releaseNode } from './release.ts';

/** The claim after the step; `letGo`: its finalizer is gone; `nothing`: nothing was changed. */
export type Acted = Claim | 'letGo' | 'nothing';

/** Throws what the API server refused, as NodeRefused where a Node may not be changed, and NotLeading. */
export async function act<T extends KubeObject>(step: Step, input: DecideInput, hands: Hands<T>): Promise<Acted> {
  const { claim } = input;
  const { context, memories, pass, released, writer } = hands;
  switch (step.do) {
    case 'nothing':
    case 'look':
      return 'nothing';
    case 'countMachines':
      await countMachines(input, hands);
      return claim;
    case 'askPlatform':
      await askPlatform(input, step.nodeName, hands);
      return claim;
    case 'secure':
      return writer.metadata(claim, { finalizer: 'add' }, pass.signal);
    case 'create':
      return createPool(step, input, hands);
    case 'adopt': {
      const written = await writer.metadata(claim, { record: step.record }, pass.signal);
      if (input.intent === undefined && input.record === undefined) context.life?.created(claim, 'adopted');
      return written;
    }
    case 'remember':
    case 'unbind':
      return writer.metadata(claim, { record: step.record }, pass.signal);
    case 'register': {
      // The claim's labels as they will be, so that the Node is written to once.
      const labels = labelsFromNode(claim, step.node.node);
      const isNew = step.node.node.metadata.labels?.[registeredLabel] !== 'true';
      await sync(step.node, { ...claim, labels: { ...claim.labels, ...labels } }, false, hands);
      if (isNew) context.termination?.nodeCreated();
      return writer.metadata(claim, { record: step.record, labels }, pass.signal);
    }
    case 'sync':
      return (await sync(step.node, claim, step.initialize, hands)) ? claim : 'nothing';
    case 'recreate':
      return recreate(step, input, hands);
    case 'deletePool':
      return deletePool(step, input, hands);
    case 'deleteClaim':
      return deleteClaim(input, hands);
    case 'drain':
      memories.note(claim.uid, input.now, {
        drain: await drainPool(step, { context, now: input.now, signal: pass.signal }),
      });
      return claim;
    case 'releaseNodes':
      for (const { node, uid, createdAtMs } of step.nodes.filter((one) => !released.has(claim.uid, one.uid))) {
        await releaseNode(node, claim.uid, context, { ...pass, remove: step.remove });
        // What stays as a Node may have to be deleted later.
        if (!step.remove) continue;
        released.note(claim.uid, uid);
        const nowMs = input.now.apiMs;
        const deletingForMs = nowMs - (claim.deletingSince?.getTime() ?? nowMs);
        context.termination?.nodeTerminated({ ageMs: nowMs - createdAtMs, deletingForMs });
      }
      return claim;
    case 'releaseClaim':
      for (const { node } of step.nodes) await releaseNode(node, claim.uid, context, { ...pass, remove: false });
      if (step.isForced === true)
        context.log.warn({ claim: claim.name, pool: input.poolName }, 'claim is released by force, and not its pool');
      await writer.metadata(claim, { finalizer: 'remove' }, pass.signal);
      context.life?.terminated(claim, tookOf(input));
      memories.forget(claim.uid);
      released.note(claim.uid, claim.uid);
      context.log.info({ claim: claim.name }, 'claim released');
      return 'letGo';
  }
}

/** By this process's memory: whoever let another one ask Azure does not know when that was. */
function tookOf({ claim, memory, now }: DecideInput): { readonly deletingMs: number; readonly instanceMs?: number } {
  const deletingMs = Math.max(0, now.apiMs - (claim.deletingSince?.getTime() ?? now.apiMs));
  return memory.deleted?.outcome === 'accepted'
    ? { deletingMs, instanceMs: Math.max(0, now.ms - memory.deleted.endedAt.ms) }
    : { deletingMs };
}

/** Whether anything was missing on the Node. */
async function sync<T extends KubeObject>(
  view: NodeView,
  claim: Claim,
  initialize: boolean,
  { context: { kube, adapter, nodes }, pass: { signal } }: Hands<T>,
): Promise<boolean> {
  const patch = nodeSyncPatch(view.node, claim, { initialize, resource: adapter.resource });
  if (patch === undefined) return false;
  try {
    const written = await kube.patch(nodesResource, { name: view.name }, { type: 'merge', body: patch }, { signal });
    nodes.noteWrite(trimNode(written));
    return true;
  } catch (error) {
    throw nodeRefusalOf(error, view.name);
  }
}
