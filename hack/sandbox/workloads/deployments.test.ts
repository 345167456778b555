import { describe, expect, it } from 'vitest';
import { objectAt } from '../aks/json.ts';
import { aPlayground, aTemplate, nameOf, type Playground } from './fixture.ts';

const path = '/apis/apps/v1/namespaces/default/deployments';

function aDeployment(image: string, replicas: number): object {
  const spec = { replicas, selector: { matchLabels: { app: 'a' } }, template: aTemplate(image) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec };
}

async function images({ pods }: Playground): Promise<readonly unknown[]> {
  return (await pods()).map((pod) => objectAt(pod, 'spec')['containers']).map((each) => Object(each)[0].image);
}

async function runAll(play: Playground, count: number): Promise<void> {
  await play.until(async () => expect(await play.pods()).toHaveLength(count));
  for (const pod of await play.pods()) await play.says(nameOf(pod), 'Running');
}

describe('tendDeployment', () => {
  it('makes the pods that are asked for, and counts those that are ready', async () => {
    const play = await aPlayground();
    await play.create(path, aDeployment('one', 2));
    await runAll(play, 2);
    await play.until(async () =>
      expect((await play.get(`${path}/web`))['status']).toMatchObject({ replicas: 2, readyReplicas: 2 }),
    );
  });

  it('takes away what is too much, and makes what is missing again', async () => {
    const play = await aPlayground();
    await play.create(path, aDeployment('one', 2));
    await runAll(play, 2);
    await play.merge(`${path}/web`, { spec: { replicas: 1 } });
    await play.until(async () => expect(await play.pods()).toHaveLength(1));
    const [only] = await play.pods();
    await play.says(only === undefined ? '' : nameOf(only), 'Failed');
    await play.until(async () => expect((await play.pods()).map(nameOf)).toHaveLength(2));
  });

  it('replaces pods of an older template, an old one first', async () => {
    const play = await aPlayground();
    await play.create(path, aDeployment('one', 1));
    await runAll(play, 1);
    await play.merge(`${path}/web`, { spec: { template: aTemplate('two') } });
    await play.until(async () => expect(await images(play)).toEqual(['two']));
    await runAll(play, 1);
    await play.until(async () =>
      expect((await play.get(`${path}/web`))['status']).toMatchObject({ replicas: 1, updatedReplicas: 1 }),
    );
  });
});
