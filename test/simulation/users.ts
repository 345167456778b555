// People, at the worst time: they make, delete, rename and edit claims, Nodes and pools.
import type { Book } from './book.ts';
import { newClaim, newPod, vmSize } from './claims.ts';
import type { SimPool } from './arm-pools.ts';
import { settled } from './arm-pools.ts';
import type { ClaimKindName, Item } from './schedule.ts';
import { isDeleting, type Thing } from './thing.ts';
import type { World } from './world.ts';

type Of<W extends Item['what']> = Extract<Item, { readonly what: W }>;

const by = 'person';
const prefix = 'gpu-provisioner.io/';
const holdFinalizer = 'example.com/hold';
const plurals: readonly ClaimKindName[] = ['machines', 'nodeclaims'];

export class Users {
  readonly #world: World;
  readonly #book: Book;
  #pods = 0;

  constructor(world: World, book: Book) {
    this.#world = world;
    this.#book = book;
    // A startup taint's owner does its work and takes it off.
    world.api.subscribe(({ plural, object }) => {
      if (plural === 'nodes' && startupTaintOf(object) !== undefined) this.#takeOff(object);
    });
    // The kubelet's pods end with its Node.
    world.api.subscribe(({ plural, type, object }) => {
      if (plural !== 'nodes' || type !== 'DELETED') return;
      for (const pod of world.api.list('pods'))
        if (pod.spec?.nodeName === object.metadata.name) world.api.erase('pods', `default/${pod.metadata.name}`, 'gc');
    });
  }

  createClaim({ name, plural, like }: Omit<Of<'createClaim'>, 'atMs' | 'what'>): void {
    const { api } = this.#world;
    if (!api.serves(plural) || plurals.some((kind) => api.find(kind, name) !== undefined)) return;
    api.create(plural, newClaim({ plural, name, like }), by);
  }

  deleteClaim(name: string): void {
    const found = this.#claim(name);
    if (found === undefined) return;
    this.#book.claimsDeleted.add(found.claim.metadata.uid);
    this.#world.api.delete(found.plural, name, { by });
  }

  recreateClaim(name: string): void {
    const found = this.#claim(name);
    if (found === undefined) return;
    this.deleteClaim(name);
    const again = (): void => {
      if (this.#claim(name) === undefined) this.createClaim({ name, plural: found.plural, like: 'usual' });
      else this.#world.scheduler.after(1500, again);
    };
    this.#world.scheduler.after(1500, again);
  }

  /** `kubectl patch --type=merge -p '{"metadata":{"finalizers":null}}'` on a claim that hangs. */
  stripClaim(name: string): void {
    const found = this.#claim(name);
    if (found === undefined) return;
    this.#book.claimsTampered.add(found.claim.metadata.uid);
    this.deleteClaim(name);
    if (this.#claim(name) !== undefined)
      this.#world.api.patch(found.plural, name, { metadata: { finalizers: null } }, { by });
  }

  editClaim({ name, edit, ms }: Of<'editClaim'>): void {
    const found = this.#claim(name);
    if (found === undefined) return;
    const { claim, plural } = found;
    const { uid } = claim.metadata;
    const { api, scheduler } = this.#world;
    const patch = (body: object): void => {
      if (api.find(plural, name)?.metadata.uid === uid) api.patch(plural, name, body, { by });
    };
    switch (edit) {
      case 'label':
        return patch({ metadata: { labels: { team: 'ml' } } });
      case 'finalizer':
        this.#book.claimsTampered.add(uid);
        return patch({ metadata: { finalizers: [] } });
      case 'annotations':
        this.#book.claimsTampered.add(uid);
        return patch({ metadata: { annotations: { [`${prefix}record`]: null, [`${prefix}intent`]: 'mine now' } } });
      case 'spec':
        if (plural === 'machines') patch({ spec: { resources: { requests: { storage: '60Gi' } } } });
        return;
      case 'pause':
        patch({ metadata: { annotations: { [`${prefix}pause`]: 'true' } } });
        scheduler.after(ms, () => patch({ metadata: { annotations: { [`${prefix}pause`]: null } } }));
        return;
      case 'forceRelease':
        this.#book.claimsForced.add(uid);
        return patch({ metadata: { annotations: { [`${prefix}force-release`]: 'true' } } });
      case 'hold':
        // Somebody else's finalizer outlasts ours.
        if (isDeleting(claim)) return;
        patch({ metadata: { finalizers: [...(claim.metadata.finalizers ?? []), holdFinalizer] } });
        scheduler.after(ms, () => this.#letGo(found.plural, name, uid));
        return;
      case 'adopt':
        return patch({ metadata: { annotations: { [`${prefix}adopt`]: 'true' } } });
    }
  }

  deleteNode(pool: string): void {
    const { api } = this.#world;
    const node = this.#nodeOf(pool);
    if (node !== undefined && !isDeleting(node)) api.delete('nodes', node.metadata.name, { by });
  }

  pod({ pool, like }: Of<'pod'>): void {
    const node = this.#nodeOf(pool);
    if (node === undefined) return;
    this.#pods += 1;
    this.#world.api.create('pods', newPod({ name: `pod${this.#pods}`, node: node.metadata.name, like }), by);
  }

  retag({ pool: name, how }: Of<'retag'>): void {
    const pool = this.#world.pools.find(name);
    if (pool === undefined || pool.madeFor === undefined) return;
    this.#tampered(pool);
    const { tags } = pool.view;
    const others = Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('gpu-provisioner-')));
    const wrong = {
      drop: {},
      dropAndRelabel: {},
      foreign: { ...tags, 'gpu-provisioner-uid': 'someone-else', 'gpu-provisioner-name': 'another' },
      earlier: { ...tags, 'gpu-provisioner-uid': 'mach-0000' },
    } as const;
    this.#world.pools.change(pool, { tags: { ...others, ...wrong[how] } }, by);
    if (how === 'dropAndRelabel') this.relabelPool(name);
  }

  relabelPool(name: string): void {
    const pool = this.#world.pools.find(name);
    if (pool === undefined) return;
    this.#tampered(pool);
    this.#world.pools.change(pool, { nodeLabels: { ...pool.view.nodeLabels, team: 'ml' } }, by);
  }

  deletePool(name: string): void {
    const pool = this.#world.pools.find(name);
    if (pool !== undefined && pool.view.phase !== 'deleting') this.#world.operations.takeAway(pool, by);
  }

  /** A pool of somebody else's, under the name of a claim to come. */
  foreignPool(name: string): void {
    const made = this.#make(name, {}, {});
    if (made !== undefined) this.#book.poolsForeign.add(made.incarnation);
  }

  /** As the Go provisioner leaves a claim and its pool behind. */
  goPool({ pool: name, plural }: Of<'goPool'>): void {
    const { api } = this.#world;
    if (!api.serves(plural) || this.#claim(name) !== undefined || this.#world.pools.find(name) !== undefined) return;
    const linked = { 'karpenter.sh/linked': '' };
    const wish = { plural, name, finalizers: ['karpenter.sh/termination'] } as const;
    const claim = api.create(plural, newClaim(wish), 'go');
    const labels = { ...claim.metadata.labels, 'kaito.sh/machine-type': 'gpu' };
    const created = claim.metadata.creationTimestamp.replaceAll(':', '-');
    const stamped = plural === 'nodeclaims' ? { ...labels, 'kaito.sh/creation-timestamp': created } : labels;
    const made = this.#make(name, stamped, {});
    if (made === undefined) return;
    this.#book.poolsOfGo.set(made.incarnation, claim.metadata.uid);
    const [instance] = made.instances;
    const annotations = { ...linked, 'karpenter.sh/linked': instance?.providerId ?? '' };
    api.patch(plural, name, { metadata: { annotations } }, { by: 'go' });
  }

  /** Made by us for a claim that nobody has any more. */
  leakedPool({ pool: name, gpuPod }: Of<'leakedPool'>): void {
    const tags = { schema: '1', kind: 'Machine', name, uid: `ghost-${name}`, mode: 'dedicated' };
    const entries = Object.entries(tags).map(([key, value]) => [`gpu-provisioner-${key}`, value]);
    const made = this.#make(name, {}, Object.fromEntries(entries));
    if (made === undefined || !gpuPod) return;
    this.#world.scheduler.after(120_000, () => this.pod({ atMs: 0, what: 'pod', pool: name, like: 'gpu' }));
  }

  #letGo(plural: ClaimKindName, name: string, uid: string): void {
    const { api } = this.#world;
    const claim = api.find(plural, name);
    if (claim?.metadata.uid !== uid) return;
    const finalizers = (claim.metadata.finalizers ?? []).filter((one) => one !== holdFinalizer);
    api.patch(plural, name, { metadata: { finalizers } }, { by });
  }

  #make(
    name: string,
    nodeLabels: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>>,
  ): SimPool | undefined {
    const { pools, fleet, nowMs } = this.#world;
    if (pools.find(name) !== undefined) return undefined;
    const view = { name, vmSize, nodeLabels, nodeTaints: [], tags, count: 1, autoscaled: false, mode: 'User' } as const;
    const made = pools.make({ ...view, ...settled(), power: 'running' }, { by, nowMs });
    fleet.boot(pools.addInstance(made, 0), 30_000);
    return made;
  }

  #tampered(pool: SimPool): void {
    this.#book.poolsTampered.add(pool.incarnation);
  }

  #claim(name: string): { readonly claim: Thing; readonly plural: ClaimKindName } | undefined {
    for (const plural of plurals) {
      const claim = this.#world.api.find(plural, name);
      if (claim !== undefined && this.#world.api.serves(plural)) return { claim, plural };
    }
    return undefined;
  }

  #nodeOf(name: string): Thing | undefined {
    const { pools, fleet } = this.#world;
    for (const instance of pools.find(name)?.instances ?? []) {
      const node = fleet.node(instance);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  #takeOff({ metadata: { name, uid } }: Thing): void {
    const { api, scheduler, random } = this.#world;
    scheduler.after(random.between(3000, 60_000), () => {
      const node = api.find('nodes', name);
      if (node?.metadata.uid !== uid || startupTaintOf(node) === undefined) return;
      const taints = (node.spec?.taints ?? []).filter(({ key }) => key !== 'sim/starting');
      api.change('nodes', name, (one) => ({ ...one, spec: { ...one.spec, taints } }), by);
    });
  }
}

function startupTaintOf(node: Thing): object | undefined {
  return node.spec?.taints?.find(({ key }) => key === 'sim/starting');
}
