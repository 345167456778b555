import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { LaneState, RequestNote } from '../azure/arm-observer.ts';
import { createArmBudget } from './arm-budget.ts';

function play() {
  const clock = new FakeClock();
  const passed: string[] = [];
  const budget = createArmBudget(
    {
      observeLanes: () => passed.push('lanes'),
      observeRequest: ({ operation }) => passed.push(operation),
      observeCall: ({ operation }) => passed.push(`call ${operation}`),
    },
    clock,
  );
  const answered = (remaining: RequestNote['remaining']): void =>
    budget.observer.observeRequest({ operation: 'get', code: '200', remaining });
  return { budget, clock, passed, answered };
}

describe('createArmBudget', () => {
  test('each kind is as Azure last said it', () => {
    const { budget, answered } = play();
    answered({ reads: 10 });
    answered({ writes: 7 });
    answered({ reads: 9 });
    expect(budget.now()).toEqual({ remaining: { reads: 9, writes: 7 } });
  });

  test('what Azure said ten minutes ago tells nothing of now', async () => {
    const { budget, answered, clock } = play();
    answered({ reads: 10 });
    await clock.advance(400_000);
    answered({ writes: 7 });
    await clock.advance(200_000);
    expect(budget.now()).toEqual({ remaining: { writes: 7 } });
  });

  test('it says how long the lane that is closed for longest stays closed', () => {
    const { budget } = play();
    const lanes: readonly LaneState[] = [
      { lane: 'pools', budget: 0, closedMs: 1200 },
      { lane: 'creates', budget: 3, closedMs: 0 },
    ];
    budget.observer.observeLanes(() => lanes);
    expect(budget.now()).toEqual({ remaining: {}, throttledSeconds: 2 });
  });

  test('the metrics hear everything', () => {
    const { answered, budget, passed } = play();
    budget.observer.observeLanes(() => []);
    answered({});
    budget.observer.observeCall({ operation: 'list', durationMs: 1 });
    expect(passed).toEqual(['lanes', 'get', 'call list']);
  });
});
