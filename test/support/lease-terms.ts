// Who held the lease when, by what was seen of it, and whether each pool was asked for by its holder of that moment.
import { expect } from 'vitest';
import type { ArmRequest } from '../../hack/sandbox/aks/request-log.ts';
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
    const holder = holderOf(world, put);
    const atMs = put.at.getTime();
    expect(
      terms.some((term) => term.holder === holder && term.fromMs <= atMs && atMs < term.untilMs),
      `PUT ${put.pool} within its writer's term`,
    ).toBe(true);
  }
}

/** When the holder of that term was last seen to ask Azure for a pool in it. */
function lastWriteMs(world: World, term: HeldTerm | undefined): number {
  if (term === undefined) return 0;
  const mine = world.calls('PUT').filter((put) => holderOf(world, put) === term.holder);
  return Math.max(term.fromMs, ...mine.map(({ at }) => at.getTime()));
}

/** Under which name the process that asked for this pool holds the lease, or would. */
function holderOf(world: World, { pool = '', at }: ArmRequest): string | undefined {
  const writer = writerOf(world, pool, at.getTime());
  return writer === undefined ? undefined : identityOf(writer, at.getTime());
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

/** Under which name it last asked for the lease by then: a process that is started anew has another. */
function identityOf({ api }: RunningController, atMs: number): string | undefined {
  return api.requests
    .filter(({ method, path, at }) => method !== 'GET' && path.includes('/leases') && at.getTime() <= atMs)
    .flatMap(({ body }) => [...body.matchAll(/"holderIdentity":"(?<holder>[^"]+)"/gu)])
    .map(({ groups }) => groups?.['holder'])
    .at(-1);
}
