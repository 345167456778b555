// Writing what a plan wants: each object once, only where it is missing or says something else, and only where it is ours.
import {
  configMaps,
  deployments,
  jobs,
  nodes as nodesResource,
  services,
  statefulSets,
  type Resource,
} from '../apis/resource.ts';
import { withConditions } from '../apis/conditions.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { workspaces } from '../apis/workspace.ts';
import type { KubeClient } from '../kube/client.ts';
import { AlreadyExists, NotFound } from '../kube/errors.ts';
import { adoption } from './adoption.ts';
import { hashAnnotation } from './hash.ts';
import { workspaceFinalizer, type Plan, type Wanted, type Workload } from './plan.ts';
import { isOwnedBy } from './workspace-caches.ts';

/** Somebody else's object has the name; it is never written to. */
export class NameTaken extends Error {
  readonly code = 'NAME_TAKEN';

  constructor(kind: string, name: string) {
    super(
      `${kind} "${name}" exists already and is not this Workspace's. Delete it, or give the Workspace another name`,
    );
    this.name = 'NameTaken';
  }
}

const resources: Readonly<Record<Wanted['kind'], Resource<KubeObject>>> = {
  Service: services,
  Deployment: deployments,
  StatefulSet: statefulSets,
  Job: jobs,
  ConfigMap: configMaps,
};

interface Call {
  readonly kube: KubeClient;
  readonly signal: AbortSignal;
}

export async function writeFinalizer(workspace: Workspace, change: 'add' | 'remove', call: Call): Promise<void> {
  const { finalizers = [], resourceVersion } = workspace.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== workspaceFinalizer);
  const body = {
    metadata: { resourceVersion, finalizers: change === 'add' ? [...others, workspaceFinalizer] : others },
  };
  await patchWorkspace(workspace, body, call);
}

/** The workspace as it is then; the same object when nothing had to be said. */
export async function writeStatus(
  workspace: Workspace,
  { conditions, workerNodes }: Pick<Plan, 'conditions' | 'workerNodes'>,
  call: Call,
): Promise<Workspace> {
  const { metadata, status } = workspace;
  const had = status?.conditions ?? [];
  const now = withConditions(had, conditions, {
    now: call.kube.serverNow(),
    observedGeneration: metadata.generation ?? 0,
  });
  const nodes = workerNodes ?? status?.workerNodes ?? [];
  const sameNodes = JSON.stringify(nodes) === JSON.stringify(status?.workerNodes ?? []);
  if (now === had && sameNodes) return workspace;
  const body = {
    metadata: { resourceVersion: metadata.resourceVersion },
    status: { ...(now === had ? {} : { conditions: now }), ...(sameNodes ? {} : { workerNodes: nodes }) },
  };
  return patchWorkspace(workspace, body, call, 'status');
}

/** Throws NameTaken, before anything of somebody else's is written to; Conflict where it changed since it was seen. */
export async function writeObject(wanted: Wanted, workspace: Workspace, workload: Workload, call: Call): Promise<void> {
  const { kube, signal } = call;
  const resource = resources[wanted.kind];
  const name = { name: wanted.name, namespace: workspace.metadata.namespace ?? '' };
  const known = knownObject(wanted, workload);
  if (known === undefined) {
    try {
      await kube.create(resource, withHash(wanted), { signal });
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      // The settings of a method are everybody's in the namespace, and their users may change them.
      if (wanted.kind !== 'ConfigMap') await takeOver(wanted, workspace, call);
    }
    return;
  }
  const { uid, resourceVersion, annotations, deletionTimestamp } = known.metadata;
  const hash = annotations?.[hashAnnotation];
  if (hash === wanted.hash || deletionTimestamp !== undefined) return;
  if (wanted.kind === 'Job') {
    // One of KAITO's is left as it is: to run it again would bill, and push, once more.
    if (hash === undefined) return;
    // A Job's pods cannot be changed: it goes, and the next pass makes it anew.
    await kube.delete(resource, name, { signal, preconditions: { uid }, propagationPolicy: 'Foreground' });
    return;
  }
  const body = adoption(wanted, workspace.metadata.name, known);
  if (body === undefined)
    await kube.patch(resource, name, { type: 'json', body: replacement(wanted, known, resourceVersion) }, { signal });
  else await kube.patch(resource, name, { type: 'merge', body }, { signal });
}

/** What has the name and is not in the cache, which has only objects with our label: KAITO's, ours a moment ago, or somebody else's. */
async function takeOver(wanted: Wanted, { metadata }: Workspace, { kube, signal }: Call): Promise<void> {
  const resource = resources[wanted.kind];
  const name = { name: wanted.name, namespace: metadata.namespace ?? '' };
  // Listing is what we may do anyway.
  const selection = { namespace: name.namespace, fieldSelector: `metadata.name=${wanted.name}` };
  const { items } = await kube.list(resource, { ...selection, signal });
  for (const found of items) {
    if (!isOwnedBy(found.metadata, metadata.uid)) throw new NameTaken(wanted.kind, wanted.name);
    const body = adoption(wanted, metadata.name, found);
    if (body !== undefined) await kube.patch(resource, name, { type: 'merge', body }, { signal });
  }
}

export async function removeObject({ kind, object }: Plan['remove'][number], { kube, signal }: Call): Promise<void> {
  const { name, namespace = '', uid } = object.metadata;
  await ignoringGone(() =>
    kube.delete(
      resources[kind],
      { name, namespace },
      { signal, preconditions: { uid }, propagationPolicy: 'Background' },
    ),
  );
}

/** KAITO's mark; who has it already is not written to. */
export async function markNode(name: string, { kube, signal }: Call): Promise<void> {
  const body = { metadata: { labels: { accelerator: 'nvidia' } } };
  await ignoringGone(() => kube.patch(nodesResource, { name }, { type: 'merge', body }, { signal }));
}

export async function ignoringGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

async function patchWorkspace(
  { metadata }: Workspace,
  body: object,
  { kube, signal }: Call,
  subresource?: 'status',
): Promise<Workspace> {
  const name = { name: metadata.name, namespace: metadata.namespace ?? '' };
  return kube.patch(
    workspaces,
    name,
    { type: 'merge', body },
    { signal, ...(subresource === undefined ? {} : { subresource }) },
  );
}

function knownObject({ kind, name }: Wanted, workload: Workload): KubeObject | undefined {
  switch (kind) {
    case 'Service':
      return [workload.service, workload.headless].find((service) => service?.metadata.name === name);
    case 'Deployment':
      return workload.deployment;
    case 'StatefulSet':
      return workload.statefulSet;
    case 'Job':
      return workload.job;
    case 'ConfigMap':
      return undefined;
  }
}

interface Written {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
}

function withHash({ object, hash }: Wanted): object {
  const { metadata, ...rest } = written(object);
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, [hashAnnotation]: hash } } };
}

/** The fields that may change, each as a whole, so that nothing of an earlier version stays behind. */
function replacement({ object, hash, kind }: Wanted, known: KubeObject, resourceVersion: string): readonly object[] {
  const { spec = {} } = written(object);
  // KAITO v0.3.0 left the default strategy, which waits for a second GPU.
  const fields = kind === 'Service' ? ['type', 'ports', 'selector'] : ['replicas', 'strategy', 'template'];
  const annotations = { ...known.metadata.annotations, [hashAnnotation]: hash };
  return [
    // Written, not tested: a `test` that fails is an Invalid, this a Conflict.
    { op: 'add', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/annotations', value: annotations },
    ...fields
      .filter((field) => spec[field] !== undefined)
      .map((field) => ({ op: 'add', path: `/spec/${field}`, value: spec[field] })),
  ];
}

/** Objects of this room are made with metadata; the check stands beside the claim. */
function written(object: object): Written {
  if (!isWritten(object)) throw new TypeError('An object without metadata was planned');
  return object;
}

function isWritten(object: object): object is Written {
  return 'metadata' in object && typeof object.metadata === 'object' && object.metadata !== null;
}
