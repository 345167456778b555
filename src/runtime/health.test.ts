// The servers for probes and scrapers, asked over real sockets.
import { describe, expect, onTestFinished, test } from 'vitest';
import { LogLines, silent } from '../../test/support/kube-fixture.ts';
import { createMetrics } from '../observability/metrics.ts';
import { type Check, startHealthServer, startMetricsServer } from './health.ts';

const host = '127.0.0.1';

async function aHealthServer(checks: readonly Check[]) {
  const server = await startHealthServer({ host, port: 0, checks, log: silent });
  onTestFinished(() => server.close());
  return async (path: string, method = 'GET') => {
    const response = await fetch(`http://${host}:${server.port}${path}`, { method });
    return { status: response.status, body: await response.text() };
  };
}

const good: Check = { name: 'caches', required: true, check: () => ({ ok: true, detail: '3 of 3 synced' }) };
const bad: Check = { name: 'crds', required: true, check: () => ({ ok: false, detail: 'machines are not served' }) };
const optional: Check = { name: 'arm', required: false, check: () => ({ ok: false, detail: 'no token' }) };

describe('/healthz', () => {
  test('is fine as long as the process answers, whatever the checks say', async () => {
    const get = await aHealthServer([bad]);
    expect(await get('/healthz')).toEqual({ status: 200, body: 'ok\n' });
  });
});

describe('/readyz', () => {
  test('is short when all is well', async () => {
    const get = await aHealthServer([good]);
    expect(await get('/readyz')).toEqual({ status: 200, body: 'ok\n' });
  });

  test('names what is missing', async () => {
    const get = await aHealthServer([good, bad]);
    expect(await get('/readyz')).toEqual({
      status: 503,
      body: '[+]caches ok: 3 of 3 synced\n[-]crds failed: machines are not served\nreadyz check failed\n',
    });
  });

  test('shows, and does not need, what is not required', async () => {
    const get = await aHealthServer([good, optional]);
    expect((await get('/readyz')).status).toBe(200);
    expect(await get('/readyz?verbose')).toEqual({
      status: 200,
      body: '[+]caches ok: 3 of 3 synced\n[-]arm failed (not required): no token\nreadyz check passed\n',
    });
  });

  test('takes a check that throws for one that failed', async () => {
    const get = await aHealthServer([
      {
        name: 'broken',
        required: true,
        check: () => {
          throw new Error('a bug');
        },
      },
    ]);
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: expect.stringContaining('[-]broken failed: a bug'),
    });
  });
});

describe('the health server', () => {
  test('answers nothing else', async () => {
    const get = await aHealthServer([]);
    expect((await get('/')).status).toBe(404);
    expect((await get('/constructor')).status).toBe(404);
    expect((await get('/healthz', 'POST')).status).toBe(405);
    expect(await get('/healthz', 'HEAD')).toEqual({ status: 200, body: '' });
  });

  test('says that its port is taken', async () => {
    const first = await startHealthServer({ host, port: 0, checks: [], log: silent });
    onTestFinished(() => first.close());
    await expect(startHealthServer({ host, port: first.port, checks: [], log: silent })).rejects.toThrow('EADDRINUSE');
  });

  test('closes connections that are kept alive', async () => {
    const server = await startHealthServer({ host, port: 0, checks: [], log: silent });
    await (await fetch(`http://${host}:${server.port}/healthz`)).text();
    await server.close();
    await expect(fetch(`http://${host}:${server.port}/healthz`)).rejects.toThrow('fetch failed');
  });
});

describe('/metrics', () => {
  test('exposes the registry', async () => {
    const metrics = createMetrics();
    const server = await startMetricsServer({ host, port: 0, metrics, log: silent });
    onTestFinished(() => server.close());
    const response = await fetch(`http://${host}:${server.port}/metrics`);
    expect(response.headers.get('content-type')).toBe(metrics.registry.contentType);
    expect(await response.text()).toContain('events_dropped_total{cause="queue"} 0');
  });

  test('answers 500 without details when a gauge fails, and logs them', async () => {
    const metrics = createMetrics();
    metrics.onScrape(() => {
      throw new Error('secret detail');
    });
    const logs = new LogLines();
    const server = await startMetricsServer({ host, port: 0, metrics, log: logs.log });
    onTestFinished(() => server.close());
    const response = await fetch(`http://${host}:${server.port}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, 'internal error\n']);
    expect(logs.lines[0]).toMatchObject({ level: 'ERROR', path: '/metrics', err: { message: 'secret detail' } });
  });
});
