import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { serve } from '../runtime/http-server.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { statusRoutes } from './routes.ts';
import type { StatusFeed } from './feed.ts';

const cluster = { subscriptionId: 's', resourceGroup: 'g', name: 'n' };
const feed: StatusFeed = {
  version: 1,
  at: '2026-03-01T12:00:00.000Z',
  instance: 'pod-1',
  build: '1',
  leads: true,
  cluster,
  azure: { ok: true, detail: '', remaining: {} },
  gate: { state: 'open' },
  claims: [],
  pools: [],
  expectations: [],
  guides: {},
  omitted: { claims: 0, pools: 0 },
};

async function ask(path: string, { page }: { readonly page: boolean }): Promise<{ response: Response; body: string }> {
  const identity = { build: '1', cluster, budget: () => ({ remaining: {} }) };
  const routes = statusRoutes({ board: { feed: () => feed }, identity, page });
  const server = await serve({ host: '127.0.0.1', port: 0, log: silent, routes });
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { response, body: await response.text() };
  } finally {
    await server.close();
  }
}

/** What an element that has no attributes holds. */
function held(html: string, tag: 'script' | 'style'): string {
  return html.slice(html.indexOf(`<${tag}>`) + tag.length + 2, html.indexOf(`</${tag}>`));
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe('statusRoutes', () => {
  test.each([true, false])('the feed is served, with a page: %s', async (page) => {
    const { body, response } = await ask('/status', { page });
    expect(response.status).toBe(200);
    expect(JSON.parse(body)).toEqual(feed);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('a feed is written out once, however many ask for it, and the next one is told', async () => {
    let written = 0;
    const counted = (instance: string): StatusFeed =>
      Object.defineProperty({ ...feed }, 'instance', {
        enumerable: true,
        get() {
          written += 1;
          return instance;
        },
      });
    let now = counted('pod-1');
    const identity = { build: '1', cluster, budget: () => ({ remaining: {} }) };
    const routes = statusRoutes({ board: { feed: () => now }, identity, page: false });
    const told = async (): Promise<unknown> =>
      JSON.parse((await routes['/status']?.(new URL('http://server/status')))?.body ?? '');
    expect([await told(), await told(), await told()]).toEqual([feed, feed, feed]);
    expect(written).toBe(1);
    now = counted('pod-2');
    expect(await told()).toEqual({ ...feed, instance: 'pod-2' });
  });

  test.each(['/', '/icon.svg'])('%s is there only when it is asked for', async (path) => {
    expect((await ask(path, { page: false })).response.status).toBe(404);
    expect((await ask(path, { page: true })).response.status).toBe(200);
  });

  test('the page may run its own script and style, ask its own server, and do nothing else', async () => {
    const { body, response } = await ask('/', { page: true });
    const policy = (response.headers.get('content-security-policy') ?? '').split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(held(body, 'script'))}`,
      `style-src ${hashOf(held(body, 'style'))}`,
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('page and icon together are below 60 kB, and name no other place', async () => {
    const [page, icon] = await Promise.all(['/', '/icon.svg'].map((path) => ask(path, { page: true })));
    const text = `${page?.body}${icon?.body}`;
    expect(Buffer.byteLength(text)).toBeGreaterThan(1000);
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    const places = new Set(text.match(/https?:\/\/[^\s"'<>)]+/g));
    // A name space, and what a person may type.
    expect([...places]).toEqual(['http://localhost:8080/status', 'http://www.w3.org/2000/svg']);
  });
});
