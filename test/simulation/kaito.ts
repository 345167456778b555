// KAITO as far as a provisioner can tell: which claims it makes, when it waits, and when it makes another one.
import type { Book, Buyer } from './book.ts';
import type { Bench } from './checks/check.ts';
import { newClaim } from './claims.ts';
import type { Random } from './random.ts';
import type { ClaimKindName, Item } from './schedule.ts';
import { conditionOf, isDeleting, isTrue, type Thing } from './thing.ts';
import type { World } from './world.ts';

type Wish = Extract<Item, { readonly what: 'kaito' }>;

// CheckMachineStatus and CheckNodeClaimStatus give up after this, and the Workspace is reconciled again.
const patienceMs = 240_000;

/** It works until its Workspace is deleted. */
export function startKaito(bench: Bench, wish: Wish): void {
  const kaito = new Kaito(bench, wish);
  kaito.start();
}

class Kaito implements Buyer {
  readonly #world: World;
  readonly #book: Book;
  readonly #bench: Bench;
  readonly #wish: Wish;
  readonly #random: Random;
  readonly #plural: ClaimKindName;
  #due = false;
  #open = true;

  constructor(bench: Bench, wish: Wish) {
    this.#bench = bench;
    this.#world = bench.world;
    this.#book = bench.book;
    this.#wish = wish;
    this.#random = bench.world.random.fork(`kaito ${wish.workspace}`);
    this.#plural = wish.version === '0.3.0' || wish.version === '0.4.1' ? 'machines' : 'nodeclaims';
    this.#world.api.subscribe(({ plural, object }) => {
      if (plural === this.#plural && this.#isOurs(object)) this.#soon(this.#random.between(50, 1500));
    });
  }

  get isDue(): boolean {
    return this.#open && this.#due && this.#wantsMore(this.#claims());
  }

  start(): void {
    this.#book.buyers.add(this);
    this.#soon(0);
    const { ms } = this.#wish;
    if (ms !== undefined) this.#world.scheduler.after(ms, () => this.#end());
  }

  #soon(ms: number): void {
    if (this.#due || !this.#open) return;
    this.#due = true;
    this.#world.scheduler.after(ms, () => {
      this.#due = false;
      if (this.#open) this.#reconcile();
    });
  }

  #reconcile(): void {
    const { faults } = this.#world;
    if (!faults.apiIsUp) return this.#soon(10_000);
    const claims = this.#claims();
    if (this.#wantsMore(claims)) this.#create(claims);
    if (this.#wish.version === '0.12.0') {
      if (this.#nodes() < this.#wish.count) this.#soon(patienceMs / 4);
    } else if (claims.some((claim) => this.#isPending(claim))) this.#soon(patienceMs);
  }

  #wantsMore(claims: readonly Thing[]): boolean {
    const { count, version } = this.#wish;
    // Claims that are being deleted count as existing.
    if (version === '0.12.0') return claims.length < count;
    return !claims.some((claim) => this.#isPending(claim)) && this.#nodes() < count;
  }

  /** v0.3.0 and v0.4.1: False or no conditions at all, Unknown is not pending; v0.4.6: anything but True. */
  #isPending(claim: Thing): boolean {
    if (this.#plural === 'nodeclaims') return !isTrue(claim, 'Initialized');
    const initialized = conditionOf(claim, 'MachineInitialized');
    return initialized?.status === 'False' || (claim.status?.conditions ?? []).length === 0;
  }

  #create(claims: readonly Thing[]): void {
    const { workspace, count, version } = this.#wish;
    const live = claims.filter((claim) => !isDeleting(claim));
    // A claim that is still Initialized says that its Node serves, and that may be a moment out of date; the checks of
    // invariant 10 look at how long it is.
    if (live.length >= count && !live.some(saysInitialized))
      this.#bench.report(3, `KAITO ${version} makes claim ${live.length + 1} for ${count} nodes of ${workspace}`);
    const name = this.#freeName();
    const labels = { 'kaito.sh/workspace': workspace, 'kaito.sh/workspacenamespace': 'default' };
    this.#world.api.create(this.#plural, newClaim({ plural: this.#plural, name, labels }), 'kaito');
  }

  /** Two Workspaces of one name, one after the other, draw the same names; the claims of the first may still be there. */
  #freeName(): string {
    for (;;) {
      const name = `ws${this.#random
        .between(0, 2 ** 32)
        .toString(16)
        .padStart(9, '0')}`;
      if (this.#world.api.find(this.#plural, name) === undefined) return name;
    }
  }

  #end(): void {
    this.#open = false;
    for (const { metadata } of this.#claims()) {
      this.#book.claimsDeleted.add(metadata.uid);
      this.#world.api.delete(this.#plural, metadata.name, { by: 'kaito' });
    }
  }

  #claims(): readonly Thing[] {
    return this.#world.api.list(this.#plural).filter((claim) => this.#isOurs(claim));
  }

  /** Ready Nodes with the workspace's labels, whoever made them. */
  #nodes(): number {
    const nodes = this.#world.api.list('nodes');
    return nodes.filter((node) => this.#isOurs(node) && isTrue(node, 'Ready') && !isDeleting(node)).length;
  }

  #isOurs({ metadata }: Thing): boolean {
    return metadata.labels?.['kaito.sh/workspace'] === this.#wish.workspace;
  }
}

function saysInitialized(claim: Thing): boolean {
  return isTrue(claim, 'MachineInitialized') || isTrue(claim, 'Initialized');
}
