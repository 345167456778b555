// What the cloud controller manager and the node lifecycle controller do to the Nodes of our machines.
import type { Instance } from '../aks/fleet.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, expectStatus } from './api.ts';
import { cloudFacts, uninitialized, unreachable } from './node-object.ts';
import { editTaints, withTaints, without } from './node-taints.ts';

export interface CloudCall {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly instance: Instance;
  readonly signal: AbortSignal;
}

// The cloud controller manager looks at a new node, and again at nodes without machine, each five seconds.
const everySeconds = 5;
// The node lifecycle controller's grace (40 s), less what has passed of the lease on average.
const unreachableAfterSeconds = 30;

/** Gives a new Node its providerID and place, then lets pods on it. Waits for it as long as its machine is `alive`. */
export async function initialize({ api, timeline, instance, signal }: CloudCall, alive: () => boolean): Promise<void> {
  const edit = { api, name: instance.nodeName, signal };
  while (alive()) {
    await timeline.sleep(everySeconds / 2, signal);
    if (await editTaints(edit, without(uninitialized), cloudFacts(instance))) return;
  }
}

/** A machine that is gone: its Node turns Unknown, then is deleted, again and again while a finalizer holds it. */
export async function retire(
  { api, timeline, instance, signal }: CloudCall,
  uid: string,
  isBack: () => boolean,
): Promise<void> {
  const path = `/api/v1/nodes/${instance.nodeName}`;
  await timeline.sleep(unreachableAfterSeconds, signal);
  // A machine of the same name runs by now, and has taken over the Node.
  if (isBack()) return;
  const now = timeline
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  const condition = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: now,
  };
  const patch = { metadata: { uid }, status: { conditions: [condition] } };
  const reply = await api.strategic(`${path}/status`, patch, signal);
  // 404, 409: it is gone, or the machine is back under its old name.
  if (expectStatus(reply, `mark node ${instance.nodeName}`, 200, 404, 409).status !== 200) return;
  await editTaints({ api, name: instance.nodeName, signal }, withTaints(unreachable));
  await deleteNode({ api, timeline, instance, signal }, uid);
}

/** Deletes the Node of that uid until it is gone. */
export async function deleteNode({ api, timeline, instance, signal }: CloudCall, uid: string): Promise<void> {
  const path = `/api/v1/nodes/${instance.nodeName}`;
  for (;;) {
    const reply = await api.delete(path, { preconditions: { uid }, propagationPolicy: 'Background' }, signal);
    // 409: another Node of that name has taken its place.
    if (reply.status === 404 || reply.status === 409) return;
    expectStatus(reply, `delete node ${instance.nodeName}`, 200, 202);
    await timeline.sleep(everySeconds, signal);
  }
}
