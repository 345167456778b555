import { describe, expect, test } from 'vitest';
import { aMachine, timeAt } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { intentOf } from './annotations.ts';

const name = 'ws1a2b3c4d5';
const sizeLabel = 'node.kubernetes.io/instance-type';
const first = 'Standard_NC24ads_A100_v4';
const other = 'Standard_NC4as_T4_v3';

/** As a person does with `kubectl edit`. */
function edit(play: LifecyclePlay, spec: object): void {
  const object = play.kube.find('machines', name);
  const had = 'spec' in object && typeof object.spec === 'object' ? object.spec : {};
  const edited = { ...object, spec: { ...had, ...spec } };
  play.kube.put('machines', edited);
}

function chooseOther(play: LifecyclePlay): void {
  edit(play, { requirements: [{ key: sizeLabel, operator: 'In', values: [other] }] });
}

function created(play: LifecyclePlay): void {
  play.create(aMachine({ createdAt: -10 }));
}

describe('Lifecycle and a person who chooses another size', () => {
  test('after Azure refused the first one, which the Machine has a label of', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    created(play);
    play.arm.fault = (call) =>
      call.startsWith('create') ? { status: 409, code: 'SkuNotAvailable', armMessage: 'not here' } : undefined;
    await play.drive(name, 20_000);
    expect(play.claim(name).labels).toMatchObject({ [sizeLabel]: first });
    play.arm.fault = () => undefined;
    chooseOther(play);
    await play.drive(name, 20_000);
    expect(play.arm.pools.get(name)).toMatchObject({ vmSize: other });
    expect(play.claim(name).labels).toMatchObject({ [sizeLabel]: other });
    expect(intentOf(play.claim(name))).toMatchObject({ size: other, attempt: 2 });
  });

  test('after a pool of the first one failed', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    created(play);
    await play.drive(name, 5000);
    const error = { code: 'AllocationFailed', message: 'no capacity' };
    play.arm.change(name, { phase: 'failed', state: 'Failed', error });
    await play.clock.advance(400_000);
    chooseOther(play);
    await play.drive(name, 400_000);
    expect(play.arm.pools.get(name)).toMatchObject({ vmSize: first, phase: 'deleting' });
    play.arm.pools.clear();
    await play.clock.advance(60_000);
    await play.drive(name, 60_000);
    expect(play.arm.pools.get(name)).toMatchObject({ vmSize: other });
    expect(play.claim(name).labels).toMatchObject({ [sizeLabel]: other });
  });

  test('while a pool of the first one serves: it stays what it is', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    created(play);
    await play.drive(name, 5000);
    chooseOther(play);
    await play.drive(name, 60_000);
    expect(play.arm.calls.filter((call) => !/^(list|get)/.test(call))).toEqual([`create ${name}`]);
    expect(play.arm.pools.get(name)).toMatchObject({ vmSize: first });
    expect(play.claim(name).labels).toMatchObject({ [sizeLabel]: first });
    expect(play.events.map(({ reason }) => reason)).toContain('SpecChangedAfterLaunch');
  });

  test('but not where the label is the person’s own, and says something else', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    const claim = aMachine({ intent: { at: timeAt(-600) }, record: {}, labels: { [sizeLabel]: 'Standard_D2s_v3' } });
    play.create(claim);
    await play.drive(name, 60_000);
    expect(play.arm.pools.has(name)).toBe(false);
    expect(JSON.stringify(play.claim(name).status.conditions)).toContain('InvalidSpec');
  });
});
