// Plays the kubelet for the pod of the chart's uninstall hook: the built program with the arguments and rights of its Job.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kubeconfigOf } from '../../hack/controlplane/identities.ts';
import { isObject, objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { expectStatus, itemsOf } from '../../hack/sandbox/nodes/api.ts';
import { release, tokenFor, type Cluster } from './cluster.ts';
import { grantsOf, type Grant } from './grants.ts';

const pods = `/api/v1/namespaces/${release}/pods`;
const pollMs = 100;

export interface PlayedHook {
  /** How RBAC and the audit log name it. */
  readonly user: string;
  /** What it was allowed while it ran: the roles go with the hook. */
  readonly grants: readonly Grant[];
}

/** Waits for the hook's pod and runs it to its end. Rejects when it fails. */
export async function playHookPod(cluster: Cluster, file: string, signal: AbortSignal): Promise<PlayedHook> {
  const pod = await untilPod(cluster, () => true, signal);
  const spec = objectAt(pod, 'spec');
  const account = textAt(spec, 'serviceAccountName') ?? '';
  const grants = await grantsOf(cluster.api, { namespace: release, name: account }, signal);
  const token = await tokenFor(cluster.api, { account, audiences: [] }, signal);
  const kubeconfig = join(cluster.home, 'hook-kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf({ ...cluster.controlPlane, token }), { mode: 0o600 });
  const { containers } = spec;
  const [container] = Array.isArray(containers) ? containers.filter(isObject) : [];
  await promisify(execFile)(process.execPath, [file, ...textsAt(container, 'args')], {
    signal,
    env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig, NO_PROXY: '127.0.0.1' },
  });
  // The virtual node, too, says what becomes of the pod: that it runs. Only after that can it have ended.
  await untilPod(cluster, (each) => textAt(objectAt(each, 'status'), 'phase') === 'Running', signal);
  const path = `${pods}/${textAt(objectAt(pod, 'metadata'), 'name')}/status`;
  expectStatus(await cluster.api.merge(path, { status: { phase: 'Succeeded' } }, signal), 'end the pod', 200);
  return { user: `system:serviceaccount:${release}:${account}`, grants };
}

async function untilPod(
  { api }: Cluster,
  isSo: (pod: JsonObject) => boolean,
  signal: AbortSignal,
): Promise<JsonObject> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${release}-release-nodes`);
  for (;;) {
    const { body } = expectStatus(await api.get(`${pods}?labelSelector=${selector}`, signal), 'list pods', 200);
    const pod = itemsOf(body).find(isSo);
    if (pod !== undefined) return pod;
    await pause(pollMs, undefined, { signal });
  }
}
