// Chaos on the real control plane: controllers are killed, the API server restarts, Azure fails, claims come and go.
// `CHAOS_SECONDS` is how long (180), `CHAOS_SEED` which chaos (another one each time).
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Api } from '../../hack/sandbox/nodes/api.ts';
import { Clusters } from '../e2e/clusters.ts';
import { WorldClock } from '../support/world-clock.ts';
import { Claims } from './claims.ts';
import { play } from './play.ts';
import { Replica } from './replica.ts';
import { scheduleOf, wordsOf } from './schedule.ts';
import { unsettled, wrongs } from './verdict.ts';

const { CHAOS_SECONDS = '180', CHAOS_SEED = String(randomInt(2 ** 31)) } = process.env;
const [chaosMs, seed] = [Number(CHAOS_SECONDS) * 1000, Number(CHAOS_SEED)];
const claimCount = 50;
// Seconds of the world in one of ours: leases must be renewed while real programs answer on two cores.
const rate = 4;
const startMs = 240_000;
// After the last mishap: the longest wait of a refusal (minutes of the world), then a creation or a deletion.
const settleMs = 240_000;
const lookMs = 1000;

test(
  'after kills, restarts and failures nothing leaks and everything converges',
  { timeout: startMs + chaosMs + settleMs + 60_000 },
  async () => {
    const schedule = scheduleOf({ seed, ms: chaosMs, claims: claimCount });
    console.info(`chaos: CHAOS_SEED=${seed} CHAOS_SECONDS=${chaosMs / 1000}, ${schedule.length} deeds`);
    await using stack = new AsyncDisposableStack();
    const clusters = stack.use(await Clusters.start(1));
    const [cluster] = clusters.all;
    if (cluster === undefined) throw new RangeError('No cluster runs');
    const clock = new WorldClock({ rate });
    const backEnd = stack.adopt(await clusters.makeBackEnd({ clock, script: {}, devicePlugin: true }), (started) =>
      started.close(),
    );
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'chaos-')), (path) => rm(path, { recursive: true }));
    const api = stack.adopt(new Api(backEnd.api), (client) => client.close());
    const { signal } = stack.adopt(new AbortController(), (life) => life.abort());
    const claims = new Claims(api, signal);
    const replicas = [
      stack.use(await Replica.start({ name: 'replica-0', backEnd, clock, folder })),
      stack.use(await Replica.start({ name: 'replica-1', backEnd, clock, folder })),
    ] as const;
    await Promise.all(replicas.map((replica) => replica.up()));

    const { azure } = backEnd;
    const deeds = schedule.map(({ deed }) => deed);
    const deleted = new Set(deeds.flatMap((deed) => (deed.do === 'delete' ? [deed.claim] : [])));
    const wanted = new Set(
      deeds.flatMap((deed) => (deed.do === 'create' && !deleted.has(deed.claim) ? [deed.claim] : [])),
    );
    await play(schedule, { claims, replicas, azure, controlPlane: cluster.controlPlane, signal });
    azure.clearFaults();

    const calmMs = performance.now();
    const look = async (): Promise<readonly string[]> => {
      const [all, nodes] = await Promise.all([claims.all(), claims.list('/api/v1/nodes')]);
      return unsettled({ claims: all, nodes, pools: azure.pools(), wanted });
    };
    let open = await look();
    while (open.length > 0 && performance.now() - calmMs < settleMs) {
      await pause(lookMs);
      open = await look();
    }
    const counts: Record<string, number> = {};
    for (const deed of deeds) counts[deed.do] = (counts[deed.do] ?? 0) + 1;
    const hit = azure.log.filter(({ fault }) => fault !== undefined).length;
    console.info(
      `chaos: ${JSON.stringify({ ...counts, requestsThatFailed: hit })}; ARM requests ${JSON.stringify(azure.counts())}; ` +
        `${wanted.size} claims live, calm after ${((performance.now() - calmMs) / 1000).toFixed(1)} s`,
    );
    const problems = [...open, ...wrongs(azure.log, deleted)];
    if (problems.length > 0) {
      const logs = await Promise.all(replicas.map((replica) => replica.lines()));
      console.error(['chaos: the schedule', ...schedule.map(wordsOf)].join('\n'));
      for (const [i, lines] of logs.entries()) console.error([`chaos: the log of replica ${i}`, ...lines].join('\n'));
    }
    expect(problems, `CHAOS_SEED=${seed} CHAOS_SECONDS=${chaosMs / 1000}`).toEqual([]);
  },
);
