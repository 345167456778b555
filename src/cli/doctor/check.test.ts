import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Forbidden } from '../../kube/errors.ts';
import { runChecks, Unlooked, type Case, type Check } from './check.ts';
import { pass } from './finding.ts';

const never = (): never => {
  throw new TypeError('not asked here');
};

function aCase(clock: FakeClock): Case {
  return {
    clock,
    options: { output: 'text', deploymentMode: 'self-hosted' },
    kube: never,
    surroundings: never,
    azure: never,
    inPod: false,
    signal: new AbortController().signal,
  };
}

const check = (name: string, look: Check['look']): Check => ({ room: 'Azure', name, look });

describe('runChecks', () => {
  test('lets none that throws, or cannot look, harm the others', async () => {
    const refusal =
      'Cannot list deployments: deployments.apps is forbidden: User "x" cannot list resource "deployments" in API group "apps" at the cluster scope';
    const found = await runChecks(
      [
        check('a', () => Promise.reject(new RangeError('a bug'))),
        check('b', () => Promise.reject(new Unlooked('Needs a token', ['az x']))),
        check('c', () => Promise.reject(new Forbidden(refusal, { status: 403 }))),
        check('d', () => Promise.resolve([pass('one'), pass('two')])),
      ],
      aCase(new FakeClock()),
    );
    expect(found).toEqual([
      { room: 'Azure', check: 'a', outcome: 'skip', message: 'The check itself failed: a bug' },
      { room: 'Azure', check: 'b', outcome: 'skip', message: 'Needs a token', mend: ['az x'] },
      {
        room: 'Azure',
        check: 'c',
        outcome: 'skip',
        message: 'Needs the right to list deployments.apps at the cluster scope, which you do not have here',
      },
      { room: 'Azure', check: 'd', outcome: 'pass', message: 'one' },
      { room: 'Azure', check: 'd', outcome: 'pass', message: 'two' },
    ]);
  });

  test('gives up one that hangs, even one that follows no signal', async () => {
    const clock = new FakeClock();
    const running = runChecks([check('a', () => new Promise(() => undefined))], aCase(clock));
    await clock.advance(20_000);
    expect(await running).toMatchObject([{ outcome: 'skip', message: 'Gave up after 20 s without an answer' }]);
  });
});
