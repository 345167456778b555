// The demo's table as text: milestones with their times, then the latest events and requests to Azure.
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Entry, Story } from './story.ts';
import { isTold, type AzureCall, type SeenEvent, type World } from './world.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Such as `  12.3 s`, always as wide. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

export function milestoneLine({ title, tookMs, detail }: Entry): string {
  return `${title.padEnd(34)}${tookMs === undefined ? '' : ` +${seconds(tookMs).trim()}`.padEnd(10)}  ${detail ?? ''}`.trimEnd();
}

export function eventLine({ type, about, reason, note }: SeenEvent): string {
  return `${type.padEnd(7)} ${about}/${reason}: ${note.replaceAll('\n', ' ')}`;
}

export function callLine({ operation, pool, status, code }: AzureCall): string {
  return `${operation.padEnd(6)} ${pool ?? ''} ${status}${code === undefined ? '' : ` ${code}`}`;
}

/** Never more than fits on the screen: events and requests give way, the newest stay. */
export function table(story: Story, world: World, size: Size): string[] {
  const entries = story.entries();
  const next = entries.find(({ atMs }) => atMs === undefined);
  const milestones = entries.map((entry) => {
    const mark = entry.atMs === undefined ? (entry === next ? '>' : ' ') : '*';
    const time =
      entry.atMs === undefined ? (entry === next ? seconds(story.elapsedMs) : ' '.repeat(8)) : seconds(entry.atMs);
    return styleText(styleOf(entry, next), `${mark} ${time}  ${milestoneLine(entry)}`);
  });
  const room = Math.max(2, size.rows - milestones.length - 6);
  const calls = world.calls.filter(isTold);
  const shownCalls = calls.slice(-Math.max(1, Math.floor(room / 3)));
  const shownEvents = world.events.slice(-Math.max(1, room - shownCalls.length));
  return [
    ...milestones,
    '',
    styleText('bold', `Requests to Azure: ${world.counts()}`),
    ...shownCalls.map((call) => `  ${callLine(call)}`),
    styleText('bold', 'Events'),
    ...shownEvents.map((event) => styleText(event.type === 'Warning' ? 'yellow' : 'reset', `  ${eventLine(event)}`)),
  ].map((line) => cut(line, size.columns));
}

function styleOf(entry: Entry, next: Entry | undefined): 'green' | 'cyan' | 'dim' {
  if (entry.atMs !== undefined) return 'green';
  return entry === next ? 'cyan' : 'dim';
}

/** A line that wraps would spoil the redrawing; a cut one loses its colour. */
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : `${plain.slice(0, Math.max(0, columns - 2))}…`;
}
