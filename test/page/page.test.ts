// What people see of a feed, and that nothing of it is ever more than text.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, visit } from './browser.ts';
import { aClaim, aFeed, anOrdinaryDay, manyClaims } from './feeds.ts';
import { servePage } from './served-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Between two questions of the page; its timers are the test's. */
const roundMs = 5000;

describe('the page of an ordinary day', () => {
  test('says how the fleet is: ready claims, GPUs, cost, leaks and what Azure has left', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, served);
    const figures = await visited.page.locator('#figures > div').allInnerTexts();
    expect(figures.map((text) => text.split('\n').slice(0, 2))).toEqual([
      ['Claims ready', '4 of 10'],
      ['GPUs ready', '5 of 17'],
      ['Cost an hour', '$30.96'],
      ['Leaked pools', '1'],
      ['Azure requests left', '1,187'],
    ]);
    expect(await visited.page.locator('.legend li').allInnerTexts()).toEqual([
      '4 ready',
      '1 initializing',
      '1 registering',
      '1 launching',
      '1 deleting',
      '2 stuck',
    ]);
    expect(visited.complaints).toEqual([]);
  });

  test('puts first what is stuck, with its cause and what to do', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, served);
    const cards = await visited.page.locator('#attention-list > li').allInnerTexts();
    expect(cards.map((text) => text.split(/\s/)[0])).toEqual([
      'ws8f31c20a9',
      'ws1e77a6b32',
      'ws0d5e8c6f1',
      'ws77d0c1f45',
    ]);
    const { guides } = served.feed;
    expect(cards[0]).toContain('stuck launching · for 47m');
    expect(cards[0]).toContain('QuotaExceeded Quota is used up: need 96 vCPUs, have 0');
    expect(cards[0]).toContain(`What to do: ${guides['QuotaExceeded']?.todo}`);
    expect(cards[2]).toContain('Agent pool · Leaked: its claim is gone · 1 × NC24ads_A100_v4 · for 4m · $3.67/h');
  });

  test('claims of one cause share a card that names them', async () => {
    await using served = await servePage(manyClaims(1000));
    await using visited = await visit(browser, served);
    const cards = await visited.page.locator('#attention-list > li').allInnerTexts();
    expect(cards).toHaveLength(1);
    expect(cards[0]).toMatch(
      /^ws000000005, ws000000066, .* and 5 more\s+11 claims · stuck launching · the longest for/,
    );
  });

  test('shows each claim with its way to Ready, in a bar and in words', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, served);
    const row = visited.page.locator('#claims-rows').getByRole('row', { name: 'ws5c9a10b8e' });
    await expect(row.getByRole('cell').allInnerTexts()).resolves.toEqual([
      'Ready\nfor 5d 4h',
      'launching 4m 4s · registering 33s · initializing 1m 15s · ready for 5d 4h',
      'NC24ads_A100_v4\n1 GPU',
      'aks-ws5c9a10b8e-28317442-vmss000000',
      '3.67',
    ]);
    const widths = await row.locator('.part').evaluateAll((parts) => parts.map((part) => part.clientWidth));
    expect(widths).toHaveLength(4);
    // 244 s, 33 s and 75 s on one scale.
    expect((widths[0] ?? 0) / (widths[2] ?? 1)).toBeCloseTo(244 / 75, 0);
  });

  test('shows each pool with its owner and its price, leaks first and those of other people last', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, served);
    const rows = visited.page.locator('#pools-rows tr');
    expect(await rows.first().innerText()).toMatch(/^ws0d5e8c6f1\s+Leaked: its claim is gone\s+▸? ?OrphanPool/);
    expect((await rows.nth(1).innerText()).split(/[\t\n]+/)).toEqual([
      'ws3be4d7709',
      'A claim has it',
      'ws3be4d7709',
      'Machine',
      '1 × NC48ads_A100_v4',
      'Succeeded',
      '3d',
      '7.35',
    ]);
    expect(await rows.last().innerText()).toContain('Other people’s');
  });

  test('tells the gate, Azure and what is usual', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, served);
    const facts = (await visited.page.locator('#azure-facts').innerText()).split('\n');
    expect(facts).toContain('Open: what is due is repaired, replaced and collected');
    expect(facts).toContain('11,873 reads, 1,187 writes, 1,199 deletes');
    const usual = await visited.page.locator('#usual-rows tr').first().innerText();
    expect(usual.split(/[\t\n]+/).slice(0, 4)).toEqual(['NC24ads_A100_v4', 'of 14 seen', '4m 11s', '90% in 4m 48s']);
  });
});

describe('the page as time goes by', () => {
  test('follows the feed without being loaded again', async () => {
    await using served = await servePage(aFeed({ claims: [aClaim({ name: 'a', went: [['launching', 30]] })] }));
    await using visited = await visit(browser, { ...served, clock: true });
    const { page } = visited;
    const row = page.locator('#claims-rows tr');
    await row.getByText('Launching', { exact: true }).waitFor();
    served.feed = aFeed({
      claims: [
        aClaim({
          name: 'a',
          went: [
            ['launching', 60],
            ['registering', 4],
          ],
        }),
      ],
    });
    await page.clock.runFor(roundMs);
    await row.getByText('Registering', { exact: true }).waitFor();
    served.feed = aFeed();
    await page.clock.runFor(roundMs);
    await page.getByText('There are no claims.').waitFor();
    expect(visited.complaints).toEqual([]);
  });

  test('says so when the controller tells no more, keeps what it had, and goes on by itself', async () => {
    await using served = await servePage(anOrdinaryDay());
    await using visited = await visit(browser, { ...served, clock: true });
    const { page } = visited;
    const live = page.locator('#live');
    expect(await live.innerText()).toBe('Live');
    served.broken = { status: 503, body: '' };
    await page.clock.runFor(roundMs);
    await page.getByText('The controller does not tell any more: it answers 503.').waitFor();
    expect(await live.innerText()).toBe('Old');
    expect(await page.locator('#claims-rows tr').count()).toBe(10);
    served.broken = undefined;
    await page.clock.runFor(roundMs);
    await page.getByText('The controller does not tell any more').waitFor({ state: 'detached' });
    expect(await live.innerText()).toBe('Live');
  });

  test('of another version than the controller asks to be loaded again', async () => {
    await using served = await servePage(aFeed());
    served.broken = { status: 200, body: '{"version":2}' };
    await using visited = await visit(browser, { ...served, untilShown: false });
    await visited.page.getByText('its answer is of another version: reload this page').waitFor();
    expect(await visited.page.locator('#live').innerText()).toBe('No answer');
  });

  test('asks nothing while it is paused, and at once when it goes on', async () => {
    await using served = await servePage(aFeed());
    await using visited = await visit(browser, { ...served, clock: true });
    const { page } = visited;
    const pause = page.getByRole('button', { name: 'Pause' });
    await pause.click();
    expect(await page.locator('#live').innerText()).toBe('Paused');
    expect(await pause.getAttribute('aria-pressed')).toBe('true');
    const before = served.asked;
    await page.clock.runFor(10 * roundMs);
    expect(served.asked).toBe(before);
    const asked = page.waitForResponse('**/status');
    await pause.click();
    await asked;
    expect(served.asked).toBe(before + 1);
  });

  test('asks nothing while nobody sees it', async () => {
    await using served = await servePage(aFeed());
    await using visited = await visit(browser, { ...served, clock: true });
    const { page } = visited;
    const turn = (hidden: boolean): Promise<unknown> =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await turn(true);
    const before = served.asked;
    await page.clock.runFor(10 * roundMs);
    expect(served.asked).toBe(before);
    const asked = page.waitForResponse('**/status');
    await turn(false);
    await asked;
  });
});

describe('the page of many claims', () => {
  test('shows a hundred, says how many are behind, and shows more when asked', async () => {
    await using served = await servePage(manyClaims(1000));
    await using visited = await visit(browser, served);
    const { page } = visited;
    const rows = page.locator('#claims-rows tr');
    expect(await rows.count()).toBe(100);
    await page.getByText('900 more claims below.').waitFor();
    await page.getByRole('button', { name: 'Show 100 more' }).click();
    await page.getByText('800 more claims below.').waitFor();
    expect(await rows.count()).toBe(200);
  });

  test('is narrowed by words, which any of its columns may have', async () => {
    await using served = await servePage(manyClaims(1000));
    await using visited = await visit(browser, served);
    const { page } = visited;
    const filter = page.getByRole('searchbox', { name: 'Filter' });
    await filter.fill('quota stuck');
    await page.getByText('989 claims hidden by the filter.').waitFor();
    expect(await page.locator('#claims-rows tr').count()).toBe(11);
    await filter.fill('no such thing');
    await page.getByText('No claim matches “no such thing”.').waitFor();
    expect(await page.locator('#claims-rows tr').count()).toBe(0);
    await filter.fill('');
    await page.getByText('900 more claims below.').waitFor();
  });

  test('says when the controller itself left some out', async () => {
    await using served = await servePage({ ...manyClaims(3), omitted: { claims: 40, pools: 2 } });
    await using visited = await visit(browser, served);
    await visited.page.getByText('40 claims left out of the answer').waitFor();
    await visited.page.getByText('2 pools left out of the answer').waitFor();
    expect(await visited.page.locator('#claims-count').innerText()).toBe('43');
  });
});

describe('the page when not all is well', () => {
  test('of an empty fleet says how it begins', async () => {
    await using served = await servePage(aFeed());
    await using visited = await visit(browser, served);
    await visited.page.getByText('There are no claims. Create a Machine, a NodeClaim or a Workspace').waitFor();
    await visited.page.getByText('The cluster has no agent pool.').waitFor();
    expect(await visited.page.locator('#attention').isVisible()).toBe(false);
    expect(await visited.page.locator('#claims-table').isVisible()).toBe(false);
  });

  test.each([
    ['a replica that stands by', { leads: false }, 'stands by: it shows what it sees and does nothing'],
    [
      'a replica that cannot list the claims',
      { lacks: [{ name: 'machines', detail: 'no complete list yet' }] },
      'Not all is known or done here (machines): no complete list yet',
    ],
    [
      'an Azure that does not answer',
      { azure: { ok: false, detail: 'no token for Azure', remaining: {} } },
      'Azure does not answer: no token for Azure',
    ],
    [
      'an Azure that throttles',
      { azure: { ok: true, detail: '', throttledSeconds: 90, remaining: {} } },
      'Azure throttles requests; the next ones go out in 1m 30s.',
    ],
    [
      'a closed gate',
      { gate: { state: 'closed', reason: 'ClusterBusy', message: 'Azure is at work on the cluster (Upgrading)' } },
      'The gate is closed (ClusterBusy): Azure is at work on the cluster (Upgrading)',
    ],
  ] as const)('of %s says so above everything', async (_, parts, notice) => {
    await using served = await servePage(aFeed(parts));
    await using visited = await visit(browser, served);
    expect(await visited.page.locator('#notices').innerText()).toContain(notice);
  });

  test('without JavaScript says where the same is to be had', async () => {
    await using served = await servePage(aFeed());
    await using visited = await visit(browser, { ...served, javaScriptEnabled: false, untilShown: false });
    const command = visited.page.locator('noscript code');
    expect(await command.isVisible()).toBe(true);
    expect(await command.innerText()).toBe('curl http://localhost:8080/status');
  });
});

test('the page does not say that there are no claims when it cannot know', async () => {
  await using served = await servePage(aFeed({ lacks: [{ name: 'machines', detail: 'no complete list yet' }] }));
  await using visited = await visit(browser, served);
  expect(await visited.page.locator('#claims-none').innerText()).toBe('No claim is known here.');
});

describe('the page of a hostile feed', () => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>&lt;b&gt;';
  const backwards = '\u202Eevil\u2066';
  const long = 'x'.repeat(10_000);

  test('shows markup, other directions and long words as text, and stays as wide as its window', async () => {
    const claims = [markup, backwards, long, '\u0000\u001B[31m'].map((text, index) =>
      aClaim({
        name: text,
        uid: String(index),
        kind: 'Machine',
        vmSize: text,
        workspace: text,
        node: text,
        attention: 'stuck',
        reason: text,
        message: text,
        went: [['launching', 60]],
      }),
    );
    const pools = claims.map(({ name }, index) => ({
      name: `${index}${name}`,
      ownership: 'orphan' as const,
      owner: { kind: 'Machine' as const, name, uid: name },
      reason: name,
      message: name,
      vmSize: name,
      count: 1,
      state: name,
      ageSeconds: 1,
    }));
    const guides = Object.fromEntries(claims.map(({ name }) => [name, { means: name, todo: name }]));
    const gate = { state: 'closed', reason: markup, message: long } as const;
    const feed = { ...aFeed({ claims, pools, gate }), guides, instance: markup, build: long };
    const cluster = { subscriptionId: long, resourceGroup: markup, name: backwards };
    await using served = await servePage({ ...feed, cluster });
    await using visited = await visit(browser, served);
    const { page } = visited;
    expect(await page.locator('img, main script, iframe, object').count()).toBe(0);
    expect(await page.locator('#claims-rows th .name').first().textContent()).toBe(markup);
    expect(await page.title()).toContain('gpu-provisioner');
    for (const width of [1280, 375]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(visited.complaints).toEqual([]);
  });

  test('a script that somebody smuggles in is not run', async () => {
    await using served = await servePage(aFeed());
    await using visited = await visit(browser, served);
    const { page } = visited;
    await expect(page.evaluate(`document.body.innerHTML = '<b>x</b>'`)).rejects.toThrow(/TrustedHTML/);
    await expect(page.evaluate(`document.body.setAttribute('onclick', 'x()')`)).rejects.toThrow(/TrustedScript/);
    await expect(page.evaluate(`fetch('https://elsewhere.example/')`)).rejects.toThrow(/Failed to fetch/);
    expect(visited.complaints.join('\n')).toContain(
      `violates the following Content Security Policy directive: "connect-src 'self'"`,
    );
  });
});
