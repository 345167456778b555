import { describe, expect, it } from 'vitest';
import { objectAt, textAt } from '../aks/json.ts';
import { aPlayground, aTemplate, nameOf, type Playground } from './fixture.ts';

const path = '/apis/apps/v1/namespaces/default/statefulsets';

function aSet(image: string): object {
  const spec = {
    serviceName: 'db',
    replicas: 2,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: 'a' } },
    template: aTemplate(image),
  };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' }, spec };
}

async function uids({ pods }: Playground): Promise<readonly unknown[]> {
  return (await pods()).map((pod) => textAt(objectAt(pod, 'metadata'), 'uid'));
}

describe('tendStatefulSet', () => {
  it('makes a pod for each ordinal under its own name, at once', async () => {
    const play = await aPlayground();
    await play.create(path, aSet('one'));
    await play.until(async () => expect((await play.pods()).map(nameOf)).toEqual(['db-0', 'db-1']));
    for (const pod of ['db-0', 'db-1']) await play.says(pod, 'Running');
    await play.until(async () => expect((await play.get(`${path}/db`))['status']).toMatchObject({ readyReplicas: 2 }));
  });

  it('makes a pod that failed anew under the same name', async () => {
    const play = await aPlayground();
    await play.create(path, aSet('one'));
    await play.until(async () => expect(await play.pods()).toHaveLength(2));
    const [first, second] = await uids(play);
    await play.says('db-0', 'Failed');
    await play.until(async () => {
      const [newer, same] = await uids(play);
      expect([newer === first, newer === undefined, same]).toEqual([false, false, second]);
      expect((await play.pods()).map(nameOf)).toEqual(['db-0', 'db-1']);
    });
  });
});
