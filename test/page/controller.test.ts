// The page of a real controller, at work on the sandbox.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { startWorld, type World } from '../support/world.ts';
import { startBrowser, visit } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const name = 'ws6fa1b2c3d';

/** Starts a controller as a process of its own; where its page is. */
async function startWithPage(world: World, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { lines } = await world.startController({ killable: true, env: { STATUS_PAGE: 'true', ...env } });
  const port = await world.until('it says where it listens', () =>
    lines.map((line) => /"metricsPort":(\d+)/.exec(line)?.[1]).find((one) => one !== undefined),
  );
  return `http://127.0.0.1:${port}/`;
}

describe('the page of a controller', () => {
  test('shows a Machine from its creation to its end, without being loaded again', { timeout: 180_000 }, async () => {
    const timing = { allocateSeconds: 40, joinSeconds: 70, createSeconds: 80 };
    await using world = await startWorld({ rate: 5, script: { timing } });
    // Neither the creation nor the deletion ends before the page has shown it, whenever it asks again.
    world.azure.setFault({ operation: 'PUT', times: 'always', effect: { kind: 'armThrottled', retryAfterSeconds: 5 } });
    const untilShown = 'example.com/until-shown';
    await using visited = await visit(browser, { url: await startWithPage(world) });
    const { page } = visited;
    await page.getByText('There are no claims.').waitFor();
    await world.create('Machine', kaitoMachine({ name, finalizers: [untilShown] }));
    const row = page.locator('#claims-rows').getByRole('row', { name });
    await row.getByText('Launching', { exact: true }).waitFor();
    world.azure.clearFaults();
    await world.untilReady(name);
    await row.getByText('Ready', { exact: true }).waitFor();
    expect(await row.innerText()).toContain(world.nodesOf(name)[0]?.metadata.name);
    expect(await row.innerText()).toMatch(/launching \S+.*registering \S+.*initializing \S+.*ready for/);
    const pool = page.locator('#pools-rows').getByRole('row', { name });
    await pool.getByText('A claim has it').waitFor();
    expect(await pool.innerText()).toContain('3.06');
    await page.locator('#usual-rows').getByText('NC6s_v3').waitFor();
    await world.remove('Machine', name);
    await row.getByText('Deleting', { exact: true }).waitFor();
    await world.until('it has no other finalizer any more', () => {
      const { finalizers = [] } = world.machine(name)?.metadata ?? {};
      return finalizers.length === 1 && finalizers[0] === untilShown;
    });
    await world.edit('Machine', name, { metadata: { finalizers: null } });
    await world.untilGone('Machine', name);
    await page.getByText('There are no claims.').waitFor();
    expect(visited.complaints).toEqual([]);
  });

  test('puts a Machine first that Azure refuses, with the cause and what to do', async () => {
    await using world = await startWorld({ script: { quotas: { regionalCores: 8 } } });
    const url = await startWithPage(world);
    await world.create('Machine', kaitoMachine({ name }));
    await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
    await using visited = await visit(browser, { url });
    const card = visited.page.locator('#attention-list > li').first();
    await card.waitFor();
    const text = await card.innerText();
    expect(text.startsWith(name)).toBe(true);
    expect(text).toContain('stuck launching');
    expect(text).toMatch(/QuotaExceeded .*vCPUs/);
    expect(text).toContain('What to do: ');
    expect(await visited.page.title()).toContain('(1) ');
    expect(visited.complaints).toEqual([]);
  });

  test('is not there unless it is asked for', async () => {
    await using world = await startWorld();
    const url = await startWithPage(world, { STATUS_PAGE: 'false' });
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}status`)).status).toBe(200);
  });
});
