// The runbooks: one for each alert, of one shape, and everything that they name is there.
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { textAt } from '../../hack/sandbox/aks/json.ts';
import { guideOf } from '../../src/claims/reason-guide.ts';
import { isCommandOfPeople } from '../../src/options/commands.ts';
import { controllerTable } from '../../src/options/controller.ts';
import { envNameOf } from '../../src/options/table.ts';
import { objectsAt, readDashboards } from './dashboards.ts';
import { readRules } from './rules.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const folder = pathOf('../../docs/runbooks/');
const names = (await readRules()).map(({ alert }) => alert).toSorted();

const namesOfNodeErrors = new Set(['ECONNREFUSED', 'ENOTFOUND']);

function matchesOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

function firstOf(path: string): string {
  return path.slice(0, path.indexOf('.'));
}

it('The runbooks are one for each alert, none without, and all in their index', async () => {
  const pages = (await readdir(folder)).filter((name) => name !== 'README.md');
  expect(pages.toSorted()).toEqual(names.map((name) => `${name}.md`));
  const index = await readFile(`${folder}README.md`, 'utf8');
  for (const page of pages) expect(index).toContain(`(${page})`);
});

describe.each(names)('the runbook of %s', (name) => {
  let text: string;
  let prose: string;
  beforeAll(async () => {
    text = await readFile(`${folder}${name}.md`, 'utf8');
    prose = text.replaceAll(/```.*?```/gsu, '');
  });

  it('says what it means, how to look, what to do and when to silence it', () => {
    expect(text).toMatch(new RegExp(`^# ${name}\\n`, 'u'));
    expect(matchesOf(text, /^## (.+)$/gmu)).toEqual([
      'What it means',
      'How to look',
      'What to do',
      'When to silence it',
    ]);
  });

  it('names commands that there are', () => {
    const commands = matchesOf(text, /^gpu-provisioner (\S+)/gmu);
    expect(commands.filter((command) => !isCommandOfPeople(command))).toEqual([]);
  });

  it('names reasons that there are', () => {
    const reasons = matchesOf(prose, /`([A-Z][a-z]+[A-Za-z]*)`/gu);
    expect(reasons.filter((reason) => guideOf(reason) === undefined)).toEqual([]);
  });

  it('names variables that the controller reads', () => {
    const known = new Set(Object.values(controllerTable).map(({ flag }) => envNameOf(flag)));
    const variables = matchesOf(prose, /`([A-Z][A-Z_]{3,})(?:=\w+)?`/gu);
    expect(variables.filter((each) => !known.has(each) && !namesOfNodeErrors.has(each))).toEqual([]);
  });

  it('names values that the chart has', async () => {
    const values: unknown = parse(await readFile(pathOf('../../charts/gpu-provisioner/values.yaml'), 'utf8'));
    const paths = matchesOf(prose, /`([a-z]\w+(?:\.\w+)+)`/gu).filter((path) => firstOf(path) in Object(values));
    const absent = (path: string): boolean =>
      path.split('.').reduce<unknown>((at, key) => Object(at)[key], values) === undefined;
    expect(paths.filter(absent)).toEqual([]);
  });

  it('names dashboards, rows and panels that there are', async () => {
    const titles = (await readDashboards()).flatMap(({ dashboard }) =>
      [dashboard, ...objectsAt(dashboard, 'panels')].map((part) => textAt(part, 'title')),
    );
    const named = matchesOf(prose.replaceAll(/`[^`]*`/gu, '').replaceAll('\n', ' '), /"([^"]+)"/gu);
    expect(named.filter((title) => !titles.includes(title))).toEqual([]);
  });
});
