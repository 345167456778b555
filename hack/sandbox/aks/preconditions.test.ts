// The table of eTags and preconditions, row by row.
import { describe, expect, it } from 'vitest';
import { anArm, type ArmFixture } from './arm-fixture.ts';
import { textAt } from './json.ts';

async function settled(arm: ArmFixture): Promise<string> {
  await arm.put('ws1');
  arm.clock.advance(180);
  return textAt((await arm.get('ws1')).properties, 'eTag') ?? '';
}

describe('preconditions of a PUT', () => {
  it.each([
    ['no header', {}, 201],
    ['If-Match *', { 'if-match': '*' }, 412],
    ['If-Match of some tag', { 'if-match': 'xyz' }, 412],
    ['If-None-Match *', { 'if-none-match': '*' }, 201],
    ['If-None-Match of some tag', { 'if-none-match': 'xyz' }, 400],
  ])('without a pool: %s', async (_, headers, status) => {
    await using arm = await anArm();
    expect((await arm.put('ws1', undefined, headers)).status).toBe(status);
  });

  it.each([
    ['no header', () => ({}), 200],
    ['If-Match *', () => ({ 'if-match': '*' }), 200],
    ['If-Match of its tag', (tag: string) => ({ 'if-match': tag }), 200],
    ['If-Match of its tag in quotes', (tag: string) => ({ 'if-match': `"${tag}"` }), 200],
    ['If-Match of another tag', () => ({ 'if-match': 'xyz' }), 412],
    ['If-None-Match *', () => ({ 'if-none-match': '*' }), 412],
  ] as const)('with a pool: %s', async (_, headers, status) => {
    await using arm = await anArm();
    const reply = await arm.put('ws1', undefined, headers(await settled(arm)));
    expect([reply.status, reply.body['code']]).toEqual([status, status === 412 ? 'PreconditionFailed' : undefined]);
  });

  it('answers If-None-Match * with 412 while the pool is created, too', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    expect((await arm.put('ws1', undefined, { 'if-none-match': '*' })).status).toBe(412);
  });
});

describe('preconditions of a DELETE', () => {
  it.each([
    ['no header', () => ({}), 202],
    ['If-Match *', () => ({ 'if-match': '*' }), 202],
    ['If-Match of its tag', (tag: string) => ({ 'if-match': tag }), 202],
    ['If-Match of another tag', () => ({ 'if-match': 'xyz' }), 412],
  ] as const)('%s', async (_, headers, status) => {
    await using arm = await anArm();
    expect((await arm.delete('ws1', headers(await settled(arm)))).status).toBe(status);
  });
});

describe('eTag', () => {
  it('changes with each state of its pool and leaves other pools alone', async () => {
    await using arm = await anArm();
    const system = textAt((await arm.get('nodepool1')).properties, 'eTag');
    const tags = new Set([textAt((await arm.put('ws1')).properties, 'eTag')]);
    arm.clock.advance(180);
    tags.add(textAt((await arm.get('ws1')).properties, 'eTag'));
    await arm.delete('ws1');
    tags.add(textAt((await arm.get('ws1')).properties, 'eTag'));
    expect(tags.size).toBe(3);
    expect(textAt((await arm.get('nodepool1')).properties, 'eTag')).toBe(system);
  });

  it('changes on every pool with an operation on the cluster', async () => {
    await using arm = await anArm();
    const before = await settled(arm);
    arm.aks.upgradeCluster('1.35');
    expect(textAt((await arm.get('ws1')).properties, 'eTag')).not.toBe(before);
  });
});
