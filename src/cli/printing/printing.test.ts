import { PassThrough, Writable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { lasted } from './lasted.ts';
import { cut, plain, wrapped } from './plain.ts';
import { say } from './say.ts';
import { screenOf, styled } from './screen.ts';
import { tableLines } from './table.ts';

function failing(code: string): Writable {
  const error = Object.assign(new Error(code), { code });
  return new Writable({ write: (_chunk, _encoding, done) => done(error) });
}

const paper = { columns: undefined, colours: false };

describe('plain', () => {
  test.each([
    ['a\u001b[31mred\u0007', String.raw`a\x1b[31mred\x07`],
    ['one\r\ntwo\tthree', 'one two three'],
    ['user\u202egnp.exe', String.raw`user\u202egnp.exe`],
    ['\u009b2J', String.raw`\x9b2J`],
    ['GPU für alle, 日本', 'GPU für alle, 日本'],
  ])('shows %j so that no terminal obeys it', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});

describe('cut', () => {
  test('shortens to the columns, and says that it did', () => {
    expect(cut('quota', 5)).toBe('quota');
    expect(cut('quotas', 5)).toBe('quot…');
  });
});

describe('wrapped', () => {
  test('breaks at spaces, and keeps a long word whole', () => {
    expect(wrapped('one two three-and-more four', 8)).toEqual(['one two', 'three-and-more', 'four']);
    expect(wrapped('', 8)).toEqual([]);
  });
});

describe('lasted', () => {
  test.each([
    [-5, '0s'],
    [999, '0s'],
    [45_000, '45s'],
    [60_000, '1m'],
    [370_000, '6m10s'],
    [3 * 3600_000 + 5 * 60_000 + 59_000, '3h5m'],
    [3600_000 + 59_000, '1h'],
    [98 * 3600_000, '4d2h'],
  ])('%d ms is %s', (ms, words) => {
    expect(lasted(ms)).toBe(words);
  });
});

describe('screenOf', () => {
  test('shows colours on a terminal alone, and not where NO_COLOR is set or the terminal is dumb', () => {
    expect(screenOf({ isTTY: true, columns: 120 }, {})).toEqual({ columns: 120, colours: true });
    expect(screenOf({ isTTY: true, columns: 120 }, { NO_COLOR: '1' })).toEqual({ columns: 120, colours: false });
    expect(screenOf({ isTTY: true }, { TERM: 'dumb' })).toEqual({ columns: 80, colours: false });
    expect(screenOf({}, {})).toEqual({ columns: undefined, colours: false });
  });
});

describe('tableLines', () => {
  test('aligns columns, cuts to the terminal, and lets no text bring its own escapes', () => {
    const rows = [
      { cells: ['ws1', 'long\u001b[2J reason that goes on'], style: 'red' as const },
      { cells: ['workspace', 'x'] },
    ];
    expect(tableLines(['NAME', 'WHY'], rows, paper)).toEqual([
      'NAME        WHY',
      String.raw`ws1         long\x1b[2J reason that goes on`,
      'workspace   x',
    ]);
    const [title, first] = tableLines(['NAME', 'WHY'], rows, { columns: 20, colours: true });
    expect(title).toBe(styled('NAME        WHY', 'bold', { columns: 20, colours: true }));
    expect(first).toBe('\u001b[31mws1         long\\x1…\u001b[39m');
  });
});

describe('say', () => {
  test('resolves when all of it is written, however much that is', async () => {
    const stream = new PassThrough();
    const [read] = await Promise.all([textOf(stream), say('x'.repeat(1_000_000), stream).then(() => stream.end())]);
    expect(read).toHaveLength(1_000_000);
  });

  test('a reader who has seen enough is no failure; a full disk is one', async () => {
    await expect(say('x', failing('EPIPE'))).resolves.toBeUndefined();
    await expect(say('x', failing('ENOSPC'))).rejects.toThrow('ENOSPC');
  });
});
