// The collector: every pool that Azure shows goes into the ledger, and what was made for a claim that is gone goes (table E).
import type { AgentPool } from '../../azure/pool.ts';
import { NotLeading } from '../context.ts';
import type { Pass } from '../context.ts';
import { poolIndex } from '../observe.ts';
import type { DisruptionLimits } from '../policies.ts';
import { breakerOf } from '../restraint.ts';
import type { Term } from '../../runtime/term.ts';
import { pause } from '../../runtime/pause.ts';
import type { CollectionContext } from './context.ts';
import { decideOrphan } from './decide-orphan.ts';
import type { OrphanDecision, OrphanView } from './decide-orphan.ts';
import { gpuUseOf } from './gpu-use.ts';
import { usdPerHourOf } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import { tellOfLease, tellOfOrphan } from './notices.ts';
import { deleteOrphan } from './orphan-deletion.ts';
import { OrphanNodes } from './orphan-nodes.ts';
import { Orphans } from './orphans.ts';
import type { Orphan } from './orphans.ts';
import { standingOf } from './standing.ts';
import type { Standing } from './standing.ts';

interface Found {
  readonly pool: AgentPool;
  readonly standing: Standing;
  /** Of a pool that our tags name an owner of, who may be known and is not seen. */
  readonly orphan: Orphan | undefined;
}

/** One for the process, to be run while it leads. */
export class Collector {
  readonly #context: CollectionContext;
  readonly #orphans = new Orphans();
  readonly #nodes: OrphanNodes;
  #massTold = '';

  constructor(context: CollectionContext) {
    this.#context = context;
    this.#nodes = new OrphanNodes(context);
  }

  /** Ends when `signal` aborts. A pass that fails is logged, and the next one looks at everything anew. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, log } = this.#context;
    while (await pause(intervalMs, { clock, signal })) {
      try {
        await this.pass({ term, signal });
      } catch (error) {
        if (signal.aborted || error instanceof NotLeading) return;
        log.error({ err: error }, 'collection failed');
      }
    }
    this.#context.ledger.replace([], clock.monotonicMs());
  }

  /** One look at every pool; at most one DELETE for each orphan. */
  async pass(pass: Pass): Promise<void> {
    const found = this.#look();
    if (found === undefined) return;
    const { clock, ledger, policies, restraint } = this.#context;
    const orphans = found.filter(({ orphan }) => orphan !== undefined).map(({ pool }) => pool.name);
    for (const pool of this.#orphans.forgetAllBut(new Set(orphans))) restraint.drop(pool);
    for (const one of found) if (!isKnownGone(one.orphan)) await this.#askClaim(one, pass);
    const counts = countsOf(found, policies);
    const entries: Omit<LedgerEntry, 'sinceMs'>[] = [];
    for (const one of found) entries.push(await this.#entry(one, counts, pass));
    ledger.replace(entries, clock.monotonicMs());
    this.#tellOfMass(entries);
    await this.#nodes.pass(pass);
  }

  /** Undefined: Azure has not been heard for too long to say anything of its pools. */
  #look(): readonly Found[] | undefined {
    const { clock, inventory, nodes, sources } = this.#context;
    const found: Found[] = [];
    if (inventory.ageMs === undefined) return undefined;
    for (const name of inventory.names()) {
      const look = inventory.look(name);
      if (look.seen === 'unknown') return undefined;
      if (look.seen === 'absent') continue;
      const { pool } = look;
      const standing = standingOf(pool, { sources, nodes: nodes.synced ? nodes.byIndex(poolIndex, name) : [] });
      const isOrphan = standing.is === 'tagged' && standing.known && nodes.synced;
      const orphan = isOrphan ? this.#orphans.note(name, standing.owner, clock.monotonicMs()) : undefined;
      found.push({ pool, standing, orphan });
    }
    return found;
  }

  async #entry(found: Found, counts: Counts, pass: Pass): Promise<Omit<LedgerEntry, 'sinceMs'>> {
    const { pool, standing } = found;
    const entry = {
      pool: pool.name,
      vmSize: pool.vmSize,
      count: pool.count,
      usdPerHour: usdPerHourOf(pool),
      ...('owner' in standing ? { owner: standing.owner } : {}),
    };
    if (standing.is === 'foreign' || standing.is === 'owned') return { ...entry, ownership: standing.is };
    const decision = await this.#decide({ ...found, standing }, counts, pass);
    this.#context.onDecision?.(decision.row);
    if (found.orphan !== undefined) tellOfOrphan(this.#context, pool, found.orphan, decision);
    return { ...entry, ownership: decision.ledger, row: decision.row, why: decision.why };
  }

  /** Asks for what the table needs to know, and carries out what it says. */
  async #decide(found: Asked, counts: Counts, pass: Pass): Promise<OrphanDecision> {
    const { clock, kube, nodes, restraint } = this.#context;
    const { orphan, pool } = found;
    let asked: { readonly fresh: boolean; readonly use: OrphanView['use'] } = { fresh: false, use: 'notAsked' };
    for (;;) {
      const decision = decideOrphan(this.#view(found, counts, asked));
      if (decision.step.do === 'nothing' || decision.row === 'E1' || orphan === undefined) {
        if (orphan?.wished === true && decision.row !== 'E7') this.#unwish(pool.name, orphan);
        return decision;
      }
      if (decision.step.do === 'askPods') {
        const use = await gpuUseOf(nodes.byIndex(poolIndex, pool.name), { kube, signal: pass.signal });
        asked = { ...asked, use };
        continue;
      }
      // E7: it is due.
      orphan.wished = true;
      restraint.wish(pool.name);
      const refusal = clock.monotonicMs() < orphan.holdUntilMs ? undefined : restraint.refusal(pool.name);
      if (refusal !== undefined) return { ...decision, why: refusal };
      if (clock.monotonicMs() < orphan.holdUntilMs) return decision;
      if (decision.step.do === 'delete') {
        await deleteOrphan(pool, orphan, this.#context, pass);
        return decision;
      }
      await this.#askClaim(found, pass);
      asked = { ...asked, fresh: true };
    }
  }

  #view(
    { orphan, pool, standing }: Asked,
    counts: Counts,
    asked: Pick<OrphanView, 'use'> & { fresh: boolean },
  ): OrphanView {
    const { clock, gate, policies, timings } = this.#context;
    const answer = orphan?.answer;
    return {
      pool,
      standing,
      known: orphan !== undefined,
      claim: answer === undefined ? undefined : { answer, fresh: asked.fresh },
      orphanForMs: orphan === undefined ? 0 : clock.monotonicMs() - orphan.sinceMs,
      use: asked.use,
      ...counts,
      orphanGraceMs: timings.orphanGraceMs,
      gate: gate(),
      policies,
    };
  }

  async #askClaim({ orphan, standing }: Pick<Found, 'orphan' | 'standing'>, { signal }: Pass): Promise<void> {
    if (orphan === undefined || standing.is !== 'tagged' || standing.source === undefined) return;
    orphan.answer = await standing.source.ask(orphan.owner.name, { signal });
  }

  #unwish(pool: string, orphan: Orphan): void {
    orphan.wished = false;
    this.#context.restraint.drop(pool);
  }

  #tellOfMass(entries: readonly Omit<LedgerEntry, 'sinceMs'>[]): void {
    const mass = entries.filter(({ row }) => row === 'E4');
    const pools = mass.map(({ pool }) => pool).join(', ');
    const [first] = mass;
    if (pools === this.#massTold) return;
    this.#massTold = pools;
    if (first?.why === undefined) return;
    this.#context.log.error({ pools }, 'many agent pools without a claim; nothing is deleted');
    tellOfLease(this.#context, { type: 'Warning', ...first.why, message: `${first.why.message}: ${pools}` });
  }
}

type Asked = Found & { readonly standing: OrphanView['standing'] };
type Counts = Pick<OrphanView, 'orphans' | 'breaker'>;

function countsOf(found: readonly Found[], limits: DisruptionLimits): Counts {
  const ours = found.filter(({ standing }) => standing.is === 'owned' || standing.is === 'tagged').length;
  const orphans = found.filter(({ orphan, pool }) => isKnownGone(orphan) && pool.phase !== 'deleting').length;
  return { orphans, breaker: breakerOf(ours, limits) };
}

function isKnownGone(orphan: Orphan | undefined): boolean {
  return orphan?.answer?.known === true && orphan.answer.uid !== orphan.owner.uid;
}
