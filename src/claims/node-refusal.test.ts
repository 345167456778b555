import { describe, expect, test } from 'vitest';
import { aMachine, aNode } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { conditionOf } from '../apis/conditions.ts';
import { BadRequest, Forbidden, Invalid, ServerError } from '../kube/errors.ts';
import type { KubeError } from '../kube/errors.ts';

const name = 'ws1a2b3c4d5';

/** A Machine whose pool is up. */
async function launched(play: LifecyclePlay): Promise<void> {
  play.run();
  await play.clock.advance(0);
  play.create(aMachine({ createdAt: 0, status: { conditions: [] } }));
  await play.clock.advance(2000);
  play.arm.change(name, { phase: 'settled', state: 'Succeeded' });
}

function refuseNode(play: LifecyclePlay, refusal: () => KubeError): void {
  play.kube.beforeWrite = ({ plural, verb }) => {
    if (plural === 'nodes' && verb === 'patch') throw refusal();
  };
}

const said = (play: LifecyclePlay, type: string) => conditionOf(play.claim(name).status.conditions, type);
const told = (play: LifecyclePlay) => play.events.filter(({ reason }) => reason === 'NodeRefused');
const writes = (play: LifecyclePlay): number =>
  play.kube.writes.filter(({ plural, subresource }) => plural === 'machines' && subresource === 'status').length;

let id = 0;
const field = { field: 'metadata.taints[1]', message: 'Duplicate value' };

describe('a Node that the API server does not let us change', () => {
  test.each<[string, () => KubeError, string]>([
    ['invalid', () => new Invalid('x', { status: 422, causes: [field] }), 'metadata.taints[1]: Duplicate value'],
    ['forbidden', () => new Forbidden('a webhook denied it', { status: 403 }), 'a webhook denied it'],
    [
      'denied by AKS, under an id of its own each time',
      () => new BadRequest(`denied: (UID: 5e-${(id += 1)}) Taint refused`, { status: 400 }),
      'denied: Taint refused',
    ],
  ])('is said on its Machine and told once: %s', async (_, refusal, words) => {
    const play = playLifecycle();
    await launched(play);
    refuseNode(play, refusal);
    play.join(aNode({ createdAt: 1 }));
    await play.clock.advance(5000);
    const before = writes(play);
    await play.clock.advance(600_000);
    expect(said(play, 'MachineLaunched')).toMatchObject({ status: 'True' });
    expect(said(play, 'MachineRegistered')).toMatchObject({
      status: 'False',
      reason: 'NodeRefused',
      message: expect.stringContaining(words),
    });
    expect(said(play, 'Ready')).toMatchObject({ status: 'False', reason: 'NodeRefused' });
    expect([told(play).length, writes(play) - before]).toEqual([1, 0]);
    play.kube.beforeWrite = () => {};
    await play.clock.advance(600_000);
    expect(said(play, 'Ready')?.status).toBe('True');
  });

  test('takes Ready from no Machine that has it', async () => {
    const play = playLifecycle();
    await launched(play);
    play.join(aNode({ createdAt: 1 }));
    await play.clock.advance(20_000);
    expect(said(play, 'Ready')?.status).toBe('True');
    refuseNode(play, () => new Forbidden('no', { status: 403 }));
    const { metadata, ...rest } = play.kube.find('machines', name);
    play.kube.put('machines', { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, team: 'ml' } } });
    await play.clock.advance(60_000);
    expect(said(play, 'Ready')?.status).toBe('True');
    expect(told(play)).toHaveLength(1);
  });

  test('is no word on a Machine when the API server only fails', async () => {
    const play = playLifecycle();
    await launched(play);
    refuseNode(play, () => new ServerError('x', { status: 500 }));
    play.join(aNode({ createdAt: 1 }));
    await play.clock.advance(60_000);
    expect([told(play).length, said(play, 'MachineRegistered')?.reason]).toEqual([0, 'NotLaunched']);
  });
});
