import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { Story } from './story.ts';
import { callLine, milestoneLine, seconds, table } from './table.ts';
import { World } from './world.ts';

/** A story with one milestone reached after 1.5 s and one to come, at 2 s. */
function aScene(): { readonly story: Story; readonly world: World } {
  const world = new World('ws');
  let nowMs = 0;
  const story = new Story({ world, now: () => nowMs, onReached: () => {} });
  nowMs = 1500;
  const told = story.tell(
    [
      { title: 'first', reached: () => true, detail: () => 'done' },
      { title: 'second', reached: () => false },
      { title: 'third', reached: () => false },
    ],
    { limitMs: 60_000, signal: over.signal },
  );
  // It never ends by itself.
  told.catch(() => {});
  nowMs = 2000;
  for (let index = 0; index < 50; index += 1) {
    world.events.push({ type: 'Warning', about: 'Machine', reason: 'Held', note: `note ${index}` });
    world.noteAzure({ calls: [{ at: 0, operation: 'GET', pool: `p${index}`, status: 200 }], pools: {} });
  }
  return { story, world };
}

const over = new AbortController();
afterAll(() => over.abort());

describe('table', () => {
  it('shows what is reached, what is next and for how long, and what is to come', () => {
    const { story, world } = aScene();
    const lines = table(story, world, { columns: 100, rows: 30 }).map(stripVTControlCharacters);
    expect(lines.slice(0, 3)).toEqual([
      '*    1.5 s  first                              +0.0 s     done',
      '>    2.0 s  second',
      '            third',
    ]);
    expect(lines).toContain('Requests to Azure: 50 GET');
  });

  it.each([
    [100, 30],
    [40, 12],
    [20, 8],
  ])('fits a terminal of %d columns and %d rows, with the newest events', (columns, rows) => {
    const { story, world } = aScene();
    const lines = table(story, world, { columns, rows }).map(stripVTControlCharacters);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(lines.at(-1)).toContain('Warning');
  });
});

describe('the lines', () => {
  it('show seconds in the same width', () => {
    expect([0, 1234, 99_999, 123_456].map(seconds)).toEqual(['   0.0 s', '   1.2 s', ' 100.0 s', ' 123.5 s']);
  });

  it('show a milestone with its duration and detail', () => {
    expect(milestoneLine({ title: 'Ready', atMs: 5, tookMs: 1234, detail: 'node' })).toBe(
      'Ready                              +1.2 s     node',
    );
  });

  it("show a request with Azure's answer", () => {
    expect(callLine({ at: 0, operation: 'PUT', pool: 'ws', status: 409, code: 'OperationNotAllowed' })).toBe(
      'PUT    ws 409 OperationNotAllowed',
    );
  });
});
