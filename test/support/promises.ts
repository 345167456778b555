// What no claim may ever show and no request may ever lack, whatever the scenario was: checked over all that was seen.
import { expect } from 'vitest';
import type { World } from './world.ts';
import { conditionOf, isTrue, type Thing } from './world-things.ts';

/** Of the names of the conditions, by kind. */
const prefixes: ReadonlyMap<string, string> = new Map([
  ['Machine', 'Machine'],
  ['NodeClaim', ''],
]);

export function holdsPromises(world: World): void {
  const { sights } = world.history;
  const claims = sights.filter(({ kind, type }) => prefixes.has(kind) && type !== 'DELETED');
  const broken = claims.flatMap(({ kind, thing }) => faultsOf(thing, prefixes.get(kind) ?? ''));
  expect(broken, 'what a claim showed').toEqual([]);
  expect(movedTimes(claims.map(({ thing }) => thing)), 'transition times that moved without a transition').toEqual([]);
  for (const { ifNoneMatch } of world.calls('PUT')) expect(ifNoneMatch).toBe('*');
  for (const { ifMatch } of world.calls('DELETE')) expect(ifMatch).toMatch(/./u);
  expect(overwrites(world), 'PUTs that changed a pool').toEqual([]);
}

/** KAITO buys another GPU when it reads such a Machine, or goes on with one that is not there (contract M2, M3). */
function faultsOf(claim: Thing, prefix: string): readonly string[] {
  const { metadata, status } = claim;
  const initialized = conditionOf(claim, `${prefix}Initialized`)?.status;
  const isReady = isTrue(claim, 'Ready');
  const isLive = metadata.deletionTimestamp === undefined;
  const faults = [
    prefix === 'Machine' && initialized === 'Unknown' && 'Initialized is Unknown',
    isLive && initialized === 'True' && !isReady && 'Initialized is True and Ready is not',
    isReady && (status?.nodeName ?? '') === '' && 'Ready without nodeName',
    isReady && (status?.providerID ?? '') === '' && 'Ready without providerID',
  ];
  return faults.filter((fault) => fault !== false).map((fault) => `${metadata.name}: ${fault}`);
}

function movedTimes(claims: readonly Thing[]): readonly string[] {
  const last = new Map<string, { readonly status: string; readonly time: string | undefined }>();
  const moved: string[] = [];
  for (const { metadata, status } of claims) {
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
