// What troubles the process, told once on its Deployment, and that it is over.
import { onTestFinished, describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import type { KubeObject } from '../apis/wire.ts';
import { Forbidden, NotFound, Unreachable } from '../kube/errors.ts';
import type { EventNote } from '../runtime/event-object.ts';
import { SelfReport } from './self-report.ts';

const own = { name: 'gpus', namespace: 'here' };
const found: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...own, uid: 'uid-1', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
};

interface Play {
  readonly clock: FakeClock;
  readonly told: EventNote[];
  /** What the check says from now on. */
  health: { readonly ok: boolean; readonly detail?: string };
  isSilent: boolean;
  /** What reading the Deployment throws; undefined: it is there. */
  refusal: Error | undefined;
  asked: number;
}

function play(): Play {
  const clock = new FakeClock();
  const told: EventNote[] = [];
  const state: Play = { clock, told, health: { ok: true }, isSilent: false, refusal: undefined, asked: 0 };
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const report = new SelfReport({
    kube: {
      // The one object that is asked for; its type is the caller's wish.
      get: async <T extends KubeObject>(): Promise<T> => {
        state.asked += 1;
        if (state.refusal !== undefined) throw state.refusal;
        return Promise.resolve(JSON.parse(JSON.stringify(found)));
      },
    },
    events: { record: (note) => told.push(note) },
    clock,
    log: silent,
    checks: [
      { name: 'azure', required: false, tells: { bad: 'Bad', good: 'Good' }, check: () => state.health },
      { name: 'untold', required: true, check: () => ({ ok: false }) },
    ],
    deployment: own,
    lease: { name: 'lease', namespace: 'there' },
    isSilent: () => state.isSilent,
  });
  void report.run(stop.signal);
  return state;
}

const words = (told: readonly EventNote[]): readonly string[] =>
  told.map(({ type, reason, message }) => `${type} ${reason} ${message}`);

describe('SelfReport', () => {
  test('tells of a trouble that stays, once, on the Deployment with its uid, and that it is over', async () => {
    const state = play();
    state.health = { ok: false, detail: 'no token; wait 15 s' };
    await state.clock.advance(15_000);
    state.health = { ok: false, detail: 'no token; wait 30 s' };
    await state.clock.advance(600_000);
    state.health = { ok: true, detail: 'two pools' };
    await state.clock.advance(600_000);
    expect(words(state.told)).toEqual(['Warning Bad azure: no token; wait 15 s', 'Normal Good azure: two pools']);
    expect(state.told[0]?.regarding).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', uid: 'uid-1', ...own });
    expect(state.asked).toBe(1);
  });

  test('says nothing of what is over within ten seconds', async () => {
    const state = play();
    state.health = { ok: false, detail: 'not listed yet' };
    await state.clock.advance(9000);
    state.health = { ok: true };
    await state.clock.advance(60_000);
    expect(state.told).toEqual([]);
    expect(state.asked).toBe(0);
  });

  test('tells of another cause of the same trouble', async () => {
    const state = play();
    state.health = { ok: false, detail: 'no token' };
    await state.clock.advance(15_000);
    state.health = { ok: false, detail: 'no role' };
    await state.clock.advance(5000);
    expect(words(state.told)).toEqual(['Warning Bad azure: no token', 'Warning Bad azure: no role']);
  });

  test('leaves new troubles to the process that leads, and says that those it told of are over', async () => {
    const state = play();
    state.isSilent = true;
    state.health = { ok: false, detail: 'no token' };
    await state.clock.advance(60_000);
    expect(state.told).toEqual([]);
    state.isSilent = false;
    await state.clock.advance(5000);
    state.isSilent = true;
    state.health = { ok: true };
    await state.clock.advance(5000);
    expect(words(state.told)).toEqual(['Warning Bad azure: no token', 'Normal Good azure: as it should be']);
  });

  test.each([
    ['there is none of that name', new NotFound('no', { status: 404 })],
    ['it may not be read', new Forbidden('no', { status: 403 })],
  ])('is about the lease when %s', async (_, refusal) => {
    const state = play();
    state.refusal = refusal;
    state.health = { ok: false };
    await state.clock.advance(15_000);
    expect(state.told.map(({ regarding }) => regarding)).toEqual([
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', uid: '', name: 'lease', namespace: 'there' },
    ]);
  });

  test('waits with its word for an API server that does not answer', async () => {
    const state = play();
    state.refusal = new Unreachable('down', { status: 0 });
    state.health = { ok: false, detail: 'no token' };
    await state.clock.advance(60_000);
    expect(state.told).toEqual([]);
    state.refusal = undefined;
    await state.clock.advance(5000);
    expect(words(state.told)).toEqual(['Warning Bad azure: no token']);
  });
});
