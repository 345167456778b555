import { describe, expect, it, onTestFinished } from 'vitest';
import { aMachine, aNode, aPool } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import type { Node } from '../apis/wire.ts';
import type { ArmFailure } from '../azure/arm-errors.ts';
import { ClusterWatch } from '../azure/cluster-watch.ts';
import { Inventory } from '../azure/inventory.ts';
import { Store } from '../runtime/store.ts';
import { GateKeeper } from './gate-keeper.ts';
import { defaultPolicies } from './policies.ts';

const minute = 60_000;
const serverError: ArmFailure = { status: 500, code: 'InternalServerError', armMessage: 'try later' };

interface World {
  readonly clock: FakeClock;
  readonly arm: MemoryArm;
  readonly keeper: GateKeeper;
  readonly signal: AbortSignal;
  /** What the gate was each time that listeners were told. */
  readonly told: string[];
  readonly stateOf: () => string;
  readonly node: (name: string, ready: boolean, pool?: string) => void;
  readonly lose: (name: string) => void;
}

/** Everything runs until the test ends; the gate has been looked at once. */
async function setUp({ allowMass = false, limits = defaultPolicies } = {}): Promise<World> {
  const clock = new FakeClock();
  const arm = new MemoryArm();
  const cluster = new ClusterWatch({ arm, clock });
  const inventory = new Inventory({ arm, clock });
  const nodes = new Store<Node>({ clock });
  const keeper = new GateKeeper({
    clock,
    cluster,
    inventory,
    nodes,
    log: silent,
    settleMs: 10 * minute,
    allowMass,
    limits,
  });
  const stateOf = (): string => {
    const gate = keeper.gate();
    return gate.state === 'closed' ? gate.by : gate.state;
  };
  const told: string[] = [];
  keeper.subscribe(() => told.push(stateOf()));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  void inventory.run(stop.signal);
  void keeper.run(stop.signal);
  const objects = new Map<string, Node>();
  let version = 0;
  return {
    clock,
    arm,
    keeper,
    signal: stop.signal,
    told,
    stateOf,
    node(name, ready, pool) {
      const object = aNode({
        name,
        uid: name,
        ready: ready ? 'True' : 'False',
        ...(pool === undefined ? {} : { pool }),
      });
      version += 1;
      objects.set(name, { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
      nodes.replace(objects.values(), String(version));
    },
    lose(name) {
      objects.delete(name);
      version += 1;
      nodes.replace(objects.values(), String(version));
    },
  };
}

/** With the gate open. */
async function opened(options = {}): Promise<World> {
  const world = await setUp(options);
  await world.clock.advance(10 * minute);
  expect(world.stateOf()).toBe('open');
  return world;
}

describe('GateKeeper', () => {
  it('permits nothing before Azure was asked, and settles for ten minutes from the first look', async () => {
    const { clock, stateOf, told } = await setUp();
    expect(stateOf()).toBe('azureUnknown');
    await clock.advance(0);
    expect(stateOf()).toBe('settling');
    await clock.advance(10 * minute - 1);
    expect(stateOf()).toBe('settling');
    await clock.advance(1);
    expect(told).toEqual(['settling', 'open']);
  });

  it('closes while the cluster stops and starts, and for ten minutes more', async () => {
    const { arm, clock, told, stateOf } = await opened();
    arm.managed = { power: 'running', state: 'Stopping' };
    await clock.advance(5 * minute);
    expect(stateOf()).toBe('clusterStopped');
    arm.managed = { power: 'running', state: 'Succeeded' };
    await clock.advance(minute);
    expect(stateOf()).toBe('settling');
    await clock.advance(9 * minute);
    expect(stateOf()).toBe('settling');
    await clock.advance(minute);
    expect(told).toEqual(['settling', 'open', 'clusterStopped', 'settling', 'open']);
  });

  it('knows for how long it has not been open, whatever kept it closed meanwhile', async () => {
    const { arm, clock, keeper } = await opened();
    expect(keeper.notOpenMs()).toBe(0);
    arm.managed = { power: 'running', state: 'Stopping' };
    await clock.advance(5 * minute);
    arm.managed = { power: 'running', state: 'Succeeded' };
    expect(keeper.notOpenMs()).toBe(0);
    await clock.advance(9 * minute);
    expect(keeper.gate()).toMatchObject({ state: 'settling' });
    expect(keeper.notOpenMs()).toBe(9 * minute);
    await clock.advance(2 * minute);
    expect(keeper.notOpenMs()).toBe(0);
  });

  it('lets a person’s deletion go after an hour of a cluster that stops and starts, and says so', async () => {
    const { arm, clock, told, keeper } = await opened();
    arm.managed = { power: 'running', state: 'Stopping' };
    await clock.advance(5 * minute);
    arm.managed = { power: 'running', state: 'Starting' };
    await clock.advance(30 * minute);
    expect(keeper.gate()).toMatchObject({ by: 'clusterStopped', forMs: 30 * minute });
    const before = told.length;
    await clock.advance(30 * minute);
    expect(keeper.gate()).toMatchObject({ by: 'clusterStopped', forMs: 60 * minute });
    expect(told).toHaveLength(before + 1);
  });

  it('settles anew when the cluster changed between two looks', async () => {
    const { arm, clock, stateOf } = await opened();
    arm.managed = { power: 'running', state: 'Failed' };
    await clock.advance(5 * minute);
    expect(stateOf()).toBe('settling');
    await clock.advance(10 * minute);
    expect(stateOf()).toBe('clusterFailed');
  });

  it('settles anew after each upgrade of a pool, from its end', async () => {
    const { arm, clock, stateOf } = await opened();
    arm.put({ ...aPool(aMachine()), name: 'system', phase: 'busy', state: 'Upgrading' });
    await clock.advance(5 * minute);
    expect(stateOf()).toBe('settling');
    await clock.advance(20 * minute);
    arm.change('system', { phase: 'settled', state: 'Succeeded' });
    await clock.advance(15_000);
    await clock.advance(10 * minute - 1);
    expect(stateOf()).toBe('settling');
    await clock.advance(1);
    expect(stateOf()).toBe('open');
  });

  it('stays open while pools come and go', async () => {
    const { arm, clock, stateOf } = await opened();
    arm.put({ ...aPool(aMachine()), name: 'a', phase: 'creating', state: 'Creating' });
    arm.put({ ...aPool(aMachine()), name: 'b', phase: 'deleting', state: 'Deleting' });
    await clock.advance(6 * minute);
    expect(stateOf()).toBe('open');
  });

  it('closes when Azure is silent for a minute, and settles anew after it', async () => {
    const { arm, clock, stateOf } = await opened();
    arm.fault = () => serverError;
    await clock.advance(5 * minute + 59_000);
    expect(stateOf()).toBe('open');
    await clock.advance(1000);
    expect(stateOf()).toBe('azureUnknown');
    arm.fault = () => undefined;
    await clock.advance(minute);
    expect(stateOf()).toBe('settling');
    await clock.advance(10 * minute);
    expect(stateOf()).toBe('open');
  });

  it('looks at the cluster every minute while it is not open, every five while it is', async () => {
    const { arm, clock } = await opened();
    const looks = (): number => arm.calls.filter((call) => call === 'cluster').length;
    expect(looks()).toBe(11);
    await clock.advance(30 * minute);
    expect(looks()).toBe(17);
  });

  it('closes when Nodes of ours go down, at once, and opens when they are back', async () => {
    const { arm, clock, node, stateOf, told } = await opened();
    const pools = ['a', 'b', 'c'];
    for (const name of pools) arm.put({ ...aPool(aMachine()), name });
    await clock.advance(5 * minute);
    for (let i = 0; i < 10; i += 1) node(`system${i}`, true, 'system');
    for (const pool of pools) node(pool, true, pool);
    await clock.advance(0);
    for (const pool of pools) node(pool, false, pool);
    expect(stateOf()).toBe('nodesDown');
    node('a', true, 'a');
    expect(stateOf()).toBe('open');
    await clock.advance(0);
    expect(told.at(-1)).toBe('open');
  });

  it('may have as many Nodes of ours down as it likes when a person allows mass deletion', async () => {
    const { arm, clock, node, stateOf } = await opened({ allowMass: true });
    const pools = ['a', 'b', 'c'];
    for (const name of pools) arm.put({ ...aPool(aMachine()), name });
    await clock.advance(5 * minute);
    for (let i = 0; i < 10; i += 1) node(`system${i}`, true, 'system');
    for (const pool of pools) node(pool, true, pool);
    for (const pool of pools) node(pool, false, pool);
    expect(stateOf()).toBe('open');
  });

  it('may have as many Nodes of ours down as --disruption-least says', async () => {
    const { arm, clock, node, stateOf } = await opened({ limits: { ...defaultPolicies, disruptionLeast: 3 } });
    const pools = ['a', 'b', 'c', 'd'];
    for (const name of pools) arm.put({ ...aPool(aMachine()), name });
    await clock.advance(5 * minute);
    for (let i = 0; i < 10; i += 1) node(`system${i}`, true, 'system');
    for (const pool of pools) node(pool, true, pool);
    for (const pool of ['a', 'b', 'c']) node(pool, false, pool);
    expect(stateOf()).toBe('open');
    node('d', false, 'd');
    expect(stateOf()).toBe('nodesDown');
  });

  it('is closed while no Node is a machine of the cluster that Azure shows, once the Nodes are listed', async () => {
    const { arm, clock, lose, node, stateOf } = await setUp();
    arm.managed = { ...arm.managed, nodeGroup: '/subscriptions/s/resourcegroups/mc_production' };
    await clock.advance(11 * minute);
    expect(stateOf()).toBe('open');
    node('system', true);
    expect(stateOf()).toBe('anotherCluster');
    lose('system');
    expect(stateOf()).toBe('anotherCluster');
    arm.managed = { ...arm.managed, nodeGroup: '/subscriptions/s/resourcegroups/mc_rg' };
    await clock.advance(minute);
    expect(stateOf()).toBe('anotherCluster');
    node('system', true);
    expect(stateOf()).toBe('open');
  });

  it('gives a Node five minutes to boot before it counts as down', async () => {
    const { clock, node, stateOf, told, lose } = await opened();
    node('system', true);
    node('gpu1', false);
    node('gpu2', false);
    await clock.advance(5 * minute - 1);
    expect(stateOf()).toBe('open');
    await clock.advance(1);
    expect(told.at(-1)).toBe('nodesDown');
    lose('gpu1');
    lose('gpu2');
    expect(stateOf()).toBe('open');
  });

  it('confirms on a live look', async () => {
    const { arm, clock, keeper, signal } = await opened();
    await clock.advance(minute);
    arm.managed = { power: 'running', state: 'Upgrading' };
    expect(keeper.gate()).toEqual({ state: 'open' });
    await expect(keeper.confirm({ signal })).resolves.toMatchObject({ by: 'clusterBusy' });
    const before = arm.calls.length;
    await expect(keeper.confirm({ signal })).resolves.toMatchObject({ by: 'clusterBusy' });
    expect(arm.calls).toHaveLength(before);
    await clock.advance(5000);
    arm.fault = () => serverError;
    await expect(keeper.confirm({ signal })).rejects.toMatchObject({ code: 'InternalServerError' });
  });

  it('ends with its signal', async () => {
    const clock = new FakeClock();
    const arm = new MemoryArm();
    const inventory = new Inventory({ arm, clock });
    const nodes = new Store<Node>({ clock });
    const cluster = new ClusterWatch({ arm, clock });
    const keeper = new GateKeeper({
      clock,
      cluster,
      inventory,
      nodes,
      log: silent,
      settleMs: 1,
      allowMass: false,
      limits: defaultPolicies,
    });
    const stop = new AbortController();
    const running = keeper.run(stop.signal);
    await clock.advance(minute);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
    expect(clock.pendingMs).toEqual([]);
  });
});
