// Answers of which only the beginning comes: no call waits for the rest of one longer than its deadline.
import { describe, expect, it, onTestFinished } from 'vitest';
import { startAks, type Aks } from '../../hack/sandbox/aks/aks.ts';
import { body, failureOf, remove, signal, startArmClient, write } from '../../test/support/arm-clients.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import type { ArmClient } from './arm-client.ts';
import type { ArmError } from './arm-errors.ts';
import type { RequestNote } from './arm-observer.ts';
import { causeOf } from './causes.ts';
import { endpointOf } from './endpoint.ts';

interface Fixture {
  readonly aks: Aks;
  readonly arm: ArmClient;
  readonly clock: FakeClock;
  readonly notes: readonly RequestNote[];
}

/** A client of the emulator; the client's time moves by hand. */
async function anArmOfHalves(): Promise<Fixture> {
  const aks = await startAks({ subscription: 'sub', resourceGroup: 'rg', cluster: 'mc' });
  onTestFinished(() => aks.close());
  const clock = new FakeClock();
  const notes: RequestNote[] = [];
  const observer = {
    observeLanes: () => {},
    observeRequest: (note: RequestNote) => void notes.push(note),
    observeCall: () => {},
  };
  const { arm } = await startArmClient(() => 'reset', {
    endpoint: endpointOf({ armEndpoint: aks.url }),
    clock,
    observer,
  });
  return { aks, arm, clock, notes };
}

/** The failure of a call, with time moved until it comes; in steps, for the beginning of the answer to arrive meanwhile. */
async function failureInTime(clock: FakeClock, call: Promise<unknown>): Promise<ArmError> {
  let isOver = false;
  const failure = failureOf(call).finally(() => {
    isOver = true;
  });
  await clock.advanceUntil(() => isOver || clock.monotonicMs() > 60_000);
  expect(isOver).toBe(true);
  return failure;
}

const encodings = [{}, { encoding: 'gzip' }] as const;

describe.each(encodings)('ArmClient and half an answer %o', (encoded) => {
  it('gives up a LIST that stalls at its deadline', async () => {
    const { aks, arm, clock, notes } = await anArmOfHalves();
    aks.setFault({ operation: 'LIST', effect: { kind: 'half', end: 'stall', ...encoded } });
    const error = await failureInTime(clock, arm.list({ signal }));
    expect(error.code).toBe('RequestTimeout');
    expect(clock.monotonicMs()).toBeLessThan(31_000);
    expect(notes).toMatchObject([{ operation: 'list', code: 'RequestTimeout' }]);
    expect((await arm.list({ signal })).length).toBeGreaterThan(0);
  });

  it('does not know what became of a PUT and of a DELETE that stall', async () => {
    const { aks, arm, clock } = await anArmOfHalves();
    aks.setFault({ times: 2, effect: { kind: 'half', end: 'stall', ...encoded } });
    const calls = [arm.create('a', body, write), arm.delete('b', remove)];
    const errors = await Promise.all(calls.map((call) => failureInTime(clock, call)));
    expect(errors.map(({ code }) => code)).toEqual(['RequestTimeout', 'RequestTimeout']);
    expect(errors.map((error) => causeOf(error).kind)).toEqual(['unknownOutcome', 'unknownOutcome']);
  });

  it('ends a write that stalls when the lease is lost', async () => {
    const { aks, arm, clock } = await anArmOfHalves();
    aks.setFault({ effect: { kind: 'half', end: 'stall', ...encoded } });
    const lease = new AbortController();
    const failed = failureOf(arm.create('a', body, { ...write, signal: lease.signal }));
    await eventually(() => aks.log[0]?.status === 201);
    await clock.advanceUntil(() => clock.monotonicMs() > 1000);
    lease.abort(new Error('lease lost'));
    expect(causeOf(await failed).kind).toBe('unknownOutcome');
    expect((await failed).code).toBe('RequestAborted');
  });

  it('tries a GET again when its answer was cut', async () => {
    const { aks, arm, clock, notes } = await anArmOfHalves();
    aks.setFault({ operation: 'GET', effect: { kind: 'half', end: 'cut', ...encoded } });
    await expect(arm.get('nodepool1', { signal })).resolves.toMatchObject({ name: 'nodepool1' });
    expect(clock.monotonicMs()).toBe(0);
    expect(notes.map(({ code }) => code)).toEqual(['ECONNRESET', '200']);
  });

  it('does not know what became of a PUT whose answer was cut', async () => {
    const { aks, arm, clock } = await anArmOfHalves();
    aks.setFault({ effect: { kind: 'half', end: 'cut', ...encoded } });
    const error = await failureInTime(clock, arm.create('a', body, write));
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(causeOf(error)).toMatchObject({ kind: 'unknownOutcome', leavesPool: true });
  });
});
