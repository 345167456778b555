// The machines of the pools, and word of them for whoever plays kubelet.
import { createHash, randomUUID } from 'node:crypto';
import { numberAt, textAt } from './json.ts';
import { nodeLabels } from './node-labels.ts';
import type { Machine, Pool, World } from './world.ts';
import { drop, schedule } from './world.ts';

/** A machine as its node shows it. */
export interface Instance {
  readonly nodeName: string;
  readonly providerID: string;
  /** AKS's own and the pool's. */
  readonly labels: Readonly<Record<string, string>>;
  /** `key=value:Effect`, or `key:Effect`. */
  readonly taints: readonly string[];
  readonly vmSize: string;
  readonly zone: string | undefined;
  readonly diskGiB: number;
  readonly maxPods: number;
  readonly kubernetesVersion: string;
  /** A new one each time the machine boots. */
  readonly bootId: string;
}

/**
 * `joined`: the kubelet starts and registers. `removed`: it stops. `changed`: the pool's labels or taints changed.
 *
 * A machine that is `gone` leaves its Node to the cloud controller manager. An upgrade drains and deletes the Nodes of
 * those that it images anew (`upgrade`) and of its own `surge` machine. A repair starts a machine anew with its Node
 * (`reboot`) or without (`reimage`).
 */
export interface InstanceEvent {
  readonly type: 'joined' | 'removed' | 'changed';
  readonly reason: 'gone' | 'upgrade' | 'surge' | 'reboot' | 'reimage' | 'joined' | 'pool';
  readonly pool: string;
  readonly instance: Instance;
}

export type InstanceListener = (event: InstanceEvent) => void;

export interface JoinPlan {
  readonly joinSeconds: number;
  readonly node: 'joins' | 'never';
  /** An upgrade's own, gone when that ends. */
  readonly surge?: boolean;
}

export interface Restart {
  readonly reason: 'upgrade' | 'reboot' | 'reimage';
  readonly backAfterSeconds: number;
}

export class Fleet {
  readonly #world: World;
  readonly #listeners = new Set<InstanceListener>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Tells of every machine that has joined already, then of what comes. Returns the way to stop. */
  listen(listener: InstanceListener): () => void {
    this.#listeners.add(listener);
    for (const pool of this.#world.pools.values()) {
      for (const machine of pool.machines) {
        if (machine.joined) listener(this.#event('joined', 'joined', pool, machine));
      }
    }
    return () => this.#listeners.delete(listener);
  }

  /** One more machine in the pool, whose node joins as planned. */
  add(pool: Pool, { joinSeconds, node, surge = false }: JoinPlan): Machine {
    const machine = this.#newMachine(pool, surge);
    pool.machines.push(machine);
    if (node === 'joins') this.join(pool, machine, joinSeconds);
    return machine;
  }

  join(pool: Pool, machine: Machine, seconds: number): void {
    if (seconds <= 0) {
      this.#joinNow(pool, machine);
      return;
    }
    schedule(this.#world, machine.timers, seconds, () => this.#joinNow(pool, machine));
  }

  #joinNow(pool: Pool, machine: Machine): void {
    machine.joined = true;
    this.#tell('joined', machine.surge ? 'surge' : 'joined', pool, machine);
  }

  /** The machine is gone for good. */
  remove(pool: Pool, machine: Machine): void {
    drop(machine.timers);
    pool.machines = pool.machines.filter((other) => other !== machine);
    if (machine.joined) this.#tell('removed', machine.surge ? 'surge' : 'gone', pool, machine);
    machine.joined = false;
  }

  removeAll(pool: Pool): void {
    for (const machine of pool.machines) this.remove(pool, machine);
  }

  /** The machine stays; its kubelet stops and comes back. */
  restart(pool: Pool, machine: Machine, { reason, backAfterSeconds }: Restart): void {
    drop(machine.timers);
    if (machine.joined) this.#tell('removed', reason, pool, machine);
    machine.joined = false;
    machine.bootId = randomUUID();
    this.join(pool, machine, backAfterSeconds);
  }

  /** Whether the cloud has a machine of that providerID or node name, joined or not. */
  has(idOrName: string): boolean {
    const wanted = idOrName.toLowerCase();
    return [...this.#world.pools.values()].some(({ machines }) =>
      machines.some(({ providerID, nodeName }) => [providerID.toLowerCase(), nodeName].includes(wanted)),
    );
  }

  /** The pool's labels or taints changed: AKS brings them to its nodes. */
  refresh(pool: Pool): void {
    for (const machine of pool.machines) {
      if (machine.joined) this.#tell('changed', 'pool', pool, machine);
    }
  }

  #tell(type: InstanceEvent['type'], reason: InstanceEvent['reason'], pool: Pool, machine: Machine): void {
    const event = this.#event(type, reason, pool, machine);
    for (const listener of this.#listeners) listener(event);
  }

  #event(type: InstanceEvent['type'], reason: InstanceEvent['reason'], pool: Pool, machine: Machine): InstanceEvent {
    const { nodeName, providerID, vmSize, zone, bootId } = machine;
    const { properties } = pool.spec;
    const instance: Instance = {
      nodeName,
      providerID,
      vmSize,
      zone,
      bootId,
      labels: nodeLabels(this.#world, pool, machine),
      taints: taintsOf(pool),
      diskGiB: numberAt(properties, 'osDiskSizeGB') ?? 0,
      maxPods: numberAt(properties, 'maxPods') ?? 0,
      kubernetesVersion: textAt(properties, 'currentOrchestratorVersion') ?? this.#world.cluster.patchVersion,
    };
    return { type, reason, pool: pool.name, instance };
  }

  #newMachine(pool: Pool, surge: boolean): Machine {
    const { subscription, nodeResourceGroup } = this.#world.identity;
    const index = this.#nextIndex(pool);
    const set = `aks-${pool.name}-${clusterDigits(this.#world)}-vmss`;
    const zone = pool.spec.zones[index % Math.max(1, pool.spec.zones.length)];
    return {
      nodeName: `${set}${index.toString(36).padStart(6, '0')}`,
      index,
      // The group comes in lower case, as the cloud provider writes it.
      providerID:
        `azure:///subscriptions/${subscription}/resourceGroups/${nodeResourceGroup.toLowerCase()}` +
        `/providers/Microsoft.Compute/virtualMachineScaleSets/${set}/virtualMachines/${index}`,
      vmSize: pool.spec.vmSize,
      zone,
      bootId: randomUUID(),
      surge,
      joined: false,
      timers: new Set(),
    };
  }

  #nextIndex(pool: Pool): number {
    if (this.#world.script.numbering === 'continue') {
      const index = this.#world.nextIndex.get(pool.name) ?? 0;
      this.#world.nextIndex.set(pool.name, index + 1);
      return index;
    }
    const used = new Set(pool.machines.map((machine) => machine.index));
    let index = 0;
    while (used.has(index)) index += 1;
    return index;
  }
}

function taintsOf(pool: Pool): readonly string[] {
  const spotTaint = pool.spec.spot ? ['kubernetes.azure.com/scalesetpriority=spot:NoSchedule'] : [];
  return [...spotTaint, ...pool.spec.nodeTaints];
}

/** The eight digits in every node name of a cluster. */
function clusterDigits(world: World): string {
  const { subscription, resourceGroup, cluster } = world.identity;
  const hash = createHash('sha256').update(`${subscription}/${resourceGroup}/${cluster}`).digest();
  return String(10_000_000 + (hash.readUInt32BE(0) % 90_000_000));
}
