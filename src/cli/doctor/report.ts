// The doctor's findings on paper: a screen for people, JSON for programs.
import { plain, wrapped } from '../printing/plain.ts';
import { styled, type Screen, type Style } from '../printing/screen.ts';
import type { NamedFinding, Outcome } from './finding.ts';

const signs: Readonly<Record<Outcome, { readonly word: string; readonly style: Style | undefined }>> = {
  pass: { word: 'pass', style: 'green' },
  warn: { word: 'WARN', style: 'yellow' },
  fail: { word: 'FAIL', style: 'red' },
  skip: { word: 'skip', style: 'dim' },
};
const outcomes = ['pass', 'warn', 'fail', 'skip'] as const;
const nameWidth = 18;
const margin = ' '.repeat(nameWidth + 9);

export type Counts = Readonly<Record<Outcome, number>>;

export function countsOf(findings: readonly NamedFinding[]): Counts {
  const count = (outcome: Outcome): number => findings.filter((each) => each.outcome === outcome).length;
  return { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') };
}

/** A line for each finding, by room; under it its facts, and with `$` or `>` what mends it. */
export function reportText(findings: readonly NamedFinding[], screen: Screen): string {
  const rooms = [...new Set(findings.map(({ room }) => room))];
  const parts = rooms.map((room) => {
    const lines = merged(findings.filter((each) => each.room === room)).flatMap((each) => linesOf(each, screen));
    return [styled(room, 'bold', screen), ...lines].join('\n');
  });
  const counts = countsOf(findings);
  const sums = outcomes.map((outcome) => `${counts[outcome]} ${spoken[outcome]}`);
  return `${parts.join('\n\n')}\n\n${sums.join(', ')}\n`;
}

const spoken: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  warn: 'warned',
  fail: 'failed',
  skip: 'skipped',
};

function isSame(a: NamedFinding, b: NamedFinding): boolean {
  return a.outcome === 'skip' && b.outcome === 'skip' && a.message === b.message;
}

/** What was left out for one and the same reason is said once, and names the rest. */
function merged(findings: readonly NamedFinding[]): readonly NamedFinding[] {
  return findings.flatMap((each, index) => {
    if (findings.slice(0, index).some((earlier) => isSame(earlier, each))) return [];
    const others = findings.slice(index + 1).filter((later) => isSame(later, each));
    if (others.length === 0) return [each];
    const names = others.map(({ check }) => check).join(', ');
    return [{ ...each, message: `${each.message} (so ${others.length === 1 ? 'does' : 'do'} ${names})` }];
  });
}

function linesOf(
  { check, details = [], mend = [], message, outcome }: NamedFinding,
  screen: Screen,
): readonly string[] {
  const { style, word } = signs[outcome];
  const [first = '', ...rest] = wrapped(plain(message), Math.max(40, (screen.columns ?? 120) - margin.length));
  return [
    `  ${styled(word, style, screen)}  ${check.padEnd(nameWidth)} ${first}`,
    ...rest.map((line) => `${margin}${line}`),
    // Lists are for those whom something concerns: of what is well the sentence is enough.
    ...(outcome === 'pass' ? [] : details.map((line) => `${margin}${plainColumns(line)}`)),
    ...mend.flatMap((step) =>
      step.split('\n').map((line, index) => `${margin}${index === 0 ? signOf(step) : ' '} ${plainColumns(line)}`),
    ),
  ];
}

/** A command is to be copied, a sentence to be read. */
function signOf(step: string): string {
  return /^(az|helm|kubectl|gpu-provisioner) /.test(step) ? '$' : '>';
}

/** As `plain`, with the spaces that align columns. */
function plainColumns(line: string): string {
  return line
    .split(/( {2,})/)
    .map((part) => (part.trim() === '' ? part : plain(part)))
    .join('');
}

/** docs/doctor.md has the shape; fields are added to a version, never taken away. */
export function reportJson(findings: readonly NamedFinding[], at: Date): string {
  return `${JSON.stringify({ version: 1, at: at.toISOString(), counts: countsOf(findings), findings }, undefined, 2)}\n`;
}
