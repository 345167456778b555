// What a test, the demo or the admin path may see and set of a running emulator.
import type { Emulation } from './emulation.ts';
import type { Fault, FaultQueue } from './faults.ts';
import type { InstanceListener } from './fleet.ts';
import type { JsonObject } from './json.ts';
import { poolBody } from './pool-body.ts';
import { countsOf, type ArmRequest } from './request-log.ts';
import type { AksScript } from './script.ts';
import { UserActions } from './user-actions.ts';

/** What can be done to the cluster's nodes by whoever plays them; each throws RangeError when there is no such node. */
export interface NodeDeeds {
  /** Names of the nodes whose kubelet runs. */
  names(): readonly string[];
  setReady(nodeName: string, ready: boolean): Promise<void>;
  /** NotReady until a person or a repair cures it. */
  fail(nodeName: string, curedBy: 'reboot' | 'reimage'): Promise<void>;
  /** The cloud controller manager takes the machines of these nodes for gone. */
  storm(nodeNames: readonly string[]): Promise<void>;
}

export class Controls extends UserActions {
  /** Absent: nobody plays nodes. */
  nodeDeeds: NodeDeeds | undefined;
  /** Every ARM request, in the order of arrival. */
  readonly log: readonly ArmRequest[];
  readonly #emulation: Emulation;
  readonly #faults: FaultQueue;

  constructor(emulation: Emulation, faults: FaultQueue, log: readonly ArmRequest[]) {
    super(emulation);
    this.#emulation = emulation;
    this.#faults = faults;
    this.log = log;
  }

  /** Requests so far by operation: LIST, GET, PUT, DELETE, ... Each page of a LIST is a request. */
  counts(): Record<string, number> {
    return countsOf(this.log);
  }

  /** The pools as a GET shows them. */
  pools(): readonly JsonObject[] {
    const { world } = this.#emulation;
    return [...world.pools.values()].map((pool) => poolBody(world, pool));
  }

  setFault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Those that have not hit yet. */
  faults(): readonly Fault[] {
    return this.#faults.pending();
  }

  get script(): AksScript {
    return this.#emulation.world.script;
  }

  /** Replaces what the region was told, and adds its faults; operations under way keep their pace. */
  setScript(script: AksScript): void {
    this.#emulation.world.script = script;
    for (const fault of script.faults ?? []) this.#faults.add(fault);
  }

  /** Whether the cloud has a machine of that providerID or node name. */
  hasMachine(idOrName: string): boolean {
    return this.#emulation.fleet.has(idOrName);
  }

  /** Tells of every machine that has joined, then of what comes; returns the way to stop. */
  onInstance(listener: InstanceListener): () => void {
    return this.#emulation.fleet.listen(listener);
  }
}
