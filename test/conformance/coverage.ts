// Compares the checklist with what ran: each line has a test that passed, or a reason why it may do without.
import { idsIn, type Line, type Section } from './checklist.ts';
import type { TestResult } from './reports.ts';

/** Why we differ from a line, by id. */
export type Deviations = ReadonlyMap<string, string>;

export interface CoveredLine extends Line {
  /** Where `reason` is given too, they show what happens instead. */
  readonly tests: readonly TestResult[];
  readonly reason?: string;
}

export interface CoveredSection {
  readonly title: string;
  readonly lines: readonly CoveredLine[];
}

export interface Coverage {
  readonly sections: readonly CoveredSection[];
  /** Sentences, one a defect; none when everything holds. */
  readonly problems: readonly string[];
}

export interface CoverageInput {
  readonly checklist: readonly Section[];
  readonly tests: readonly TestResult[];
  readonly deviations: Deviations;
  /** The only ids that may have a reason. */
  readonly mayDiffer: ReadonlySet<string>;
}

export function coverageOf({ checklist, tests, deviations, mayDiffer }: CoverageInput): Coverage {
  const byId = groupById(tests);
  const known = new Set(checklist.flatMap(({ lines }) => lines.map(({ id }) => id)));
  const sections = checklist.map(({ title, lines }) => ({
    title,
    lines: lines.map((line) => coveredLine(line, byId.get(line.id) ?? [], deviations.get(line.id))),
  }));
  const problems = [
    ...[...byId].filter(([id]) => !known.has(id)).map(([id, [test]]) => `${id} is no line, but ${named(test)} says so`),
    ...tests
      .filter(({ name, passed }) => !passed && idsIn(name).length > 0)
      .map((test) => `${named(test)} did not pass`),
    ...[...deviations.keys()].filter((id) => !known.has(id)).map((id) => `${id} has a reason and is no line`),
    ...[...deviations.keys()].filter((id) => !mayDiffer.has(id)).map((id) => `${id} has a reason and may not differ`),
    ...sections
      .flatMap(({ lines }) => lines)
      .filter((line) => line.tests.length === 0 && line.reason === undefined)
      .map(({ id, title }) => `${id} has no test: ${title}`),
  ];
  return { sections, problems };
}

function coveredLine(line: Line, tests: readonly TestResult[], reason: string | undefined): CoveredLine {
  return reason === undefined ? { ...line, tests } : { ...line, tests, reason };
}

function groupById(tests: readonly TestResult[]): ReadonlyMap<string, readonly TestResult[]> {
  const byId = new Map<string, TestResult[]>();
  for (const test of tests) {
    for (const id of idsIn(test.name)) byId.set(id, [...(byId.get(id) ?? []), test]);
  }
  return byId;
}

function named(test: TestResult | undefined): string {
  return `"${test?.name ?? ''}" (${test?.file ?? ''})`;
}
