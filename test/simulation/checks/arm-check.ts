// Every write to Azure, judged when it leaves and when it arrives: invariants 1, 4, 6, 7 and 9, and the patience Azure asks for.
import type { ArmCall } from '../../../src/azure/arm-errors.ts';
import type { ArmWatch, ArmWrite } from '../arm-connection.ts';
import type { SimPool } from '../arm-pools.ts';
import { timingsFor } from '../replica.ts';
import { isDeleting, isTrue, type Thing } from '../thing.ts';
import { claimByUid, claimPlurals, finalizer, noteOf, type Bench } from './check.ts';
import { Hearing } from './hearing.ts';
import { MassCheck } from './mass-check.ts';

/** A DELETE leans on a look and a LIST that are at most so old; what happens meanwhile nobody can know. */
const staleMs = 20_000;
/** The API server was asked before the last look at Azure, which may take its time. */
const hearingMs = 20_000;
const leaseMs = 15_000;

export class ArmCheck implements ArmWatch {
  readonly #bench: Bench;
  readonly #hearing: Hearing;
  readonly #mass: MassCheck;
  readonly #inFlight = new Set<ArmWrite>();
  readonly #closed = new Map<string, number>();
  /** When the lease was last written by its holder. */
  #renewed: { readonly by: string; readonly atMs: number } | undefined;
  puts = 0;
  deletes = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
    const { world } = bench;
    this.#hearing = new Hearing(world);
    this.#mass = new MassCheck(bench);
    world.api.subscribe(({ plural, object, by }) => {
      if (plural === 'leases' && object.spec?.holderIdentity === by) this.#renewed = { by, atMs: world.nowMs };
    });
    world.pools.subscribe((pool, news, by) => {
      if (news === 'changed' && pool.view.state === 'Updating' && /^[ab]\d/u.test(by))
        bench.report(6, `A PUT of ${by} changed pool ${pool.view.name}, which existed`);
      if (news === 'made') this.#oneOfAKind(pool);
    });
  }

  /** To be called every `everyMs`. */
  look(everyMs: number): void {
    this.#hearing.look(everyMs);
    this.#mass.look();
  }

  leaves(write: ArmWrite): void {
    const { world, report } = this.#bench;
    const { by, operation, pool } = write;
    world.trace.note(by, `-> arm ${operation} ${pool}${write.etag === undefined ? '' : ` If-Match ${write.etag}`}`);
    if (this.#renewed === undefined || this.#renewed.by !== by || world.nowMs - this.#renewed.atMs > leaseMs)
      report(4, `${operation} ${pool} of ${by} began outside of its lease`);
    for (const other of this.#inFlight)
      if (other.pool === pool && (other.by === by || world.leader?.name === other.by))
        report(6, `${operation} ${pool} of ${by} left while ${other.operation} ${pool} of ${other.by} was in flight`);
    this.#inFlight.add(write);
    if (operation === 'create') this.#put(write);
    else this.#delete(write);
  }

  arrives(write: ArmWrite): void {
    const { world, book, report } = this.#bench;
    const { by, operation, pool, body } = write;
    world.trace.note('azure', `<- ${operation} ${pool} of ${by}`);
    const uid = body?.tags['gpu-provisioner-uid'];
    if (operation !== 'create' || uid === undefined || world.pools.find(pool) !== undefined) return;
    if (book.claimsGone.has(uid) && !book.claimsTampered.has(uid) && !book.claimsForced.has(uid))
      report(5, `A PUT of pool ${pool} landed for claim ${uid}, which had been let go of`);
  }

  ends(write: ArmWrite): void {
    this.#inFlight.delete(write);
  }

  asks(by: string, call: ArmCall): void {
    const { world, report } = this.#bench;
    const lane = `${by} ${laneOf(call)}`;
    if ((this.#closed.get(lane) ?? 0) > world.nowMs + 1)
      report(
        'Retry-After',
        `${by} asks Azure to ${call.operation} ${call.pool ?? ''} before the time that Azure named`,
      );
  }

  throttled(by: string, call: ArmCall, retryAfterMs: number): void {
    this.#closed.set(`${by} ${laneOf(call)}`, this.#bench.world.nowMs + retryAfterMs);
  }

  #put({ by, pool, body }: ArmWrite): void {
    const { book, report } = this.#bench;
    this.puts += 1;
    const uid = body?.tags['gpu-provisioner-uid'];
    const claim = claimByUid(this.#bench, uid);
    if (uid === undefined || book.claimsTampered.has(uid)) return;
    if (claim === undefined) return;
    const intent = noteOf(claim, 'intent');
    if (intent?.['pool'] !== pool || !(claim.metadata.finalizers ?? []).includes(finalizer))
      report(4, `A PUT of pool ${pool} left ${by} without an intent and a finalizer on its claim`);
  }

  /** Of the claim that it was made for, whatever people did to its tags; where that is gone, the tags are all there is. */
  #kindOf({ madeFor, view }: SimPool): string {
    const { api } = this.#bench.world;
    const owned = claimPlurals.find((plural) => api.list(plural).some(({ metadata }) => metadata.uid === madeFor));
    return owned ?? (view.tags['gpu-provisioner-kind'] === 'NodeClaim' ? 'nodeclaims' : 'machines');
  }

  #delete({ by, pool: name, etag }: ArmWrite): void {
    const { world, book, report } = this.#bench;
    this.deletes += 1;
    const pool = world.pools.find(name);
    if (pool === undefined) return;
    for (const [plural, since] of book.unservedSinceMs)
      if (this.#kindOf(pool) === plural && world.nowMs - since > hearingMs)
        report(9, `DELETE ${name} left ${by} while ${plural} were not served`);
    const view = etag === undefined ? undefined : pool.versions.get(etag);
    const uid = view?.tags['gpu-provisioner-uid'];
    if (book.poolsForeign.has(pool.incarnation)) report(7, `DELETE ${name} left ${by}; the pool is somebody else's`);
    // Tags that name nobody, on a pool that nobody has, are an orphan's (table E).
    const maker = claimByUid(this.#bench, pool.madeFor);
    const isUnheard = maker === undefined || !hasHeardOf(maker);
    const nobodys = uid !== undefined && claimByUid(this.#bench, uid) === undefined && isUnheard;
    // A person told the claim to take a pool for its own whose tags name an earlier one of its name.
    const given =
      view?.tags['gpu-provisioner-name'] === maker?.metadata.name &&
      maker?.metadata.annotations?.['gpu-provisioner.io/adopt'] === 'true';
    if (view !== undefined && uid !== undefined && uid !== pool.madeFor && !nobodys && !given)
      report(6, `DELETE ${name} left ${by} with a version whose tags name ${uid}`);
    if (!nobodys) this.#live(pool, by);
    const asked = this.#isAsked(pool, by);
    if (!asked) this.#settling(pool, by);
    if (!asked && nobodys && this.#hearing.lagMs(by) === 0) this.#mass.collects(pool, by);
  }

  /** A claim's deletion is behind it, as far as this process can know. */
  #isAsked(pool: SimPool, by: string): boolean {
    const { world, book } = this.#bench;
    const uid = pool.madeFor ?? book.poolsOfGo.get(pool.incarnation);
    const claim = claimByUid(this.#bench, uid);
    if (claim !== undefined) return isDeleting(claim);
    // What it heard last may be that the claim is being deleted.
    return world.nowMs - (book.claimsGone.get(uid ?? '') ?? 0) < staleMs + this.#hearing.lagMs(by);
  }

  /** Nobody asked for it, and the process has not watched a settled cluster for long enough. */
  #settling(pool: SimPool, by: string): void {
    const { world, report } = this.#bench;
    const age = world.nowMs - (world.leader?.startedAtMs ?? 0);
    if (world.leader?.name !== by || age >= timingsFor(world.schedule.hurry).gateSettleMs) return;
    report(7, `DELETE ${pool.view.name} left ${by} unasked, ${Math.round(age / 1000)} s after it began`);
  }

  /** A live claim's pool goes only when it has failed, or its instance is gone. */
  #live(pool: SimPool, by: string): void {
    const { world, book, report } = this.#bench;
    const claim = claimByUid(this.#bench, pool.madeFor ?? book.poolsOfGo.get(pool.incarnation));
    if (claim === undefined || isDeleting(claim)) return;
    const { name } = pool.view;
    for (const instance of pool.instances) {
      const node = world.fleet.node(instance);
      const since = Date.parse(
        node?.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '',
      );
      if (node !== undefined && isTrue(node, 'Ready') && !isDeleting(node) && world.api.nowMs - since > staleMs)
        report(7, `DELETE ${name} left ${by}; Node ${node.metadata.name} of its live claim is Ready`);
    }
    const works = pool.view.phase === 'settled' && pool.instances.some(({ state }) => state === 'up');
    const { nodeRepair = 'report', onNodeMissing = 'hold', onNodeDeletion } = world.schedule.policies;
    const asked = nodeRepair === 'act' || onNodeMissing === 'recreate' || onNodeDeletion === 'replace';
    if (works && !asked) report(1, `DELETE ${name} left ${by}; its instance runs and its claim lives`);
  }

  #oneOfAKind(pool: SimPool): void {
    const { world, report } = this.#bench;
    if (pool.madeFor === undefined) return;
    const others = world.pools.all().filter((other) => other !== pool && other.madeFor === pool.madeFor);
    if (others.length > 0) report(6, `Claim ${pool.madeFor} has a second pool, ${pool.view.name}`);
  }
}

/** Azure's answer to its PUT may have been lost, and the tags changed before the next look: then nothing tells whose it was. */
function hasHeardOf(maker: Thing): boolean {
  const record = noteOf(maker, 'record');
  return record?.['poolId'] !== undefined || record?.['boundUid'] !== undefined;
}

function laneOf({ operation }: ArmCall): string {
  return operation === 'create' || operation === 'cluster' ? operation : 'pools';
}
