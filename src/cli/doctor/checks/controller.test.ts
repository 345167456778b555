import { describe, expect, test } from 'vitest';
import { anEmbeddedApi } from '../../../../test/support/embedded-api.ts';
import { aController, aFeed, anOrphan, known } from '../../../../test/support/feed-builders.ts';
import type { FeedPool, StatusFeed } from '../../../status/feed.ts';
import { systemClock } from '../../../clock.ts';
import { runChecks } from '../check.ts';
import { orphans } from './controller.ts';

const never = (): never => {
  throw new TypeError('not asked here');
};

async function mendFor(pool: FeedPool, cluster: StatusFeed['cluster']): Promise<readonly string[]> {
  const { client } = await anEmbeddedApi();
  const controller = aController({ feed: known(aFeed({ pools: [pool], cluster })) });
  const [found] = await runChecks([orphans], {
    clock: systemClock,
    options: { output: 'text', deploymentMode: 'self-hosted' },
    kube: () => client,
    surroundings: () => ({
      namespace: undefined,
      whoami: never,
      deployments: never,
      ours: never,
      account: never,
      pods: never,
      controller: () => Promise.resolve(controller),
    }),
    azure: never,
    inPod: false,
    signal: new AbortController().signal,
  });
  return found?.mend ?? [];
}

describe('orphans', () => {
  test('the command that deletes a pool names its subscription', async () => {
    const cluster = { subscriptionId: 'sub', resourceGroup: 'rg', name: 'aks' };
    expect((await mendFor(anOrphan(), cluster))[1]).toMatch(
      /^az aks nodepool delete --subscription sub --resource-group rg --cluster-name aks --name wsleaked /,
    );
  });

  test('whatever answers as the controller writes no command of its own', async () => {
    const cluster = { subscriptionId: 'a b', resourceGroup: '$(reboot)', name: "x'; reboot #" };
    expect(await mendFor(anOrphan({ name: '`reboot`' }), cluster)).toEqual([
      "gpu-provisioner why 'pool/`reboot`'",
      String.raw`az aks nodepool delete --subscription 'a b' --resource-group '$(reboot)' --cluster-name 'x'\''; reboot #' --name '${'`reboot`'}'    # if nobody needs it`,
    ]);
  });
});
