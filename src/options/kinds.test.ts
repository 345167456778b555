import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, integer, labelSelector, oneOf, text, toggle, webAddress } from './kinds.ts';

describe('duration', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['1m0s', 60_000],
  ])('reads %s as %d ms', (written, ms) => {
    expect(duration().parse(written)).toBe(ms);
  });

  it.each(['', '30', 's', '-5s', '5 m', '1d', '0s', '0', '0.1ms', '1e3s', '5m!', '600h', '9'.repeat(400) + 's'])(
    'refuses %j',
    (written) => {
      expect(duration().parse(written)).toBeUndefined();
    },
  );

  it.each(['0', '0s', '0m'])('reads %s as never where never is allowed', (written) => {
    expect(duration('never').parse(written)).toBe(0);
  });

  it('reads what it shows', () => {
    const kind = duration('never');
    const wait = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(wait, (ms) => {
        expect(kind.parse(kind.format(ms))).toBe(ms);
      }),
    );
  });
});

describe('integer', () => {
  const port = integer({ min: 0, max: 65_535 });

  it.each([
    ['0', 0],
    ['8080', 8080],
    ['65535', 65_535],
  ])('reads %s', (written, value) => {
    expect(port.parse(written)).toBe(value);
  });

  it.each(['', '-1', '65536', '80a', '8.5', '0x50', '1e3', ' 80'])('refuses %j', (written) => {
    expect(port.parse(written)).toBeUndefined();
  });
});

describe('toggle', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['1', true],
    ['t', true],
    ['false', false],
    ['FALSE', false],
    ['0', false],
  ])('reads %s as Go does', (written, value) => {
    expect(toggle.parse(written)).toBe(value);
  });

  it.each(['', 'yes', 'on', 'truth'])('refuses %j', (written) => {
    expect(toggle.parse(written)).toBeUndefined();
  });
});

describe('oneOf', () => {
  it('takes a word in any case and gives it as listed', () => {
    expect(oneOf(['info', 'warn']).parse('WARN')).toBe('warn');
  });

  it('refuses another word and names those it knows', () => {
    const kind = oneOf(['info', 'warn']);
    expect(kind.parse('loud')).toBeUndefined();
    expect(kind.expected).toBe('one of info, warn');
  });
});

describe('webAddress', () => {
  it.each(['https://management.azure.com', 'http://127.0.0.1:8443/', 'https://[::1]:9'])('takes %s', (written) => {
    expect(webAddress.parse(written)).toBe(written);
  });

  it.each(['', 'management.azure.com', 'ftp://x', 'https://', 'https://user:secret@host', 'https://user@host'])(
    'refuses %j',
    (written) => {
      expect(webAddress.parse(written)).toBeUndefined();
    },
  );
});

describe('labelSelector', () => {
  it.each([
    'team=a',
    'team==a',
    'team',
    '!team',
    'kaito.sh/workspace != b',
    'team in (a, b),tier notin (c)',
    'a=,b=x_y.z',
  ])('takes %s', (written) => {
    expect(labelSelector.parse(written)).toBe(written);
  });

  it.each(['', '=a', 'team in a', 'team=a b', 'team=a,', 'team in (', '-team'])('refuses %j', (written) => {
    expect(labelSelector.parse(written)).toBeUndefined();
  });
});

describe('text', () => {
  it('refuses only what is empty', () => {
    expect(text.parse('')).toBeUndefined();
    expect(text.parse('0')).toBe('0');
  });
});
