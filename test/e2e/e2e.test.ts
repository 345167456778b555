import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playIn } from '../support/scenario.ts';
import { startWorld, usualRate, type World, type WorldOptions } from '../support/world.ts';
import { askedBy } from './audit.ts';
import { actionsOf, roleActions } from './azure-role.ts';
import { controllerUser, release } from './cluster.ts';
import { Clusters } from './clusters.ts';
import { grantsOf, needs, wordsOf } from './grants.ts';
import { permissionExceptions } from './permission-exceptions.ts';
import { themes } from './played.ts';

// As many as there are concurrent tests (vitest.config.ts).
const clusterCount = 5;
// Seconds of the world in one of ours. A real API server needs longer for an answer than the embedded one, and a lease must
// be renewed meanwhile, also on a busy machine.
const realRate = 2.5;

let clusters: Clusters;

beforeAll(async () => {
  clusters = await Clusters.start(clusterCount);
});

afterAll(async () => {
  await clusters?.[Symbol.asyncDispose]();
});

function start({ rate = usualRate, ...options }: WorldOptions = {}): Promise<World> {
  return startWorld({ ...options, rate: Math.min(rate, realRate) }, clusters.makeBackEnd);
}

describe.concurrent.each(await themes())('$name', ({ scenarios }) => {
  it.for([...scenarios])('$name', async (scenario) => {
    expect(await playIn(start, scenario)).toBeUndefined();
  });
});

// Last, since it is about everything that was asked above.
describe('permissions', () => {
  it('the API server denied nothing to the controller', async () => {
    const asked = await Promise.all(
      clusters.all.map(({ controlPlane }) => askedBy(controllerUser, controlPlane.auditLog)),
    );
    expect(asked.flat().filter(({ allowed }) => !allowed)).toEqual([]);
    expect(asked.flat().length).toBeGreaterThan(0);
  });

  it("the chart's roles grant nothing that no scenario used, apart from the listed exceptions", async ({ signal }) => {
    const asked = await Promise.all(
      clusters.all.map(({ controlPlane }) => askedBy(controllerUser, controlPlane.auditLog)),
    );
    const [cluster] = clusters.all;
    if (cluster === undefined) throw new RangeError('No cluster runs');
    const grants = await grantsOf(cluster.api, { namespace: release, name: release }, signal);
    const unused = grants.filter((grant) => !asked.flat().some((each) => needs(each, grant)));
    // Where time ran out of step with the world, an exception may have been used after all.
    const excepted = permissionExceptions.map(({ grant }) => grant);
    expect(unused.map(wordsOf).filter((words) => !excepted.includes(words))).toEqual([]);
    expect(grants.map(wordsOf)).toEqual(expect.arrayContaining(excepted));
    expect(permissionExceptions.length).toBeLessThanOrEqual(5);
  });

  it('with the module of Workspaces off, the roles without its own are what is needed, and no more', async ({
    signal,
  }) => {
    const asked = await Promise.all(
      clusters.all.map((cluster) =>
        askedBy(controllerUser, cluster.controlPlane.auditLog, (atMs) => !clusters.servedWorkspaces(cluster, atMs)),
      ),
    );
    const [cluster] = clusters.all;
    if (cluster === undefined) throw new RangeError('No cluster runs');
    const all = await grantsOf(cluster.api, { namespace: release, name: release }, signal);
    const core = all.filter(({ role }) => role !== `${release}-workspaces`);
    expect(core.length).toBeLessThan(all.length);
    expect(asked.flat().filter((each) => !core.some((grant) => needs(each, grant)))).toEqual([]);
    const unused = core.filter((grant) => !asked.flat().some((each) => needs(each, grant))).map(wordsOf);
    const excepted = permissionExceptions.map(({ grant }) => grant);
    expect(unused.filter((words) => !excepted.includes(words))).toEqual([]);
  });

  it('the published Azure role allows exactly what was asked of Azure', async () => {
    expect(await roleActions()).toEqual(actionsOf(clusters.azureOperations));
  });
});
