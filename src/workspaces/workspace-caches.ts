// What is watched for Workspaces: they themselves and the objects with their label, everywhere in the cluster; and every
// Deployment, for one of them may be KAITO's own controller under any name (kaito-presence.ts).
import { deployments, jobs, pods, services, statefulSets, type Resource } from '../apis/resource.ts';
import type { Deployment, Job, KubeObject, Pod, Service, StatefulSet } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { workspaces } from '../apis/workspace.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { trimMetadata, trimPod } from '../runtime/node-trim.ts';
import { Reflector } from '../runtime/reflector.ts';
import { keyOf, Store } from '../runtime/store.ts';
import { headlessName } from './services.ts';
import type { Workload } from './plan.ts';
import { workspaceLabel } from './workspace-claims.ts';

export interface CacheOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
}

const ownerIndex = 'workspace';

/** Objects by `namespace/name` of the Workspace that they say they are of. */
function labelled<T extends KubeObject>(clock: Clock): Store<T> {
  return new Store<T>({ clock, indexes: { [ownerIndex]: (object) => ownerKeys(object) } });
}

function ownerKeys({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[workspaceLabel];
  return name === undefined || metadata.namespace === undefined ? [] : [`${metadata.namespace}/${name}`];
}

export class WorkspaceCaches {
  readonly workspaces: Store<Workspace>;
  readonly #services: Store<Service>;
  /** All of the cluster; of those without the label of a Workspace nothing but whose they are and what they run. */
  readonly deployments: Store<Deployment>;
  readonly #statefulSets: Store<StatefulSet>;
  readonly #jobs: Store<Job>;
  readonly #pods: Store<Pod>;
  readonly #definition: Reflector<Workspace>;
  readonly #reflectors: readonly { run(signal: AbortSignal): Promise<void> }[];

  constructor({
    kube,
    ...options
  }: Omit<CacheOptions, 'kube'> & { readonly kube: Pick<KubeClient, 'list' | 'watch'> }) {
    const { clock } = options;
    const reflected = { client: kube, ...options };
    this.workspaces = new Store<Workspace>({ clock });
    this.#services = labelled(clock);
    this.deployments = labelled(clock);
    this.#statefulSets = labelled(clock);
    this.#jobs = labelled(clock);
    this.#pods = labelled(clock);
    this.#definition = new Reflector({
      ...reflected,
      resource: workspaces,
      store: this.workspaces,
      transform: (workspace) => ({ ...workspace, metadata: trimMetadata(workspace.metadata) }),
    });
    const selection = { labelSelector: workspaceLabel };
    const watch = <T extends KubeObject>(resource: Resource<T>, store: Store<T>, transform: (object: T) => T) =>
      new Reflector<T>({ ...reflected, resource, store, selection, transform });
    this.#reflectors = [
      this.#definition,
      watch(services, this.#services, bare),
      // One watch instead of a list each minute: KAITO is seen before it acts, and a rollout is a few events.
      new Reflector({ ...reflected, resource: deployments, store: this.deployments, transform: trimDeployment }),
      watch(statefulSets, this.#statefulSets, bare),
      watch(jobs, this.#jobs, bare),
      watch(pods, this.#pods, trimPod),
    ];
  }

  /** Calls `listener` with the key of each Workspace that something happened to. */
  onChange(listener: (key: string) => void): void {
    this.workspaces.subscribe(({ key }) => listener(key));
    for (const store of [this.#services, this.deployments, this.#statefulSets, this.#jobs, this.#pods])
      store.subscribe(({ before, after }: { readonly before?: KubeObject; readonly after?: KubeObject }) => {
        // Both: a label may have gone.
        for (const key of new Set([before, after].flatMap((object) => (object === undefined ? [] : ownerKeys(object)))))
          listener(key);
      });
  }

  get state(): 'synced' | 'listing' | 'absent' {
    if (this.workspaces.synced) return this.#othersSynced ? 'synced' : 'listing';
    return this.#definition.served ? 'listing' : 'absent';
  }

  get #othersSynced(): boolean {
    return [this.#services, this.deployments, this.#statefulSets, this.#jobs, this.#pods].every(({ synced }) => synced);
  }

  /** Only what this very Workspace owns: an object of a Workspace of the same name that is gone is on its way out. */
  workloadOf(workspace: Workspace): Workload {
    const key = keyOf(workspace);
    const { name, uid } = workspace.metadata;
    const owned = <T extends KubeObject>(store: Store<T>, called = name): T | undefined =>
      store.byIndex(ownerIndex, key).find(({ metadata }) => metadata.name === called && isOwnedBy(metadata, uid));
    const service = owned(this.#services);
    const headless = owned(this.#services, headlessName(workspace));
    const deployment = owned(this.deployments);
    const statefulSet = owned(this.#statefulSets);
    const job = owned(this.#jobs);
    return {
      ...(service === undefined ? {} : { service }),
      ...(headless === undefined ? {} : { headless }),
      ...(deployment === undefined ? {} : { deployment }),
      ...(statefulSet === undefined ? {} : { statefulSet }),
      ...(job === undefined ? {} : { job }),
      pods: this.#pods.byIndex(ownerIndex, key),
    };
  }

  /** Ends when `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }
}

export function isOwnedBy({ ownerReferences = [] }: KubeObject['metadata'], uid: string): boolean {
  return ownerReferences.some((owner) => owner.uid === uid);
}

function bare<T extends KubeObject>(object: T): T {
  return { ...object, metadata: trimMetadata(object.metadata) };
}

function trimDeployment(deployment: Deployment): Deployment {
  if (ownerKeys(deployment).length > 0) return bare(deployment);
  const { apiVersion, kind, metadata, spec } = deployment;
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
  const containers = (spec?.template.spec?.containers ?? []).map(({ name: of, image = '' }) => ({ name: of, image }));
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec?.replicas ?? 1, selector: {}, template: { spec: { containers } } },
  };
}
