import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepted, plan, refusal, type ClaimChanges } from '../../test/support/pool-plans.ts';
import type { Claim } from '../apis/claim.ts';

const tainted = (...taints: Claim['spec']['taints']): ClaimChanges => ({ spec: { taints } });

describe('planPool taints', () => {
  it('are written as AKS reads them, each once', () => {
    const taints = [
      { key: 'sku', value: 'gpu', effect: 'NoSchedule' },
      { key: 'plain', effect: 'NoExecute' },
      { key: 'empty', value: '', effect: 'PreferNoSchedule' },
      { key: 'sku', value: 'gpu', effect: 'NoSchedule' },
    ];
    expect(accepted(tainted(...taints)).body.nodeTaints).toEqual([
      'sku=gpu:NoSchedule',
      'plain:NoExecute',
      'empty:PreferNoSchedule',
    ]);
  });

  it.each([
    [{ key: 'a', effect: 'Never' }, '"Never"'],
    [{ key: 'a', effect: 'noschedule' }, '"noschedule"'],
    [{ key: '', effect: 'NoSchedule' }, 'Taint ""'],
    [{ key: 'a b', effect: 'NoSchedule' }, 'Taint "a b"'],
    [{ key: 'a', value: 'b:c', effect: 'NoSchedule' }, '"b:c"'],
    [{ key: 'sku', value: 'a'.repeat(64), effect: 'NoSchedule' }, 'Taint "sku"'],
  ])('are refused when one is %j', (taint, named) => {
    expect(refusal(tainted(taint))).toContain(named);
  });

  it('are refused when two exclude each other', () => {
    const effect = 'NoSchedule';
    expect(refusal(tainted({ key: 'a', value: 'x', effect }, { key: 'a', value: 'y', effect }))).toContain('exclude');
  });

  it.each([
    [{ key: 'init.example.com/a b', effect: 'NoSchedule' }, '"init.example.com/a b"'],
    [{ key: 'init', effect: 'Never' }, '"Never"'],
    [{ key: 'sku', value: 'cpu', effect: 'NoSchedule' }, 'exclude'],
  ])('are refused when a startup taint is %j, which the Node could not get', (taint, named) => {
    expect(refusal({ spec: { startupTaints: [taint] } })).toContain(named);
  });

  it('leave startup taints to the Node', () => {
    const startupTaints = [
      { key: 'init', effect: 'NoExecute' },
      { key: 'sku', value: 'gpu', effect: 'NoSchedule' },
    ];
    expect(accepted({ spec: { startupTaints } }).body.nodeTaints).toEqual(['sku=gpu:NoSchedule']);
  });

  it('are never sent in a form that AKS cannot read', () => {
    const taint = fc.record({
      key: fc.oneof(fc.string(), fc.stringMatching(/^[a-z./-]{1,20}$/)),
      value: fc.option(fc.oneof(fc.string(), fc.stringMatching(/^[a-z=:-]{0,20}$/)), { nil: undefined }),
      effect: fc.oneof(fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'), fc.string()),
    });
    fc.assert(
      fc.property(fc.array(taint, { maxLength: 3 }), (taints) => {
        const given = taints.map(({ key, value, effect }) =>
          value === undefined ? { key, effect } : { key, value, effect },
        );
        const made = plan(tainted(...given));
        const sent = made.ok ? made.body.nodeTaints : [];
        for (const text of sent) {
          expect(text).toMatch(/^([a-z0-9.-]+\/)?[\w.-]+(=[\w.-]+)?:(NoSchedule|NoExecute|PreferNoSchedule)$/);
        }
      }),
    );
  });
});
