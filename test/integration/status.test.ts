// The status feed of real controllers on the sandbox: any replica answers, and what it says is true.
import { expect, test } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { metricsPortOf } from '../support/metrics-port.ts';
import { startWorld } from '../support/world.ts';
import type { StatusFeed } from '../../src/status/feed.ts';

const name = 'ws6fa1b2c3d';

async function feedAt(port: string): Promise<StatusFeed> {
  const response = await fetch(`http://127.0.0.1:${port}/status`);
  expect(response.status).toBe(200);
  return Object(await response.json());
}

test(
  'a replica that stands by shows the same claims and pools as the one that leads',
  { timeout: 180_000 },
  async () => {
    await using world = await startWorld({
      env: { LEADER_ELECT: 'true' },
      rate: 2,
      script: { timing: { createSeconds: 6 } },
    });
    const leader = await metricsPortOf(world, await world.startController());
    await world.until('the first leads', async () => (await feedAt(leader)).leads);
    const standby = await metricsPortOf(world, await world.startController());
    await world.create('Machine', kaitoMachine({ name }));
    await world.untilReady(name);
    for (const [port, leads] of [
      [leader, true],
      [standby, false],
    ] as const) {
      const feed = await world.until(`the feed of ${leads ? 'the leader' : 'the standby'} shows it all`, async () => {
        const seen = await feedAt(port);
        return seen.claims[0]?.phase === 'ready' && seen.pools.some((pool) => pool.name === name) && seen;
      });
      expect(feed).toMatchObject({ version: 1, leads, azure: { ok: true } });
      expect(feed.claims).toMatchObject([
        { kind: 'Machine', name, pool: name, vmSize: 'Standard_NC6s_v3', attention: 'none', gpus: 1, usdPerHour: 3.06 },
      ]);
      expect(feed.claims[0]?.timeline.map((phase) => phase.name)).toEqual([
        'launching',
        'registering',
        'initializing',
        'ready',
      ]);
      expect(feed.pools.find((pool) => pool.name === name)).toMatchObject({
        ownership: 'owned',
        owner: { kind: 'Machine', name, uid: feed.claims[0]?.uid },
        usdPerHour: 3.06,
      });
      expect(feed.expectations.map(({ phase }) => phase)).toContain('ready');
    }
    // It stood by, and still does: nothing was asked for twice.
    expect(world.calls('PUT', name)).toHaveLength(1);
  },
);
