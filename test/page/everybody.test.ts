// The page for everybody: by keyboard, by ear, in the dark, on a phone.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phone, startBrowser, visit, type VisitOptions } from './browser.ts';
import { aFeed, anOrdinaryDay } from './feeds.ts';
import { faintTexts, flawsOf, focused } from './looks.ts';
import { servePage } from './served-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const troubled = {
  ...anOrdinaryDay(),
  leads: false,
  azure: { ok: false, detail: 'no token for Azure', remaining: {} },
  gate: { state: 'closed', reason: 'ClusterBusy', message: 'Azure is at work on the cluster' },
} as const;

const modes = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['light on a phone', { colorScheme: 'light', viewport: phone }],
] as const satisfies readonly (readonly [string, Omit<VisitOptions, 'url'>])[];

describe.each(modes)('the page in the %s', (_, options) => {
  test('has text that is seen well, on good days and on bad ones', async () => {
    for (const feed of [anOrdinaryDay(), troubled]) {
      await using served = await servePage(feed);
      await using visited = await visit(browser, { ...served, ...options });
      expect(await faintTexts(visited.page)).toEqual([]);
      expect(visited.complaints).toEqual([]);
    }
  });
});

test('faintTexts finds what is too faint', async () => {
  await using served = await servePage(aFeed());
  await using visited = await visit(browser, served);
  await visited.page.evaluate(`document.querySelector('h1').style.color = '#999'`);
  expect(await faintTexts(visited.page)).toEqual([{ text: 'gpu-provisioner', contrast: expect.closeTo(2.7, 0) }]);
});

test('controls have names, tables headers, and headings their order', async () => {
  await using served = await servePage(troubled);
  await using visited = await visit(browser, served);
  expect(await flawsOf(visited.page)).toEqual([]);
});

test('landmarks and names are those that a screen reader tells', async () => {
  await using served = await servePage(anOrdinaryDay());
  await using visited = await visit(browser, served);
  const tree = await visited.page.locator('body').ariaSnapshot();
  for (const part of [
    '- banner:',
    '- main:',
    '- contentinfo:',
    'region "The fleet at a glance"',
    'region "Needs somebody 4"',
    'region "Claims 10"',
    'table "Claims 10"',
    'table "Agent pools 10"',
    'columnheader "How it went"',
    'rowheader "ws5c9a10b8e NodeClaim of research/llama-3-8b"',
    'searchbox "Filter"',
    'button "Pause"',
  ])
    expect(tree).toContain(part);
});

test('on a phone the tables are still tables to a screen reader', async () => {
  await using served = await servePage(anOrdinaryDay());
  await using visited = await visit(browser, { ...served, viewport: phone });
  const tree = await visited.page.locator('#claims').ariaSnapshot();
  expect(tree).toContain('rowheader "ws5c9a10b8e NodeClaim of research/llama-3-8b"');
  expect(tree).toContain('columnheader "How it went"');
});

test.each([320, 375, 768, 1280, 1920])('nothing is cut off at %d pixels', async (width) => {
  await using served = await servePage(troubled);
  await using visited = await visit(browser, { ...served, viewport: { width, height: 800 } });
  expect(await visited.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
});

test('the keyboard reaches everything in the order of the page, and shows where it is', async () => {
  await using served = await servePage(anOrdinaryDay());
  await using visited = await visit(browser, served);
  const { page } = visited;
  const names: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    await page.keyboard.press('Tab');
    const { name, visible } = await focused(page);
    expect([name, visible]).toEqual([name, true]);
    names.push(name.split(' ').slice(0, 2).join(' '));
  }
  expect(names).toEqual([
    'Skip to',
    'Pause',
    'Filter',
    'QuotaExceeded Quota',
    'NoDevicePlugin Node',
    'StartupTaintsExist Startup',
  ]);
});

test('what was opened and what has the focus stays so when the feed changes', async () => {
  const feed = anOrdinaryDay();
  await using served = await servePage(feed);
  await using visited = await visit(browser, { ...served, clock: true });
  const { page } = visited;
  const row = page.locator('#claims-rows').getByRole('row', { name: 'ws1e77a6b32' });
  await row.locator('summary').focus();
  await page.keyboard.press('Enter');
  const todo = row.getByText(`What to do: ${feed.guides['NoDevicePlugin']?.todo}`);
  await todo.waitFor();
  // It is the last one now.
  const [first, second, ...others] = feed.claims;
  served.feed = { ...feed, claims: [first, ...others, second].filter((claim) => claim !== undefined) };
  await page.clock.runFor(5000);
  await page.locator('#claims-rows tr').last().locator('th', { hasText: 'ws1e77a6b32' }).waitFor();
  expect(await todo.isVisible()).toBe(true);
  expect((await focused(page)).name).toContain('NoDevicePlugin');
});

test('the link in front leads past the summary', async () => {
  await using served = await servePage(anOrdinaryDay());
  await using visited = await visit(browser, served);
  const { page } = visited;
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect((await focused(page)).name).toBe('Filter');
});
