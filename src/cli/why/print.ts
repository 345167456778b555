// The text of `why`: one screen, the answer first.
import { lasted } from '../printing/lasted.ts';
import { missingLines } from '../printing/missing.ts';
import { cut, plain, wrapped } from '../printing/plain.ts';
import { styled, type Screen, type Style } from '../printing/screen.ts';
import { expectationText } from './expectation.ts';
import type { Explanation, Part, Step, Told, Verdict } from './explanation.ts';

const styles: Readonly<Record<Verdict, Style | undefined>> = {
  well: 'green',
  waiting: 'yellow',
  wrong: 'red',
  gone: undefined,
};

/** Without a terminal, too: one screen is what is promised. */
const usualColumns = 100;
const labelWidth = 11;
// So that everything together stays below a screen of 40 lines.
const longestMessage = 400;
const mostEvents = 5;
const mostParts = 5;

export function whyText(explanation: Explanation, screen: Screen): string {
  const { cause, events, expectation, facts, headline, holds, missing, next, parts, timeline, verdict, waitsFor } =
    explanation;
  const now = Date.parse(explanation.at);
  const text = (label: string, value: string): readonly string[] => labelled(label, value, screen);
  const blocks: (readonly string[])[] = [
    [
      ...wrapped(plain(headline), columnsOf(screen)).map((line) => styled(line, styles[verdict], screen)),
      ...text('', facts.join(', ')),
    ],
    timelineLines(timeline, screen),
    [
      ...text('Waits for', waitsFor ?? ''),
      ...text('Cause', cause === undefined ? '' : causeText(cause)),
      ...text('Usually', expectation === undefined ? '' : expectationText(expectation)),
      ...holds.flatMap((hold) => text('Held', hold)),
    ],
    next === undefined || verdict === 'well' || verdict === 'gone'
      ? []
      : [
          ...text('Means', next.means),
          ...text('Next', next.todo),
          ...next.commands.map((command) => `${' '.repeat(labelWidth)}$ ${plain(command)}`),
        ],
    partLines(parts, screen),
    eventLines(events, now, screen),
    missingLines(missing, screen).map((line) => cut(line, columnsOf(screen) * 3)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function columnsOf({ columns = usualColumns }: Screen): number {
  return Math.min(columns, 120);
}

function causeText({ message, reason }: NonNullable<Explanation['cause']>): string {
  return message === '' ? reason : `${reason}: ${cut(message, longestMessage)}`;
}

/** Nothing where there is no text. */
function labelled(label: string, value: string, screen: Screen): readonly string[] {
  return wrapped(plain(value), columnsOf(screen) - labelWidth).map((line, index) => {
    const head = styled((index === 0 ? label : '').padEnd(labelWidth), 'bold', screen);
    return `${head}${line}`.trimEnd();
  });
}

function timelineLines(timeline: readonly Step[], screen: Screen): readonly string[] {
  return timeline.map(({ phase, seconds, since, until }, index) => {
    const at = `${since.slice(0, 10)} ${since.slice(11, 19)} UTC`;
    const head = styled((index === 0 ? 'Timeline' : '').padEnd(labelWidth), 'bold', screen);
    const line = `${phase.padEnd(13)} ${lasted(seconds * 1000).padStart(7)}   since ${at}`;
    return until === undefined ? `${head}${line}, still` : `${head}${line}`;
  });
}

function partLines(parts: readonly Part[], screen: Screen): readonly string[] {
  const rank: Readonly<Record<Verdict, number>> = { wrong: 0, gone: 1, waiting: 2, well: 3 };
  const sorted = parts.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  const shown = sorted.slice(0, mostParts).map(({ ref, text, verdict }, index) => {
    const head = styled((index === 0 ? 'Parts' : '').padEnd(labelWidth), 'bold', screen);
    return `${head}${styled(cut(plain(`${ref}: ${text}`), columnsOf(screen) - labelWidth), styles[verdict], screen)}`;
  });
  const left = parts.length - shown.length;
  return left === 0 ? shown : [...shown, `${' '.repeat(labelWidth)}and ${left} more`];
}

function eventLines(events: readonly Told[], now: number, screen: Screen): readonly string[] {
  return events.slice(-mostEvents).map(({ about, at, count, message, reason, type }, index) => {
    const head = styled((index === 0 ? 'Events' : '').padEnd(labelWidth), 'bold', screen);
    const times = count === 1 ? '' : ` (x${count})`;
    const ago = `${lasted(now - Date.parse(at))} ago`.padEnd(11);
    const line = cut(plain(`${ago} ${type} ${reason}${times} ${about}: ${message}`), columnsOf(screen) - labelWidth);
    return `${head}${styled(line, type === 'Warning' ? 'yellow' : undefined, screen)}`;
  });
}
