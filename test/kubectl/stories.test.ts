// What a person reads who runs kubectl describe: the events of a claim, in their order, as the real kubectl prints them.
import { expect, test } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { startKubectlWorld } from './front.ts';

const name = 'ws6fa1b2c3d';
const vmSize = 'Standard_NC24ads_A100_v4';
const walkTime = { timeout: 180_000 } as const;

/** Type and reason of each event in the text of kubectl describe, from top to bottom. */
function eventsIn(text: string): readonly string[] {
  const [, told = ''] = text.split(/^Events:$/mu);
  return [...told.matchAll(/^ {2}(Normal|Warning) +(\S+) /gmu)].map(([, type, reason]) => `${type} ${reason}`);
}

test(
  'kubectl describe machine shows the events of its life in the order in which they happened',
  walkTime,
  async () => {
    await using started = await startKubectlWorld({ script: { quotas: { regionalCores: 8 } } });
    const { kubectl, world } = started;
    await world.startController();
    await world.create('Machine', kaitoMachine({ name, vmSize }));
    await world.untilEvent(name, 'QuotaExceeded');
    const refused = await kubectl('describe', 'machine', name);
    expect(eventsIn(refused)).toEqual(['Warning QuotaExceeded']);
    expect(refused).toMatch(/need 24 vCPUs, have \d+.*ask for more under Quotas/u);
    const { quotas: _none, ...script } = world.azure.script;
    world.azure.setScript(script);
    world.clock.jump(11 * 60_000);
    await world.untilReady(name);
    await world.untilEvent(name, 'Ready');
    const born = ['Warning QuotaExceeded', 'Normal PoolRequested', 'Normal Launched', 'Normal Registered'];
    const story = [...born, 'Normal Initialized', 'Normal Ready'];
    expect(eventsIn(await kubectl('describe', 'machine', name))).toEqual(story);
    await world.remove('Machine', name);
    await world.untilGone('Machine', name);
    await world.untilEvent(name, 'PoolDeleted');
    // Of what is gone there is nothing to describe; its events stay for an hour.
    const rest = await kubectl('events', '--for', `machine/${name}`);
    expect(rest.match(/ (?:Normal|Warning) /gu)).toHaveLength(story.length + 2);
  },
);
