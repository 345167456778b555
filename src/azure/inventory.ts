// The inventory: what ARM last said of all pools, from one shared LIST, single GETs and the answers to our own writes.
import type { Clock } from '../clock.ts';
import { Alarm } from '../runtime/alarm.ts';
import type { ArmCallOptions, ArmClient, ArmDeleteOptions, ArmWriteOptions } from './arm-client.ts';
import { ArmNotNow, wasAnswered } from './arm-errors.ts';
import { causeOf } from './causes.ts';
import { defaultCadence, nextListAtMs, type CadenceOptions } from './list-cadence.ts';
import { PoolKnowledge, type Ticket, type WriteAnswer } from './pool-knowledge.ts';
import type { AgentPoolBody } from './pool-body.ts';
import type { AgentPool, PoolLook, PoolMachine } from './pool.ts';
import { RecentNames } from './recent-names.ts';

export interface InventoryHealth {
  readonly ok: boolean;
  readonly detail: string;
}

export interface InventoryOptions {
  readonly arm: ArmClient;
  readonly clock: Clock;
  readonly cadence?: Partial<CadenceOptions>;
  /** Called when ARM begins to fail or answers again: for an event and a log line. */
  readonly onHealth?: (health: InventoryHealth) => void;
}

// While LISTs fail, what was seen longer ago than this counts as unknown: four fast rounds, so that one lost LIST changes nothing.
const staleMs = 60_000;
// A PUT without an answer may still be carried out (states: unknownOutcome), so a hurry lasts at least this long.
const hurryMs = 90_000;

const unfinished: ReadonlySet<AgentPool['phase']> = new Set(['creating', 'deleting', 'busy']);

/** One for the process. Looks are served at once from memory; only `refresh`, `machines`, `create` and `delete` talk to ARM. */
export class Inventory {
  readonly #alarm: Alarm;
  readonly #arm: ArmClient;
  readonly #clock: Clock;
  readonly #cadence: CadenceOptions;
  readonly #onHealth: (health: InventoryHealth) => void;
  readonly #knowledge = new PoolKnowledge();
  readonly #listeners: ((poolName: string) => void)[] = [];
  /** Names somebody asked for, to be told when all of them become known or unknown. */
  readonly #asked = new RecentNames();
  readonly #answeredAt = new RecentNames();
  #listedAtMs: number | undefined;
  #lastStartMs: number | undefined;
  #failures = 0;
  #failingSinceMs: number | undefined;
  #notBeforeMs = 0;
  #hurryUntilMs = Number.NEGATIVE_INFINITY;
  #health: InventoryHealth = { ok: false, detail: 'Azure has not been asked yet' };
  #toldOk: boolean | undefined;

  constructor({ arm, clock, cadence, onHealth }: InventoryOptions) {
    this.#arm = arm;
    this.#clock = clock;
    this.#alarm = new Alarm(clock);
    this.#cadence = { ...defaultCadence, ...cadence };
    this.#onHealth = onHealth ?? (() => {});
  }

  /** The newest knowledge; unknown before the first answer, and once LISTs have failed for a minute. */
  look(name: string): PoolLook {
    this.#asked.note(name, this.#clock.monotonicMs());
    const look = this.#knowledge.look(name);
    const isLost = look.seen !== 'unknown' && this.#isStale() && look.startedAtMs < this.#clock.monotonicMs() - staleMs;
    if (isLost || (look.seen === 'unknown' && this.#failures > 0)) return { seen: 'unknown', why: this.#health.detail };
    return look;
  }

  /** The pools that were there when last seen. */
  *names(): Generator<string> {
    for (const pool of this.#knowledge.present()) yield pool.name;
  }

  /** The pools themselves, as last seen. */
  pools(): Iterable<AgentPool> {
    return this.#knowledge.present();
  }

  /** Why nothing can be said of any pool; undefined once a complete LIST is in, while LISTs succeed or have failed for less than a minute. */
  get unknownWhy(): string | undefined {
    return this.#listedAtMs === undefined || this.#isStale() ? this.#health.detail : undefined;
  }

  /** When the answer to our last write for this name came; absent when none did, or none was written. */
  lastAnswerMs(name: string): number | undefined {
    return this.#answeredAt.get(name);
  }

  /** One live GET. It returns what it saw, unless a write was answered since it began. An error leaves knowledge as it was. */
  async refresh(name: string, options: ArmCallOptions): Promise<PoolLook> {
    const ticket = this.#begin();
    const pool = await this.#arm.get(name, options);
    const seen = this.#knowledge.seenByGet(ticket, name, pool);
    this.#tell(this.#knowledge.noteGet(ticket, name, pool));
    // It may show what is in flight, while the next LIST was planned at rest.
    this.#alarm.wake();
    return this.#knowledge.answeredSince(ticket, name) ? this.#knowledge.look(name) : seen;
  }

  /**
   * The machines of a pool, live. Throws as ArmClient does, also when Azure does not know the pool: then nothing is said of
   * its machines.
   */
  machines(name: string, options: ArmCallOptions): Promise<readonly PoolMachine[]> {
    return this.#arm.machines(name, options);
  }

  create(name: string, body: AgentPoolBody, options: ArmWriteOptions): Promise<PoolLook> {
    return this.#write(name, () => this.#arm.create(name, body, options));
  }

  delete(name: string, options: ArmDeleteOptions): Promise<PoolLook> {
    return this.#write(name, async () =>
      (await this.#arm.delete(name, options)) === 'absent' ? 'absent' : 'deleting',
    );
  }

  /** Calls `listener` with the name of each pool that changed, and of each that somebody asked for when all become known or unknown. */
  subscribe(listener: (poolName: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Something is in flight that ARM may not show yet: LIST at the fast cadence until it is quiet again. */
  hurry(): void {
    this.#hurryUntilMs = this.#clock.monotonicMs() + hurryMs;
    this.#alarm.wake();
  }

  /** Since the last complete LIST began. */
  get ageMs(): number | undefined {
    return this.#listedAtMs === undefined ? undefined : this.#clock.monotonicMs() - this.#listedAtMs;
  }

  get health(): InventoryHealth {
    return this.#health;
  }

  /** Lists until the signal aborts, then resolves. To be run once. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#nextListAtMs() - this.#clock.monotonicMs();
      if (waitMs > 0) await this.#alarm.wait(waitMs, signal);
      else await this.#list(signal);
    }
  }

  #nextListAtMs(): number {
    return nextListAtMs(
      {
        ...(this.#lastStartMs === undefined ? {} : { lastStartMs: this.#lastStartMs }),
        inFlight: this.#isInFlight(),
        failures: this.#failures,
        notBeforeMs: this.#notBeforeMs,
      },
      this.#cadence,
    );
  }

  #isInFlight(): boolean {
    if (this.#clock.monotonicMs() < this.#hurryUntilMs) return true;
    for (const pool of this.#knowledge.present()) if (unfinished.has(pool.phase)) return true;
    return false;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const ticket = this.#begin();
    this.#lastStartMs = ticket.startedAtMs;
    const pools = await this.#arm.list({ signal }).catch((error: unknown) => {
      if (!signal.aborted) this.#noteFailure(ticket, error);
    });
    if (pools === undefined) return;
    const wasKnown = this.#listedAtMs !== undefined && !this.#isStale();
    this.#listedAtMs = ticket.startedAtMs;
    this.#failures = 0;
    this.#failingSinceMs = undefined;
    const changed = this.#knowledge.noteList(ticket, pools);
    this.#setHealth({ ok: true, detail: `Azure shows ${pools.length} agent pool${pools.length === 1 ? '' : 's'}` });
    this.#tell(wasKnown ? changed : this.#everyName());
  }

  #noteFailure(ticket: Ticket, error: unknown): void {
    this.#failures += 1;
    if (error instanceof ArmNotNow) this.#notBeforeMs = this.#clock.monotonicMs() + error.retryAfterMs;
    if (this.#failingSinceMs === undefined) {
      this.#failingSinceMs = ticket.startedAtMs;
      // Whoever waits for a pool learns that nothing is known any more, though no LIST will say so.
      this.#clock.after(ticket.startedAtMs + staleMs - this.#clock.monotonicMs(), () => {
        if (this.#isStale()) this.#tell(this.#everyName());
      });
    }
    const told = this.#health.detail;
    this.#setHealth({ ok: false, detail: causeOf(error).headline });
    // Whoever waits says why. Patience changes its number with each answer, and says nothing new.
    const isNews = this.#failures === 1 || (!(error instanceof ArmNotNow) && told !== this.#health.detail);
    if (isNews && this.unknownWhy !== undefined) this.#tell(this.#everyName());
  }

  #isStale(): boolean {
    return this.#failingSinceMs !== undefined && this.#clock.monotonicMs() - this.#failingSinceMs >= staleMs;
  }

  async #write(name: string, send: () => Promise<WriteAnswer>): Promise<PoolLook> {
    const ticket = this.#begin();
    try {
      const answer = await send();
      this.#answeredAt.note(name, this.#clock.monotonicMs());
      this.#tell(this.#knowledge.noteAnswer(ticket, name, answer));
      this.#alarm.wake();
      return this.#knowledge.look(name);
    } catch (error) {
      if (wasAnswered(error)) this.#answeredAt.note(name, this.#clock.monotonicMs());
      else if (causeOf(error).kind === 'unknownOutcome') this.hurry();
      throw error;
    }
  }

  #begin(): Ticket {
    return this.#knowledge.begin(this.#clock.monotonicMs());
  }

  #everyName(): readonly string[] {
    return [...new Set([...this.#asked.names(), ...this.names()])];
  }

  #tell(names: readonly string[]): void {
    for (const name of names) for (const listener of this.#listeners) listener(name);
  }

  #setHealth(health: InventoryHealth): void {
    const turned = health.ok !== this.#toldOk;
    this.#health = health;
    this.#toldOk = health.ok;
    if (turned) this.#onHealth(health);
  }
}
