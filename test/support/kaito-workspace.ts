// KAITO's workspace controller as far as a provisioner can tell: what it creates, reads, waits for and gives up on.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ways, type KaitoRelease, type Ways } from './kaito-releases.ts';
import { kaitoSize } from './machines.ts';
import { conditionOf, isTrue, type Thing } from './world-things.ts';
import type { World } from './world.ts';

export interface WorkspaceWish {
  readonly name: string;
  /** How many nodes it wants. */
  readonly count: number;
  /** Default v0.3.0. */
  readonly release?: KaitoRelease;
}

export type WorkspaceState =
  | { readonly phase: 'working' }
  | { readonly phase: 'ready'; readonly nodes: readonly string[] }
  /** What its conditions tell a person; KAITO tries again all the same. */
  | { readonly phase: 'failed'; readonly reason: string; readonly message: string };

class PassFailed extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

// The only message that it ever reads.
const unavailable = 'all requested instance types were unavailable during launch';
// Of the world: CheckMachineStatus polls each second and gives up after four minutes.
const pollSeconds = 1;
// A controller that does not wait looks again after this.
const againMs = 2000;
const patienceSeconds = 240;
// The second between a creation and the one look at Launched. It is of our time, since a controller's own pace does not
// change with the world's, and longer, since the machine that plays this is busier than a cluster's.
const sampleMs = 3000;
// controller-runtime's: 5 ms, doubled with each failure, up to 1000 s.
const firstBackoffMs = 5;
const longestBackoffMs = 1_000_000;

export class KaitoWorkspace {
  readonly wish: WorkspaceWish;
  /** Names of the claims that it created, in order. */
  readonly created: string[] = [];
  /** Every pass that failed, with its reason, the oldest first. */
  readonly failures: string[] = [];
  state: WorkspaceState = { phase: 'working' };
  readonly #world: World;
  /** Created and maybe not seen yet: what KAITO calls expectations. */
  readonly #expected = new Set<string>();
  readonly #ways: Ways;
  #waitsFor: string | undefined;

  constructor(world: World, wish: WorkspaceWish) {
    this.#world = world;
    this.wish = wish;
    this.#ways = ways[wish.release ?? 'v0.3.0'];
  }

  /** The claim that it polls until it is Ready, or too old. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  get kind(): 'Machine' | 'NodeClaim' {
    return this.#ways.kind;
  }

  /** Its claims as they were last seen. */
  claims(): readonly Thing[] {
    return this.#world.history.list(this.kind).filter((claim) => this.isOurs(claim));
  }

  /** Its claims as the API server has them now: one that it was just told is gone is none of them. */
  async #claimsNow(): Promise<readonly Thing[]> {
    return (await this.#world.list(this.kind)).filter((claim) => this.isOurs(claim));
  }

  isOurs({ metadata }: Thing): boolean {
    return metadata.labels?.['kaito.sh/workspace'] === this.wish.name;
  }

  /** Reconciles again and again until the signal aborts; rejects only with what is no matter of KAITO's. */
  async run(signal: AbortSignal): Promise<void> {
    let failed = 0;
    while (!signal.aborted) {
      try {
        const nodes = this.#ways.blocks ? await this.#reconcile(signal) : await this.#reconcileAtOnce();
        this.state = nodes.length < this.wish.count ? { phase: 'working' } : { phase: 'ready', nodes };
        failed = 0;
        await (this.state.phase === 'ready' ? this.#untilClaimsChange(signal) : this.#sleep(againMs, signal));
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof PassFailed)) throw error;
        this.failures.push(error.code);
        this.state = { phase: 'failed', reason: error.code, message: error.message };
        await this.#sleep(Math.min(firstBackoffMs * 2 ** failed, longestBackoffMs), signal);
        failed += 1;
      }
    }
  }

  /** Resolves with the names of as many fit nodes as are wanted. */
  async #reconcile(signal: AbortSignal): Promise<readonly string[]> {
    const nodes = await this.#nodesOfClaims(signal);
    while (nodes.length < this.wish.count) nodes.push(await this.#createNode(signal));
    return nodes;
  }

  /**
   * Fit nodes, once no claim is to be waited for. A pass that falls between a Node's change and its claim's is KAITO's own race:
   * it finds no claim to wait for, a node too few, and creates one more. Here it looks again until the claim has changed too.
   */
  async #nodesOfClaims(signal: AbortSignal): Promise<string[]> {
    let looks = 0;
    for (;;) {
      const claims = await this.#claimsNow();
      const pending = claims.find((claim) => this.#ways.isPending(claim));
      if (pending !== undefined) {
        await this.#awaitReady(pending.metadata.name, signal);
        continue;
      }
      const nodes = await this.#fitNodes();
      const said = claims.filter((claim) => claim.metadata.deletionTimestamp === undefined && isTrue(claim, 'Ready'));
      if (nodes.length >= Math.min(said.length, this.wish.count)) return nodes;
      looks += 1;
      if (looks > patienceSeconds) throw new RangeError(`${said.length} claims say Ready for ${nodes.length} nodes`);
      await this.#sleep(pollSeconds * 1000, signal);
    }
  }

  /** Nothing is waited for: as many claims as are missing are created, and what is there is counted. */
  async #reconcileAtOnce(): Promise<readonly string[]> {
    const claims = await this.#claimsNow();
    const seen = new Set(claims.map(({ metadata }) => metadata.name));
    for (const name of seen) this.#expected.delete(name);
    const there = new Set([...seen, ...this.#expected]);
    for (let missing = this.wish.count - there.size; missing > 0; missing -= 1) {
      const name = await this.#createClaim();
      this.#expected.add(name);
    }
    const ready = (await this.#claimsNow()).filter(
      (claim) => claim.metadata.deletionTimestamp === undefined && isTrue(claim, 'Ready'),
    );
    return ready.length < this.wish.count ? [] : this.#fitNodes();
  }

  async #createClaim(): Promise<string> {
    const name = `ws${randomBytes(5).toString('hex').slice(0, 9)}`;
    const labels = { 'kaito.sh/workspace': this.wish.name, 'kaito.sh/workspacenamespace': 'default', apps: 'phi-3' };
    await this.#world.create(this.kind, this.#ways.claim({ name, labels }));
    this.created.push(name);
    return name;
  }

  /** One claim more, awaited to the end before the next one is created. */
  async #createNode(signal: AbortSignal): Promise<string> {
    const name = await this.#createClaim();
    if (this.#ways.readsCapacity === 'once') {
      await pause(sampleMs, undefined, { signal });
      await this.#untilAnswered(name);
      const launched = conditionOf(await this.#read(name), 'MachineLaunched');
      if (launched?.status === 'False' && launched.message === unavailable)
        throw new PassFailed('machineFailedCreation', unavailable);
    }
    const { status } = await this.#awaitReady(name, signal);
    const node = await this.#world.get('Node', status?.nodeName ?? '');
    if (node === undefined) throw new PassFailed('checkMachineStatusFailed', `Node "${status?.nodeName}" not found`);
    return node.metadata.name;
  }

  /** A busy machine may need longer for the provisioner's first PUT; a refusal has to be on the claim before the next one. */
  async #untilAnswered(name: string): Promise<void> {
    const answers = (): readonly number[] => this.#world.calls('PUT', name).flatMap(({ status }) => status ?? []);
    await this.#world.until(`Azure has answered for claim "${name}"`, () => answers().length > 0);
    if (answers().some((status) => status < 400)) return;
    await this.#world.until(`claim "${name}" says what Azure answered`, async () => {
      const claim = await this.#world.get(this.kind, name);
      return claim === undefined || conditionOf(claim, 'MachineLaunched')?.status === 'False';
    });
    const { length } = answers();
    if (length > 1)
      throw new RangeError(`Claim "${name}" said what Azure answered only when it had asked ${length} times`);
  }

  async #awaitReady(name: string, signal: AbortSignal): Promise<Thing> {
    const { clock } = this.#world;
    // A poll that comes late on a busy machine is one poll all the same: only what the world jumps over counts as more.
    let waitedMs = 0;
    const stopListening = clock.onJump((ms) => {
      waitedMs += ms;
    });
    this.#waitsFor = name;
    try {
      do {
        await this.#sleep(pollSeconds * 1000, signal);
        waitedMs += pollSeconds * 1000;
        const claim = await this.#read(name);
        const launched = conditionOf(claim, 'Launched');
        const isOut = launched?.status === 'False' && launched.message?.includes(unavailable) === true;
        if (this.#ways.readsCapacity === 'always' && isOut) throw new PassFailed('capacity', unavailable);
        if (isTrue(claim, 'Ready')) return claim;
      } while (waitedMs < patienceSeconds * 1000);
    } finally {
      stopListening();
      this.#waitsFor = undefined;
    }
    throw new PassFailed('timedOut', `check machine status timed out. machine ${name} is not ready`);
  }

  async #read(name: string): Promise<Thing> {
    const claim = await this.#world.get(this.kind, name);
    if (claim === undefined) throw new PassFailed('notFound', `${this.kind} "${name}" not found`);
    return claim;
  }

  /** Ready nodes with the workspace's labels and size, whoever made them. */
  async #fitNodes(): Promise<string[]> {
    const nodes = (await this.#world.list('Node')).filter(({ metadata, ...node }) => {
      const { labels = {}, deletionTimestamp } = metadata;
      const isLive = deletionTimestamp === undefined && isTrue({ metadata, ...node }, 'Ready');
      return isLive && labels['apps'] === 'phi-3' && labels['node.kubernetes.io/instance-type'] === kaitoSize;
    });
    return nodes.slice(0, this.wish.count).map(({ metadata }) => metadata.name);
  }

  async #untilClaimsChange(signal: AbortSignal): Promise<void> {
    const seen = versionsOf(this.claims());
    while (versionsOf(this.claims()) === seen) await this.#sleep(pollSeconds * 1000, signal);
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#world.clock.sleep(ms, { signal });
  }
}

/** Plays the workspace's controller while `act` runs; what ends it early fails the scenario. */
export async function withKaito<T>(workspace: KaitoWorkspace, act: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const running = workspace.run(stop.signal);
  const early = running.then(() => Promise.reject(new Error('KAITO ended')));
  early.catch(() => undefined);
  try {
    return await Promise.race([act(), early]);
  } finally {
    stop.abort();
    await running.catch(() => undefined);
  }
}

function versionsOf(machines: readonly Thing[]): string {
  return machines.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).join();
}
