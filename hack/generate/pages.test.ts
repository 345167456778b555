// The pages of docs that are made from tables in the code: complete, with headings that links can rely on.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { reasonRows } from '../../src/claims/reason-guide.ts';
import { controllerTable } from '../../src/options/controller.ts';
import { envNameOf } from '../../src/options/table.ts';
import { podGuides, workspaceGuides } from '../../src/workspaces/reason-guide.ts';
import { chartValues, configurationPage } from './configuration-page.ts';
import { eventsPage } from './events-page.ts';
import { anchorOf, tableOf } from './markdown.ts';
import { reasonsPage } from './reasons-page.ts';
import { filledIn } from './template.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const headingsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^### (.+)$/gmu)].map(([, title = '']) => title);

describe('reasonsPage', () => {
  test('has each reason once, under an anchor that is its own', async () => {
    const headings = headingsOf(reasonsPage(await read('hack/generate/reasons.md')));
    const anchors = headings.map(anchorOf);
    expect(new Set(anchors).size).toBe(anchors.length);
    const all = [...reasonRows.keys(), ...Object.keys(podGuides)];
    expect(all.filter((reason) => !headings.includes(reason))).toEqual([]);
    const shared = Object.keys(workspaceGuides).filter((reason) => reasonRows.has(reason));
    expect(shared.filter((reason) => !headings.includes(`${reason} of a Workspace`))).toEqual([]);
    expect(headings).toHaveLength(all.length + Object.keys(workspaceGuides).length);
  });
});

describe('eventsPage', () => {
  test('has every event, with a link to its reason', async () => {
    const page = eventsPage(await read('hack/generate/events.md'));
    const told = [...reasonRows].filter(([, { event }]) => event !== undefined).map(([reason]) => reason);
    expect(told.filter((reason) => !page.includes(`[${reason}](reasons.md#${anchorOf(reason)})`))).toEqual([]);
  });
});

describe('configurationPage', () => {
  test('has every flag with its environment name', async () => {
    const page = configurationPage(await read('hack/generate/configuration.md'));
    for (const { flag } of Object.values(controllerTable)) expect(page).toContain(`| \`--${flag}\` `);
    for (const { flag } of Object.values(controllerTable)) expect(page).toContain(`| \`${envNameOf(flag)}\` `);
  });

  test('names a value of the chart for each variable that the chart sets from one, and no other', async () => {
    const template = await read('charts/gpu-provisioner/templates/_environment.tpl');
    const set = [...template.matchAll(/\(list "([A-Z_]+)" |\(dict "name" "([A-Z_]+)" "value"/gu)];
    const names = set.map(([, listed, dict]) => listed ?? dict ?? '');
    const flags = new Set(Object.values(controllerTable).map(({ flag }) => envNameOf(flag)));
    // Of the object that the chart makes, which has no value of its own.
    const ofChart = new Set(['LEADER_ELECT', 'LEADER_ELECTION_NAMESPACE', 'POD_NAME', 'DEPLOYMENT_NAME']);
    const wanted = names.filter((name) => flags.has(name) && !ofChart.has(name));
    // The tenant is an annotation of the ServiceAccount, which the webhook of workload identity turns into a variable.
    expect([...chartValues.keys()].toSorted()).toEqual([...new Set([...wanted, 'AZURE_TENANT_ID'])].toSorted());
  });

  test('names values that the chart has', async () => {
    const values: unknown = parse(await read('charts/gpu-provisioner/values.yaml'));
    const at = (path: string): unknown =>
      path.split('.').reduce<unknown>((value, key) => Object(value)[key] as unknown, values);
    expect([...chartValues.values()].filter((path) => at(path) === undefined)).toEqual([]);
  });
});

describe('filledIn', () => {
  test('puts each part in its place, and refuses a text and parts that do not match', () => {
    expect(filledIn('a\n<!-- x -->\nb\n', { x: '$1' })).toBe('a\n$1\nb\n');
    expect(() => filledIn('a\n', { x: '1' })).toThrow('the text does not have it');
    expect(() => filledIn('a\n<!-- y -->\n', {})).toThrow('nothing is generated for it');
  });
});

describe('tableOf', () => {
  test('pads each column to its widest cell', () => {
    expect(tableOf(['a', 'bb'], [['`x|y`', '…']])).toBe('| a      | bb  |\n| ------ | --- |\n| `x\\|y` | …   |');
  });
});

describe('anchorOf', () => {
  test.each([
    ['QuotaExceeded', 'quotaexceeded'],
    ['NameConflict of a Workspace', 'nameconflict-of-a-workspace'],
    ["Azure's own: `az`, and more", 'azures-own-az-and-more'],
    ['gpu_provisioner_pools', 'gpu_provisioner_pools'],
  ])('of "%s" is "%s"', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});
