// When each Machine and its Node reached what, by the bench's own clock, as a watcher of the API server sees it.
import { isTrue, type Change, type Thing } from '../../hack/sandbox/demo/thing.ts';

/** Milliseconds of one clock; absent until it happened. */
export interface Times {
  postedMs?: number;
  firstStatusMs?: number;
  refusedMs?: number;
  nodeReadyMs?: number;
  readyMs?: number;
  deletedMs?: number;
  goneMs?: number;
  /** What the Machine's first False or Unknown condition says now. */
  message?: string;
}

const poolLabel = 'agentpool';

export class Fleet {
  readonly #now: () => number;
  readonly #times = new Map<string, Times>();
  leaderMs: number | undefined;
  leader: string | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  of(name: string): Times {
    const times = this.#times.get(name) ?? {};
    this.#times.set(name, times);
    return times;
  }

  names(): readonly string[] {
    return [...this.#times.keys()];
  }

  all(): readonly Times[] {
    return [...this.#times.values()];
  }

  noteMachine({ gone, thing }: Change): void {
    const times = this.of(thing.metadata.name);
    const { conditions = [] } = thing.status ?? {};
    if (conditions.length > 0) times.firstStatusMs ??= this.#now();
    if (conditions.some(({ reason = '' }) => /quota/i.test(reason))) times.refusedMs ??= this.#now();
    if (isTrue(thing, 'Ready')) times.readyMs ??= this.#now();
    const message = conditions.find(({ status }) => status !== 'True')?.message;
    if (message !== undefined) times.message = message;
    if (gone) times.goneMs ??= this.#now();
  }

  /** Pools are named after their Machines here. */
  noteNode({ gone, thing }: Change): void {
    const pool = thing.metadata.labels?.[poolLabel];
    const times = pool === undefined ? undefined : this.#times.get(pool);
    if (!gone && times !== undefined && isUsable(thing)) times.nodeReadyMs ??= this.#now();
  }

  noteLease({ gone, thing }: Change): void {
    const { holderIdentity = '' } = thing.spec ?? {};
    if (gone || thing.metadata.name !== 'gpu-provisioner-leader-election' || holderIdentity === this.leader) return;
    this.leader = holderIdentity;
    this.leaderMs = holderIdentity === '' ? undefined : this.#now();
  }
}

/** Ready, and without the taints that kubelet and cloud controller put on a Node that is not. */
function isUsable(node: Thing): boolean {
  const taints = node.spec?.taints ?? [];
  return (
    isTrue(node, 'Ready') &&
    !taints.some(({ key }) => /^node\.(?:kubernetes|cloudprovider\.kubernetes)\.io\//.test(key))
  );
}
