// Claims under CRDs that came with somebody else's chart: nothing of ours may be needed that theirs do not have.
import { expect } from 'vitest';
import { karpentersNodeClaims, kaitosMachines } from '../support/foreign-definitions.ts';
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';
import type { Scenario } from '../support/scenario.ts';
import { replaceDefinition, type Replacement } from '../support/world-definitions.ts';
import { isWrite } from '../support/world-proxy.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
/** What says nothing of the definition: somebody wrote at the same time, or the API server has too much to do. */
const passing: ReadonlySet<number> = new Set([409, 429]);

interface Case {
  readonly name: string;
  readonly foreign: Replacement;
  readonly kind: 'Machine' | 'NodeClaim';
  readonly claim: object;
  /** Of the names of the conditions. */
  readonly prefix: string;
}

const cases: readonly Case[] = [
  {
    name: "a Machine under the CRD of KAITO's chart becomes Ready, says all that it says under ours, and goes",
    foreign: kaitosMachines,
    kind: 'Machine',
    claim: kaitoMachine({ name }),
    prefix: 'Machine',
  },
  {
    name: "a NodeClaim under the CRD of Karpenter's first v1 chart becomes Ready, says all that it says under ours, and goes",
    foreign: karpentersNodeClaims,
    kind: 'NodeClaim',
    claim: kaitoNodeClaim({ name }),
    prefix: '',
  },
];

function refusedWrites(world: World): readonly string[] {
  return world.controller.api.requests
    .filter((request) => isWrite(request) && request.status !== undefined)
    .filter(({ status = 0 }) => status >= 400 && status < 500 && status !== 404 && !passing.has(status))
    .map(({ method, path, status }) => `${method} ${path} ${status}`);
}

/** From its creation to its end. */
async function live(world: World, { kind, claim, prefix }: Case): Promise<void> {
  await world.startController();
  await world.create(kind, claim);
  await world.untilReady(name);
  const known = await world.untilCondition(name, 'GPUReady', 'True');
  for (const milestone of ['Launched', 'Registered', 'Initialized'])
    expect(conditionOf(known, `${prefix}${milestone}`)?.status).toBe('True');
  expect(known.status?.nodeName).toBe(world.nodesOf(name)[0]?.metadata.name);
  expect(known.metadata.finalizers).toContain('karpenter.sh/termination');
  await world.remove(kind, name);
  await world.untilGone(kind, name);
  expect(world.poolState(name)).toBeUndefined();
  expect(await world.nodesNow(name)).toEqual([]);
  expect(world.calls('PUT')).toHaveLength(1);
  expect(world.calls('DELETE')).toHaveLength(1);
  expect(refusedWrites(world)).toEqual([]);
}

export const foreignDefinitions: readonly Scenario[] = cases.map((each) => ({
  name: each.name,
  async play(world) {
    const bringBack = await replaceDefinition(world, each.foreign);
    try {
      await live(world, each);
    } finally {
      await bringBack();
    }
  },
}));
