import { describe, expect, it } from 'vitest';
import { aPlayground, aTemplate, nameOf, type Playground } from './fixture.ts';

const path = '/apis/batch/v1/namespaces/default/jobs';

async function aJob({ create }: Playground, backoffLimit: number): Promise<void> {
  const { metadata, spec } = Object(aTemplate('one'));
  await create(path, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'default' },
    spec: { backoffLimit, template: { metadata, spec: { ...spec, restartPolicy: 'Never' } } },
  });
}

/** The pod that was made last, when there are so many. */
async function newest(play: Playground, count: number, seen: ReadonlySet<string>): Promise<string> {
  await play.until(async () => expect(await play.pods()).toHaveLength(count));
  const names = (await play.pods()).map(nameOf).filter((name) => !seen.has(name));
  return names[0] ?? '';
}

describe('tendJob', () => {
  it('is Complete when its pod has succeeded, and makes no other', async () => {
    const play = await aPlayground();
    await aJob(play, 0);
    await play.says(await newest(play, 1, new Set()), 'Succeeded');
    await play.until(async () =>
      expect((await play.get(`${path}/work`))['status']).toMatchObject({
        succeeded: 1,
        conditions: [{ type: 'Complete', status: 'True' }],
      }),
    );
    expect(await play.pods()).toHaveLength(1);
  });

  it('runs once more for each failure that is allowed, and is Failed after them', async () => {
    const play = await aPlayground();
    await aJob(play, 1);
    const first = await newest(play, 1, new Set());
    await play.says(first, 'Failed');
    await play.says(await newest(play, 2, new Set([first])), 'Failed');
    await play.until(async () =>
      expect((await play.get(`${path}/work`))['status']).toMatchObject({
        failed: 2,
        conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }],
      }),
    );
    expect(await play.pods()).toHaveLength(2);
  });
});
