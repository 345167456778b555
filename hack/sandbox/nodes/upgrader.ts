// What AKS does to the Nodes of a pool that it upgrades: it marks, drains and deletes them; the instances stay.
import { expectStatus } from './api.ts';
import { deleteNode, type CloudCall } from './cloud-controller.ts';
import { tell } from './node-events.ts';
import { collectPods } from './pods.ts';

const mark = 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason';

/** Azure/AKS#2692: the events of an upgrade. */
export async function announceSurge(call: CloudCall, pool: string, uid: string): Promise<void> {
  const { nodeName: name } = call.instance;
  const message = `Created a surge node ${name} for agentpool ${pool}`;
  await tell(call, { source: 'upgrader', reason: 'Surge', message, node: { name, uid } });
}

/** The Node of that uid goes once its pods have; a finalizer may hold it. */
export async function clearNode(call: CloudCall, uid: string): Promise<void> {
  const { api, instance, signal } = call;
  const name = instance.nodeName;
  const annotations = { [mark]: 'upgrade', 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' };
  const patch = { metadata: { annotations, uid }, spec: { unschedulable: true } };
  // 404, 409: it is gone, or another has taken its name.
  const reply = await api.merge(`/api/v1/nodes/${name}`, patch, signal);
  if (expectStatus(reply, `mark node ${name}`, 200, 404, 409).status !== 200) return;
  const say = (reason: string, message: string): Promise<void> =>
    tell(call, { source: 'upgrader', reason, message, node: { name, uid } });
  await say('Drain', `Draining node: ${name}`);
  await collectPods(call, name);
  await say('Upgrade', `Deleting node ${name} from API server`);
  await deleteNode(call, uid);
}
