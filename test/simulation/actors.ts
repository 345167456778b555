// Carries out the schedule: each item at its time, on the world.
import { Unreachable, Gone } from '../../src/kube/errors.ts';
import type { Bench } from './checks/check.ts';
import type { Crashes } from './crashes.ts';
import { startKaito } from './kaito.ts';
import { Platform } from './platform.ts';
import { Scaling } from './scaling.ts';
import { describe, type Item } from './schedule.ts';
import type { Thing } from './thing.ts';
import { Users } from './users.ts';

type Of<W extends Item['what']> = Extract<Item, { readonly what: W }>;

export class Actors {
  readonly #bench: Bench;
  readonly #crashes: Crashes;
  readonly #users: Users;
  readonly #platform: Platform;
  readonly #scaling: Scaling;

  constructor(bench: Bench, crashes: Crashes) {
    this.#bench = bench;
    this.#crashes = crashes;
    this.#users = new Users(bench.world, bench.book);
    this.#platform = new Platform(bench.world);
    this.#scaling = new Scaling(bench.world);
  }

  plan(items: readonly Item[]): void {
    const { scheduler, trace } = this.#bench.world;
    for (const item of items)
      scheduler.at(item.atMs, () => {
        trace.note('schedule', describe(item).slice(12));
        this.#perform(item);
      });
  }

  #perform(item: Item): void {
    const { world } = this.#bench;
    const users = this.#users;
    const platform = this.#platform;
    switch (item.what) {
      case 'crash':
        return this.#crashes.plan(item);
      case 'rollout':
        return world.replicas[item.replica].stop();
      case 'restrict':
        return this.#restrict(item);
      case 'freeze':
        return world.replicas[item.replica].process?.freeze(item.ms);
      case 'clockJump':
        return world.replicas[item.replica].jump(item.ms);
      case 'apiOutage':
        return this.#apiOutage(item);
      case 'apiTrouble':
      case 'watchLag':
      case 'armOutage':
        return world.faults.open(item);
      case 'watchBreak':
        return this.#watchBreak(item);
      case 'leaseTaken':
        return this.#takeLease();
      case 'leaseDeleted':
        if (world.api.find('leases', leaseKey) !== undefined) world.api.delete('leases', leaseKey, { by: 'person' });
        return;
      case 'crdGone':
        return this.#crdGone(item);
      case 'armWrite':
        return world.faults.failWrite(item);
      case 'armReads':
        return world.faults.failReads(item);
      case 'supply': {
        world.operations.supply = item.supply;
        world.scheduler.after(item.ms, () => {
          world.operations.supply = 'plenty';
        });
        return;
      }
      case 'kaito':
        return startKaito(this.#bench, item);
      case 'createClaim':
        return users.createClaim(item);
      case 'deleteClaim':
        return users.deleteClaim(item.name);
      case 'recreateClaim':
        return users.recreateClaim(item.name);
      case 'stripClaim':
        return users.stripClaim(item.name);
      case 'editClaim':
        return users.editClaim(item);
      case 'deleteNode':
        return users.deleteNode(item.pool);
      case 'pod':
        return users.pod(item);
      case 'retag':
        return users.retag(item);
      case 'relabelPool':
        return users.relabelPool(item.pool);
      case 'deletePool':
        return users.deletePool(item.pool);
      case 'foreignPool':
        return users.foreignPool(item.pool);
      case 'goPool':
        return users.goPool(item);
      case 'leakedPool':
        return users.leakedPool(item);
      case 'scale':
        return this.#scaling.scale(item);
      case 'autoscale':
        return this.#scaling.autoscale(item);
      case 'stopPool':
        return platform.stopPool(item);
      case 'upgradePool':
        return platform.upgradePool(item.pool);
      case 'upgradeCluster':
        return platform.upgradeCluster();
      case 'stopCluster':
        return platform.stopCluster(item);
      case 'nodeDown':
        return platform.nodeDown(item);
      case 'poolFails':
        return platform.poolFails(item.pool);
      case 'youngNode':
        return platform.youngNode(item);
      case 'instanceGone':
        return platform.instanceGone(item.pool);
      case 'nodeStorm':
        return platform.nodeStorm();
    }
  }

  #restrict({ how, ms }: Of<'restrict'>): void {
    const { replicas, scheduler } = this.#bench.world;
    const both = [replicas.a, replicas.b];
    for (const replica of both) replica.restrict(how);
    scheduler.after(ms, () => {
      for (const replica of both) replica.restrict(undefined);
    });
  }

  #takeLease(): void {
    const { api } = this.#bench.world;
    if (api.find('leases', leaseKey) === undefined) return;
    api.change('leases', leaseKey, taken, 'person');
  }

  #apiOutage(item: Of<'apiOutage'>): void {
    const { world } = this.#bench;
    world.faults.open(item);
    for (const watch of world.watches) {
      if (item.replica !== undefined && !watch.process.name.startsWith(item.replica)) continue;
      if (item.how === 'silent') watch.stall();
      else watch.break(new Unreachable('the connection was reset', { status: 0 }));
    }
  }

  #watchBreak({ plural, how }: Of<'watchBreak'>): void {
    const { world } = this.#bench;
    if (how === 'gone') world.api.compact(plural);
    for (const watch of world.watches) {
      if (watch.plural !== plural) continue;
      if (how === 'stall') watch.stall();
      else if (how === 'gone') watch.break(new Gone('too old resource version', { status: 410 }));
      else watch.break(new Unreachable('the connection was reset', { status: 0 }));
    }
  }

  #crdGone({ plural, ms }: Of<'crdGone'>): void {
    const { world, book } = this.#bench;
    world.api.serve(plural, false);
    book.unservedSinceMs.set(plural, world.nowMs);
    for (const watch of world.watches)
      if (watch.plural === plural) watch.break(new Unreachable('the watch was ended', { status: 0 }));
    world.scheduler.after(ms, () => {
      world.api.serve(plural, true);
      book.unservedSinceMs.delete(plural);
    });
  }
}

const leaseKey = 'gpu-provisioner/lease';

function taken(lease: Thing): Thing {
  return { ...lease, spec: { ...lease.spec, holderIdentity: 'x' } };
}
