// Instances and their Nodes: kubelets that register once, the node controller that calls them dead, and the cloud
// controller manager that deletes Nodes without an instance.
import type { ApiServer } from './api-server.ts';
import type { ArmPools, SimInstance, SimPool } from './arm-pools.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { isTrue, type NewThing, type Thing, type ThingTaint } from './thing.ts';

export interface FleetOptions {
  readonly api: ApiServer;
  readonly pools: ArmPools;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** The control plane's own parts stand still while it is down. */
  readonly apiIsUp: () => boolean;
}

// kube-controller-manager's grace for heartbeats, and the CCM's period.
const graceMs = 40_000;
const cloudPeriodMs = 5000;
const notReady: ThingTaint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export class Fleet {
  readonly #options: FleetOptions;
  /** Of claims that these Nodes were made for, by Node uid: what the checks know and no replica does. */
  readonly madeFor = new Map<string, { readonly pool: string; readonly incarnation: number }>();
  #cloudDue = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Undefined also when another machine has taken over its name, as after a stop and a start: the Node is that one's. */
  node(instance: SimInstance): Thing | undefined {
    const { api, pools } = this.#options;
    const node = api.find('nodes', instance.name);
    if (node?.spec?.providerID !== instance.providerId) return undefined;
    return (pools.instanceOf(instance.providerId) ?? instance) === instance ? node : undefined;
  }

  /** The machine comes up after `ms`, and its kubelet registers. */
  boot(instance: SimInstance, ms: number): void {
    this.#options.scheduler.after(ms, () => {
      if (!this.#exists(instance) || instance.state === 'up') return;
      instance.state = 'up';
      instance.registered = false;
      this.#register(instance);
    });
  }

  /** The machine stands still; its Node is called dead after the grace. */
  halt(instance: SimInstance): void {
    instance.state = 'down';
    this.#options.scheduler.after(graceMs, () => {
      if (instance.state !== 'up') this.setReady(instance, 'Unknown');
    });
  }

  /** The machine is gone for good. */
  destroy(instance: SimInstance): void {
    const { pools } = this.#options;
    pools.removeInstance(instance);
    this.halt(instance);
  }

  destroyAll({ instances }: SimPool): void {
    for (const instance of instances.slice()) this.destroy(instance);
  }

  /** New image, same name, and a kubelet that registers anew. */
  reimage(instance: SimInstance, ms: number): void {
    instance.state = 'down';
    this.boot(instance, ms);
  }

  setReady(instance: SimInstance, status: 'True' | 'False' | 'Unknown'): void {
    const { api, random, scheduler } = this.#options;
    if (!this.#awake(() => this.setReady(instance, status))) return;
    const node = this.node(instance);
    if (node === undefined) return;
    api.change('nodes', instance.name, (one) => withReady(one, status, new Date(api.nowMs)), 'kubelet');
    if (status !== 'True') this.sweep();
    else
      scheduler.after(random.between(2000, 20_000), () => {
        if (this.node(instance) !== undefined) api.change('nodes', instance.name, withGpu, 'kubelet');
      });
  }

  /** The cloud controller manager looks at its next turn, and at each after that while it has something to delete. */
  sweep(): void {
    if (this.#cloudDue) return;
    this.#cloudDue = true;
    const { scheduler } = this.#options;
    scheduler.at((Math.floor(scheduler.nowMs / cloudPeriodMs) + 1) * cloudPeriodMs, () => {
      this.#cloudDue = false;
      if (!this.#options.apiIsUp() || this.#cloudTurn()) this.sweep();
    });
  }

  /** Without preconditions, again and again while a finalizer holds: each turn that finds nothing new ends it. */
  #cloudTurn(): boolean {
    const { api, pools } = this.#options;
    let more = false;
    for (const node of api.list('nodes')) {
      const providerId = node.spec?.providerID;
      if (providerId === undefined || isTrue(node, 'Ready') || pools.instanceOf(providerId) !== undefined) continue;
      if (node.metadata.deletionTimestamp === undefined) {
        more = true;
        api.delete('nodes', node.metadata.name, { by: 'ccm' });
      }
    }
    return more;
  }

  #register(instance: SimInstance): void {
    const { api, scheduler, random } = this.#options;
    if (!this.#awake(() => this.#register(instance))) return;
    if (!this.#exists(instance) || instance.state !== 'up' || instance.registered) return;
    const present = api.find('nodes', instance.name);
    if (present?.metadata.deletionTimestamp !== undefined) {
      // A kubelet cannot register while its old Node is still going; it tries again.
      scheduler.after(7000, () => this.#register(instance));
      return;
    }
    instance.registered = true;
    if (present === undefined) {
      const node = api.create('nodes', this.#nodeOf(instance), 'kubelet');
      this.madeFor.set(node.metadata.uid, { pool: instance.pool, incarnation: instance.incarnation });
    }
    scheduler.after(random.between(1000, 15_000), () => {
      if (instance.state === 'up' && !instance.sick) this.setReady(instance, 'True');
    });
  }

  /** Whether the control plane can be written to; else `again` runs a little later. */
  #awake(again: () => void): boolean {
    const { apiIsUp, scheduler } = this.#options;
    if (apiIsUp()) return true;
    scheduler.after(3000, again);
    return false;
  }

  #exists(instance: SimInstance): boolean {
    return this.#options.pools.instanceOf(instance.providerId) === instance;
  }

  #nodeOf(instance: SimInstance): NewThing {
    const { api, pools } = this.#options;
    const view = pools.find(instance.pool)?.view;
    return {
      metadata: {
        name: instance.name,
        labels: {
          agentpool: instance.pool,
          'kubernetes.azure.com/agentpool': instance.pool,
          'kubernetes.azure.com/cluster': 'mc_rg',
          'node.kubernetes.io/instance-type': view?.vmSize ?? '',
          'topology.kubernetes.io/zone': 'eastus-1',
          ...view?.nodeLabels,
        },
      },
      spec: { providerID: instance.providerId, taints: [notReady, ...(view?.nodeTaints ?? []).map(taintOf)] },
      status: {
        capacity: { cpu: '24', memory: '220Gi' },
        allocatable: { cpu: '23', memory: '200Gi' },
        conditions: [readyCondition('False', new Date(api.nowMs))],
      },
    };
  }
}

function readyCondition(status: string, now: Date): { type: string; status: string; lastTransitionTime: string } {
  return { type: 'Ready', status, lastTransitionTime: now.toISOString() };
}

function withReady(node: Thing, status: string, now: Date): Thing {
  const had = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (had?.status === status) return node;
  const taints = (node.spec?.taints ?? []).filter(({ key }) => key !== notReady.key);
  return {
    ...node,
    spec: { ...node.spec, taints: status === 'True' ? taints : [notReady, ...taints] },
    status: { ...node.status, conditions: [readyCondition(status, now)] },
  };
}

function withGpu(node: Thing): Thing {
  const gpu = { 'nvidia.com/gpu': '1' };
  const { capacity, allocatable } = node.status ?? {};
  return {
    ...node,
    status: { ...node.status, capacity: { ...capacity, ...gpu }, allocatable: { ...allocatable, ...gpu } },
  };
}

/** `key=value:Effect` or `key:Effect`. */
function taintOf(text: string): ThingTaint {
  const [word = '', effect = ''] = text.split(':');
  const [key = '', value] = word.split('=');
  return { key, effect, ...(value === undefined ? {} : { value }) };
}
