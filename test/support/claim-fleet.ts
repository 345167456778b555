// Several claims of both kinds in one world, and the money rule for all of them: whatever the platform does, nothing is
// bought and nothing is given back.
import { expect } from 'vitest';
import { kaitoMachine } from './machines.ts';
import { kaitoNodeClaim } from './nodeclaims.ts';
import { isTrue, type Thing } from './world-things.ts';
import type { World } from './world.ts';

export class ClaimFleet {
  /** As they were when all of them were Ready for the first time. */
  readonly claims: readonly Thing[];
  readonly #world: World;

  /** Every second one is a NodeClaim; resolves when all are Ready and Azure is done. */
  static async ready(world: World, count: number): Promise<ClaimFleet> {
    await world.startController();
    const names = Array.from({ length: count }, (_, index) => `fleet${index}`);
    for (const [index, name] of names.entries()) {
      if (index % 2 === 0) await world.create('Machine', kaitoMachine({ name }));
      else await world.create('NodeClaim', kaitoNodeClaim({ name }));
    }
    const claims: Thing[] = [];
    for (const name of names) claims.push(await world.untilReady(name));
    const fleet = new ClaimFleet(world, claims);
    await fleet.untilSettled();
    return fleet;
  }

  private constructor(world: World, claims: readonly Thing[]) {
    this.#world = world;
    this.claims = claims;
  }

  get names(): readonly string[] {
    return this.claims.map(({ metadata }) => metadata.name);
  }

  /** Names of the Nodes that the claims had at first. */
  get firstNodes(): readonly string[] {
    return this.claims.map(({ status }) => status?.nodeName ?? '');
  }

  async untilSettled(): Promise<void> {
    for (const name of this.names)
      await this.#world.until(`Azure is done with "${name}"`, () => this.#world.poolState(name) === 'Succeeded');
  }

  async untilNotReady(): Promise<void> {
    for (const name of this.names)
      await this.#world.until(`claim "${name}" is not Ready`, () => !isTrue(this.#world.claim(name), 'Ready'));
  }

  /** Resolves when each is Ready with a Node that is there, Ready, and its own. */
  async untilReadyAgain(): Promise<void> {
    for (const { metadata } of this.claims)
      await this.#world.until(`claim "${metadata.name}" is Ready with a Node of its own`, () => {
        const claim = this.#world.claim(metadata.name);
        const node = this.#world.history.get('Node', claim?.status?.nodeName ?? '');
        const isOwn = node?.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true;
        return (
          isTrue(claim, 'Ready') && isTrue(node, 'Ready') && isOwn && node.metadata.deletionTimestamp === undefined
        );
      });
  }
}

/** The same claims, one PUT each from their creation, and no DELETE. */
export function expectUntouched(world: World, { claims }: ClaimFleet): void {
  for (const { metadata } of claims) {
    const now = world.claim(metadata.name)?.metadata;
    expect(now).toMatchObject({ uid: metadata.uid });
    expect(now?.deletionTimestamp).toBeUndefined();
    expect(world.calls('PUT', metadata.name)).toHaveLength(1);
  }
  expect(world.calls('DELETE')).toEqual([]);
}
