// What the demo has seen so far of the Workspace or Machine, its Node, its pods, its events, and of Azure.
import type { Change, Thing } from './thing.ts';

const workspaceLabel = 'kaito.sh/workspace';
const leaseName = 'gpu-provisioner-leader-election';

/** One request that the controller made to Azure, and its answer. */
export interface AzureCall {
  readonly at: number;
  readonly operation: string;
  readonly pool?: string;
  readonly status: number;
  readonly code?: string;
}

/** Requests that repeat all the time are counted, not shown one by one. */
export function isTold({ operation }: AzureCall): boolean {
  return operation === 'PUT' || operation === 'DELETE' || operation === 'GET';
}

/** The news from Azure: what was asked since the last time, and each pool's provisioningState now. */
export interface AzureNews {
  readonly calls: readonly AzureCall[];
  readonly pools: Readonly<Record<string, string>>;
}

export interface SeenEvent {
  readonly type: string;
  readonly about: string;
  readonly reason: string;
  readonly note: string;
}

export class World {
  /** Of the Machine, or of the Workspace, that is created. */
  readonly name: string;
  workspace: Thing | undefined;
  workspaceIsGone = false;
  /** Of the model to the demo's question. */
  answer: string | undefined;
  machine: Thing | undefined;
  wasCreated = false;
  leader: string | undefined;
  readonly events: SeenEvent[] = [];
  readonly calls: AzureCall[] = [];
  pools: Readonly<Record<string, string>> = {};
  readonly #nodes = new Map<string, Thing>();
  readonly #pods = new Map<string, Thing>();
  readonly #seenEvents = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  /** The pool that was requested for the Machine, once it was. */
  get pool(): string | undefined {
    return this.calls.find(({ operation, status }) => operation === 'PUT' && status < 300)?.pool;
  }

  /** The Nodes of that pool. */
  get nodes(): readonly Thing[] {
    const { pool } = this;
    const nodes = [...this.#nodes.values()];
    return pool === undefined ? [] : nodes.filter(({ metadata }) => metadata.labels?.['agentpool'] === pool);
  }

  /** Of the Workspace. */
  get pods(): readonly Thing[] {
    return [...this.#pods.values()];
  }

  noteWorkspace({ gone, thing }: Change): void {
    if (thing.metadata.name !== this.name) return;
    this.workspaceIsGone = gone;
    this.workspace = gone ? undefined : thing;
  }

  notePod({ gone, thing }: Change): void {
    if (thing.metadata.labels?.[workspaceLabel] !== this.name) return;
    if (gone) this.#pods.delete(thing.metadata.name);
    else this.#pods.set(thing.metadata.name, thing);
  }

  noteMachine({ gone, thing }: Change): void {
    const { name, labels = {} } = thing.metadata;
    if (name !== this.name && labels[workspaceLabel] !== this.name) return;
    this.machine = gone ? undefined : thing;
    this.wasCreated ||= !gone;
  }

  noteNode({ gone, thing }: Change): void {
    if (gone) this.#nodes.delete(thing.metadata.name);
    else this.#nodes.set(thing.metadata.name, thing);
  }

  noteLease({ thing }: Change): void {
    if (thing.metadata.name === leaseName) this.leader = thing.spec?.holderIdentity;
  }

  /** Returns the event when it is news. */
  noteEvent({ gone, thing }: Change): SeenEvent | undefined {
    const { regarding, reason = '', note = '' } = thing;
    const key = `${thing.metadata.name}/${reason}/${note}`;
    if (gone || this.#seenEvents.has(key)) return undefined;
    const names = [this.name, this.machine?.metadata.name];
    if (!names.includes(regarding?.name) && !this.nodes.some(({ metadata }) => metadata.name === regarding?.name))
      return undefined;
    this.#seenEvents.add(key);
    const event = { type: thing.type ?? 'Normal', about: regarding?.kind ?? '', reason, note };
    this.events.push(event);
    return event;
  }

  noteAzure({ calls, pools }: AzureNews): void {
    this.calls.push(...calls);
    this.pools = pools;
  }

  /** Azure's requests so far, by operation. */
  counts(): string {
    const counts = new Map<string, number>();
    for (const { operation } of this.calls) counts.set(operation, (counts.get(operation) ?? 0) + 1);
    return [...counts].map(([operation, count]) => `${count} ${operation}`).join(', ') || 'none';
  }
}
