import { describe, expect, test } from 'vitest';
import { noon, timeAt } from '../../../test/support/claim-builders.ts';
import { aFeed, aRefusedMachine } from '../../../test/support/feed-builders.ts';
import { explainClaim } from './explain-claim.ts';
import { whyText } from './print.ts';

describe('whyText', () => {
  test('the worst case fits on a screen of 40 lines, in its columns, and obeys no escape', () => {
    const nasty = `\u001b[2J\u202e${'a long message of Azure '.repeat(100)}`;
    const events = Array.from({ length: 50 }, (_, index) => ({
      at: timeAt(-index),
      type: 'Warning',
      reason: 'QuotaExceeded',
      message: nasty,
      count: 3,
      about: 'machine/wsb',
    }));
    const missing = ['Nodes', 'events', 'Pods'].map((what) => ({
      what,
      because: 'refused' as const,
      why: 'you may not list them in that namespace',
      mend: 'a role with the verb "list" on something that has a long name',
    }));
    const expectations = [
      { vmSize: 'Standard_NC24ads_A100_v4', phase: 'ready', count: 14, p50Seconds: 370, p90Seconds: 540 } as const,
    ];
    const told = explainClaim(
      { claim: aRefusedMachine('wsb', 'OwnershipUnproven', nasty), ours: true },
      { now: new Date(noon), events, missing, troubles: [], feed: aFeed({ expectations }) },
    );
    const parts = Array.from({ length: 30 }, (_, index) => ({
      ref: `pod/ns/${index}`,
      verdict: 'wrong' as const,
      text: nasty,
    }));
    const lines = whyText({ ...told, parts }, { columns: undefined, colours: false }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const shown = lines.filter((line) => !line.trim().startsWith('$'));
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(300);
    expect(lines).toContainEqual(expect.stringContaining('and 25 more'));
  });
});
