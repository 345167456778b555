// What a scrape of a running controller shows: everything that docs/metrics.md has and nothing else, also while it stands by.
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { leaseName } from '../support/lease-terms.ts';
import { kaitoMachine } from '../support/machines.ts';
import { metricsPortOf } from '../support/metrics-port.ts';
import { scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
const size = 'Standard_NC6s_v3';

/** Names that the client library gives to the process itself. */
const ofProcess = /^(?:process|nodejs)_/;

interface Replica {
  /** Lines of a scrape, without comments. */
  series(): Promise<readonly string[]>;
  families(): Promise<readonly string[]>;
}

async function startReplica(world: World, env: Readonly<Record<string, string>> = {}): Promise<Replica> {
  const port = await metricsPortOf(world, await world.startController({ env }));
  const scrape = async (): Promise<readonly string[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    return (await response.text()).split('\n').filter((line) => line !== '');
  };
  return {
    series: async () => (await scrape()).filter((line) => !line.startsWith('#')),
    families: async () =>
      (await scrape())
        .flatMap((line) => /^# TYPE (\S+) /.exec(line)?.[1] ?? [])
        .filter((family) => !ofProcess.test(family)),
  };
}

async function electedWorld(): Promise<World> {
  const timing = { createSeconds: 6, allocateSeconds: 2, joinSeconds: 4 } as const;
  // A lease is a matter of seconds, and a busy machine must not lose it: time runs little faster than ours.
  const started = await startWorld({
    rate: 2,
    env: { LEADER_ELECT: 'true', EXPIRE_NODECLAIMS: 'true' },
    script: { timing },
  });
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}

test('a scrape has every family that is documented, and no other', scenarioTime, async () => {
  const replica = await startReplica(await electedWorld(), { LEADER_ELECT: 'false' });
  const document = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const documented = [...document.matchAll(/^(?:### (\w+)$|- `(\w+)` \()/gm)].map(
    ([, ours, theirs]) => ours ?? theirs ?? '',
  );
  expect((await replica.families()).toSorted()).toEqual(documented.toSorted());
  // Whoever needs no lease leads, too: an alert on no leader must not sound.
  expect(await replica.series()).toContain(`leader_election_master_status{name="${leaseName}"} 1`);
});

test('a life is told by every replica while it lasts, and counted by the leader alone', scenarioTime, async () => {
  const here = await electedWorld();
  const leader = await startReplica(here);
  await here.until('the first leads', () => (here.history.get('Lease', leaseName)?.spec?.holderIdentity ?? '') !== '');
  const standby = await startReplica(here);
  await here.create('Machine', kaitoMachine({ name, vmSize: size }));
  await here.untilReady(name);
  const ready = 'gpu_provisioner_claims{kind="Machine",phase="ready",reason="Ready"} 1';
  const offered = 'gpu_provisioner_gpus{kind="Machine",state="ready"} 1';
  const counted = `gpu_provisioner_time_to_ready_seconds_count{kind="Machine",size="${size}"} 1`;
  for (const replica of [leader, standby])
    await here.until('a replica tells of the Ready claim and its GPU', async () => {
      const series = await replica.series();
      return series.includes(ready) && series.includes(offered);
    });
  // The watch may tell the replica of its own status before the answer does, after which it counts.
  const led = await here.until('the leader has counted it', async () => {
    const series = await leader.series();
    return series.includes(counted) && series;
  });
  expect(led).toContain(`leader_election_master_status{name="${leaseName}"} 1`);
  expect(led).toContain('karpenter_machines_created_total{reason="provisioned"} 1');
  expect(led).toContain('karpenter_nodes_created_total 1');
  const stoodBy = await standby.series();
  expect(stoodBy).not.toContain(counted);
  expect(stoodBy).toContain(`leader_election_master_status{name="${leaseName}"} 0`);
  expect(stoodBy).toContain('karpenter_machines_created_total{reason="provisioned"} 0');

  await here.remove('Machine', name);
  await here.untilGone('Machine', name);
  for (const replica of [leader, standby])
    await here.until('what is gone is told of no more', async () => {
      const series = await replica.series();
      return (
        !series.includes(ready) && series.includes('gpu_provisioner_claims{kind="Machine",phase="ready",reason=""} 0')
      );
    });
  await here.until('the leader has counted its end', async () =>
    (await leader.series()).includes('karpenter_machines_terminated_total 1'),
  );
  expect(await standby.series()).toContain('karpenter_machines_terminated_total 0');
});
