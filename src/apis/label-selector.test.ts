import { expect, test } from 'vitest';
import { labelMatcher } from './label-selector.ts';

test.each([
  ['', true],
  ['team=a', true],
  ['team==a,tier!=back', true],
  ['team!=a', false],
  ['other!=a', true],
  ['team in (a, b),zone', true],
  ['team in (b,c)', false],
  ['team notin (b)', true],
  ['other notin (b)', true],
  ['!other', true],
  ['!team', false],
  ['other', false],
  ['kaito.sh/workspace=w', true],
])('labelMatcher(%j) answers %s', (selector, expected) => {
  const labels = { team: 'a', tier: 'front', zone: '1', 'kaito.sh/workspace': 'w' };
  expect(labelMatcher(selector)(labels)).toBe(expected);
});
