// What the control plane does to a Node whose kubelet says nothing any more: it turns Unknown.
import { expectStatus } from './api.ts';
import type { CloudCall } from './cloud-controller.ts';
import { unreachable } from './node-object.ts';
import { editTaints, withTaints } from './node-taints.ts';

// The node lifecycle controller's grace (40 s), less what has passed of the lease on average.
const graceSeconds = 30;

/** After the grace, unless a machine of the same name `isBack` by then and has taken over the Node. */
export async function markUnreachable(
  { api, timeline, instance, signal }: CloudCall,
  uid: string,
  isBack: () => boolean,
): Promise<void> {
  await timeline.sleep(graceSeconds, signal);
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
  const reply = await api.strategic(`/api/v1/nodes/${instance.nodeName}/status`, patch, signal);
  // 404, 409: it is gone, or the machine is back under its old name.
  if (expectStatus(reply, `mark node ${instance.nodeName}`, 200, 404, 409).status !== 200) return;
  await editTaints({ api, name: instance.nodeName, signal }, withTaints(unreachable));
}
