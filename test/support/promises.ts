// What no Machine may ever show and no request may ever lack, whatever the scenario was: checked over all that was seen.
import { expect } from 'vitest';
import type { World } from './world.ts';
import { conditionOf, isTrue, type Thing } from './world-things.ts';

export function holdsPromises(world: World): void {
  const machines = world.history.sights.filter(({ kind, type }) => kind === 'Machine' && type !== 'DELETED');
  const broken = machines.flatMap(({ thing }) => faultsOf(thing));
  expect(broken, 'what a Machine showed').toEqual([]);
  expect(movedTimes(machines.map(({ thing }) => thing)), 'transition times that moved without a transition').toEqual(
    [],
  );
  for (const { ifNoneMatch } of world.calls('PUT')) expect(ifNoneMatch).toBe('*');
  for (const { ifMatch } of world.calls('DELETE')) expect(ifMatch).toMatch(/./u);
  expect(overwrites(world), 'PUTs that changed a pool').toEqual([]);
}

/** KAITO buys another GPU when it reads such a Machine, or goes on with one that is not there (contract M2, M3). */
function faultsOf(machine: Thing): readonly string[] {
  const { metadata, status } = machine;
  const initialized = conditionOf(machine, 'MachineInitialized')?.status;
  const isReady = isTrue(machine, 'Ready');
  const isLive = metadata.deletionTimestamp === undefined;
  const faults = [
    initialized === 'Unknown' && 'Initialized is Unknown',
    isLive && initialized === 'True' && !isReady && 'Initialized is True and Ready is not',
    isReady && (status?.nodeName ?? '') === '' && 'Ready without nodeName',
    isReady && (status?.providerID ?? '') === '' && 'Ready without providerID',
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `${metadata.name}: ${fault}`);
}

function movedTimes(machines: readonly Thing[]): readonly string[] {
  const last = new Map<string, { readonly status: string; readonly time: string | undefined }>();
  const moved: string[] = [];
  for (const { metadata, status } of machines) {
    for (const { type, status: now, lastTransitionTime: time } of status?.conditions ?? []) {
      const key = `${metadata.uid}/${type}`;
      const before = last.get(key);
      if (before?.status === now && before.time !== time) moved.push(`${metadata.name}: ${type}`);
      last.set(key, { status: now, time });
    }
  }
  return moved;
}

/** An accepted PUT answers 201 when it made the pool and 200 when it changed one. */
function overwrites(world: World): readonly string[] {
  return world
    .calls('PUT')
    .filter(({ status }) => status === 200)
    .map(({ pool }) => pool ?? '');
}
