// What goes wrong when, and which claims come and go meanwhile: all of it drawn from one seed, before anything runs.
import type { FaultEffect } from '../../hack/sandbox/aks/faults.ts';
import type { OperationName } from '../../hack/sandbox/aks/route.ts';
import { Random } from '../simulation/random.ts';

export type Deed =
  | { readonly do: 'create'; readonly claim: string; readonly kind: 'Machine' | 'NodeClaim' }
  | { readonly do: 'delete'; readonly claim: string; readonly kind: 'Machine' | 'NodeClaim' }
  /** SIGKILL, and another process in its place a little later. */
  | { readonly do: 'kill'; readonly replica: 0 | 1 }
  | { readonly do: 'restartApiServer' }
  | {
      readonly do: 'fault';
      readonly operation: OperationName;
      readonly times: number;
      readonly effect: FaultEffect;
    };

export interface Scheduled {
  /** Real milliseconds from the start. */
  readonly atMs: number;
  readonly deed: Deed;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly ms: number;
  readonly claims: number;
}

const operations: readonly OperationName[] = ['LIST', 'GET', 'PUT', 'DELETE'];
const effects: readonly FaultEffect[] = [
  { kind: 'armThrottled', retryAfterSeconds: 5 },
  { kind: 'aksThrottled', retryAfterSeconds: 5 },
  { kind: 'armThrottled' },
  { kind: 'refuse', by: 'aks', status: 500, code: 'InternalOperationError', message: 'An internal error occurred' },
  { kind: 'refuse', by: 'arm', status: 503, code: 'ServerTimeout', message: 'The request timed out' },
  { kind: 'broken', status: 502, body: 'html' },
  { kind: 'broken', status: 200, body: 'brokenJson' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'silent', when: 'after' },
  { kind: 'slow', ms: 1500 },
];
/** Real milliseconds between two of them, at least and at most. */
const pace = { kill: [6000, 16_000], fault: [1500, 4500], restart: [30_000, 50_000] } as const;
/** One claim in so many stays to the end. */
const stays = 4;

/** In the order of time. */
export function scheduleOf({ seed, ms, claims }: ScheduleOptions): readonly Scheduled[] {
  const random = new Random(seed);
  return [
    ...claimDeeds(random.fork('claims'), ms, claims),
    ...repeated(random.fork('kills'), ms, pace.kill, (draw) => ({ do: 'kill', replica: draw.chance(0.5) ? 0 : 1 })),
    ...repeated(random.fork('restarts'), ms, pace.restart, () => ({ do: 'restartApiServer' })),
    ...repeated(random.fork('faults'), ms, pace.fault, (draw) => ({
      do: 'fault',
      operation: draw.pick(operations),
      times: 1 + draw.below(3),
      effect: draw.pick(effects),
    })),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

/** Lives of every length: some end before their pool was asked for, some in mid-creation, some long after Ready. */
function claimDeeds(random: Random, ms: number, count: number): readonly Scheduled[] {
  return Array.from({ length: count }, (_, i): readonly Scheduled[] => {
    const claim = { claim: `c${i}`, kind: random.chance(0.5) ? 'Machine' : 'NodeClaim' } as const;
    const bornMs = random.between(0, ms * 0.8);
    const diesMs = bornMs + random.between(200, ms * 0.4);
    const created: Scheduled = { atMs: bornMs, deed: { do: 'create', ...claim } };
    return i % stays === 0 ? [created] : [created, { atMs: Math.min(diesMs, ms), deed: { do: 'delete', ...claim } }];
  }).flat();
}

function repeated(
  random: Random,
  ms: number,
  [least, most]: readonly [number, number],
  draw: (random: Random) => Deed,
): readonly Scheduled[] {
  const deeds: Scheduled[] = [];
  for (let atMs = random.between(0, most); atMs < ms; atMs += random.between(least, most))
    deeds.push({ atMs, deed: draw(random) });
  return deeds;
}

/** A line for a person. */
export function wordsOf({ atMs, deed }: Scheduled): string {
  const { do: what, ...rest } = deed;
  return `${(atMs / 1000).toFixed(1)} s ${what} ${JSON.stringify(rest)}`;
}
