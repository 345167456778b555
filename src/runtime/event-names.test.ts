import { expect, test } from 'vitest';
import { EventNames } from './event-names.ts';

const machine = { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', name: 'ws1', uid: 'u1' };
const noon = new Date('2026-03-01T12:00:00Z');

test('EventNames sort as they were made, within a millisecond and when the clock steps back', () => {
  const names = new EventNames();
  const times = [noon, noon, noon, new Date(noon.getTime() + 1), new Date(noon.getTime() - 5000), noon];
  const made = [...times, ...times].map((at) => names.next(machine, at).name);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test('EventNames sort by their time over the years', () => {
  const made = ['2026-01-01', '2027-12-31', '2100-06-01'].map(
    (day) => new EventNames().next(machine, new Date(day)).name,
  );
  expect(made.toSorted()).toEqual(made);
});

test('EventNames are short enough for the API server, and in the namespace of the object', () => {
  const { name, namespace } = new EventNames().next({ ...machine, name: 'n'.repeat(253), namespace: 'ns' }, noon);
  expect(name).toMatch(/^n{236}\.[0-9a-f]{16}$/u);
  expect(namespace).toBe('ns');
  expect(new EventNames().next(machine, noon).namespace).toBe('default');
});
