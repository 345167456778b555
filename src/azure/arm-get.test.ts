import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../test/support/fake-clock.ts';
import { Gate } from '../../test/support/gate.ts';
import { armGet } from './arm-get.ts';
import { causeOf } from './causes.ts';
import { endpointOf } from './endpoint.ts';

afterEach(() => vi.unstubAllEnvs());

/** Forbids each host that it is asked for. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

function setProxies(env: Readonly<Record<string, string>>): void {
  for (const name of ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY', 'NO_PROXY'])
    for (const each of [name, name.toLowerCase()]) vi.stubEnv(each, env[each]);
}

const get = ({ signal = new AbortController().signal, armEndpoint = 'https://arm.invalid' } = {}) =>
  armGet({ endpoint: endpointOf({ armEndpoint }), path: '/x', signal });

describe('armGet', () => {
  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'])(
    'goes through %s, as the SDK does, and says what the proxy says',
    async (name) => {
      const proxy = await startProxy();
      setProxies({ [name]: proxy.url });
      const failed = await get().catch((error: unknown) => error);
      expect(proxy.asked).toEqual(['arm.invalid:443']);
      expect(causeOf(failed).headline).toBe(
        'Something on the way answers instead of Azure (Http403); check proxy and firewall',
      );
    },
  );

  test('takes of several proxies the one that the SDK takes', async () => {
    const [taken, left] = [await startProxy(), await startProxy()];
    setProxies({ HTTPS_PROXY: taken.url, https_proxy: left.url, ALL_PROXY: left.url, HTTP_PROXY: left.url });
    await expect(get()).rejects.toMatchObject({ code: 'Http403' });
    expect([taken.asked.length, left.asked.length]).toEqual([1, 0]);
  });

  test('ends with its signal while a proxy accepts its connection and says nothing', async () => {
    const gate = await Gate.before(new URL('http://127.0.0.1:9'));
    gate.shut();
    setProxies({ HTTPS_PROXY: gate.url.href });
    const caller = new AbortController();
    const reason = new Error('too long');
    const failed = get({ signal: caller.signal }).catch((error: unknown) => error);
    await eventually(() => gate.held > 0);
    caller.abort(reason);
    expect(await failed).toBe(reason);
  });

  test('goes past the proxy to a host that NO_PROXY names', async () => {
    const proxy = await startProxy();
    setProxies({ ALL_PROXY: proxy.url, NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost' });
    // Nobody listens there, and nobody must look up its name.
    await expect(get({ armEndpoint: 'https://127.0.0.1:9' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(proxy.asked).toEqual([]);
  });
});
