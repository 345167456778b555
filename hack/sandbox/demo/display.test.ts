import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { displayOn, type Output } from './display.ts';
import { Story } from './story.ts';
import { World } from './world.ts';

/** An output that keeps what is written; cursor movements are kept as words. */
function anOutput(isTTY: boolean): Output & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    isTTY,
    columns: 80,
    rows: 24,
    write: (text) => written.push(stripVTControlCharacters(text)) > 0,
    moveCursor: (_, rows) => written.push(`<up ${-rows}>`) > 0,
    cursorTo: () => true,
    clearScreenDown: () => written.push('<clear>') > 0,
  };
}

function aScene() {
  const world = new World('ws');
  return { world, story: new Story({ world, now: () => 0, onReached: () => {} }) };
}

const event = { type: 'Normal', about: 'Machine', reason: 'Launched', note: 'its pool is there' };
const put = { at: 0, operation: 'PUT', pool: 'ws', status: 201 };

describe('displayOn', () => {
  it('writes plain lines where there is no terminal, without the requests that repeat', () => {
    const output = anOutput(false);
    const display = displayOn(output, aScene);
    display.reached({ title: 'the Machine is Ready', atMs: 1, tookMs: 1500, detail: 'node' });
    display.event(event);
    display.call(put);
    display.call({ ...put, operation: 'LIST' });
    expect(output.written).toEqual([
      '   0.0 s  the Machine is Ready               +1.5 s     node\n',
      '   0.0 s  event  Normal  Machine/Launched: its pool is there\n',
      '   0.0 s  azure  PUT    ws 201\n',
    ]);
  });

  it('draws over its own table on a terminal', () => {
    const output = anOutput(true);
    const display = displayOn(output, aScene);
    display.event(event);
    display.event(event);
    display.end();
    const lines = output.written[0]?.split('\n').length ?? 0;
    expect(output.written.slice(1, 3)).toEqual([`<up ${lines - 1}>`, '<clear>']);
    expect(output.written[3]).toBe(output.written[0]);
  });

  it.each([false, true])('shows only notes after its end (terminal: %s)', (isTTY) => {
    const output = anOutput(isTTY);
    const display = displayOn(output, aScene);
    display.end();
    const before = output.written.length;
    display.call(put);
    display.event(event);
    display.end();
    display.note('over');
    expect(output.written.slice(before)).toEqual(['over\n']);
  });
});
