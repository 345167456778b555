// pods/binding: what a scheduler does to put a pod on a node.
import type { Call, Env } from '../call.ts';
import { ensureObject, listAt, textAt, type Json, type JsonObject } from '../json.ts';
import { timestamp } from '../object.ts';
import { cloned } from '../resource.ts';
import { badRequest, conflict, invalid } from '../status.ts';
import { notSupported, required } from '../field-error.ts';
import { storedObject } from '../verbs/read.ts';

const target = { group: '', plural: 'pods/binding' };

/** Binds the pod that the request names; returns the Status of success. */
export function bind(env: Env, call: Call, body: Json): JsonObject {
  const { resource, request } = call;
  const { name = '' } = request;
  const kind = textAt(body, 'target', 'kind') ?? '';
  const node = textAt(body, 'target', 'name') ?? '';
  const named = textAt(body, 'metadata', 'name') ?? '';
  if (named !== name) throw badRequest('name in URL does not match name in Binding object');
  const causes = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(node === '' ? [required('target.name')] : []),
  ];
  if (causes.length > 0) throw invalid({ group: '', kind: 'Binding' }, name, causes);
  const pod = cloned(storedObject(env, call));
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(target, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  const bound = textAt(pod, 'spec', 'nodeName') ?? '';
  if (bound !== '') throw conflict(target, name, `pod ${name} is already assigned to node "${bound}"`);
  ensureObject(pod, 'spec')['nodeName'] = node;
  const status = ensureObject(pod, 'status');
  status['conditions'] = [
    ...listAt(status, 'conditions').filter((condition) => textAt(condition, 'type') !== 'PodScheduled'),
    { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(env.now()) },
  ];
  if (!call.dryRun) env.storage.put(resource.bucket, pod);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
