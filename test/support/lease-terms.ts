// Who held the lease when, by what was seen of it, and whether each pool was asked for by its holder of that moment.
import { expect } from 'vitest';
import type { RunningController } from './world-controller.ts';
import type { World } from './world.ts';

export const leaseName = 'gpu-provisioner-leader-election';
/** Others may take a lease that was not renewed for so long (src/runtime/lease.ts). */
const durationMs = 15_000;

export interface HeldTerm {
  readonly holder: string;
  readonly fromMs: number;
  /** By its last renewal, or when it was let go. */
  untilMs: number;
}

/** The oldest first. */
export function termsOf(world: World): readonly HeldTerm[] {
  const terms: HeldTerm[] = [];
  for (const { thing, at } of world.history.versions('Lease', leaseName)) {
    const { holderIdentity: holder = '', acquireTime = '', renewTime = '' } = thing.spec ?? {};
    const last = terms.at(-1);
    if (holder === '') {
      if (last !== undefined) last.untilMs = Math.min(last.untilMs, at.getTime());
      continue;
    }
    const untilMs = Date.parse(renewTime) + durationMs;
    const fromMs = Date.parse(acquireTime);
    if (last?.holder === holder && last.fromMs === fromMs) last.untilMs = untilMs;
    else terms.push({ holder, fromMs, untilMs });
  }
  return terms;
}

/** No two terms overlap, and every PUT came to Azure within the term of the controller that wrote its intent. */
export function expectFenced(world: World): void {
  const terms = termsOf(world);
  for (const [index, { fromMs }] of terms.entries())
    expect(fromMs, 'the begin of a term').toBeGreaterThanOrEqual(lastWriteMs(world, terms[index - 1]));
  for (const put of world.calls('PUT')) {
    const writer = writerOf(world, put.pool ?? '', put.at.getTime());
    const held = terms.filter(({ holder }) => writer !== undefined && identitiesOf(writer).has(holder));
    const atMs = put.at.getTime();
    expect(
      held.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs),
      `PUT ${put.pool} within its writer's term`,
    ).toBe(true);
  }
}

/** When the holder of that term was last seen to ask Azure for a pool in it. */
function lastWriteMs(world: World, term: HeldTerm | undefined): number {
  if (term === undefined) return 0;
  const mine = world.calls('PUT').filter(({ pool, at }) => {
    const writer = writerOf(world, pool ?? '', at.getTime());
    return writer !== undefined && identitiesOf(writer).has(term.holder);
  });
  return Math.max(term.fromMs, ...mine.map(({ at }) => at.getTime()));
}

/** Before each PUT its writer puts its intent on the claim. */
function writerOf({ controllers }: World, pool: string, atMs: number): RunningController | undefined {
  const intents = controllers.flatMap((controller) =>
    controller.api.requests
      .filter(({ method, path, body, at }) => {
        const isOfPool = method === 'PATCH' && new URL(path, 'http://x').pathname.endsWith(`/${pool}`);
        return isOfPool && body.includes('gpu-provisioner.io/intent') && at.getTime() <= atMs;
      })
      .map(({ at }) => ({ controller, at: at.getTime() })),
  );
  return intents.toSorted((a, b) => a.at - b.at).at(-1)?.controller;
}

/** Under which names it held the lease: a process that is started anew has another. */
function identitiesOf({ api }: RunningController): ReadonlySet<string> {
  return new Set(
    api.requests
      .filter(({ method, path }) => method !== 'GET' && path.includes('/leases'))
      .flatMap(({ body }) => [...body.matchAll(/"holderIdentity":"(?<holder>[^"]+)"/gu)])
      .map(({ groups }) => groups?.['holder'] ?? ''),
  );
}
