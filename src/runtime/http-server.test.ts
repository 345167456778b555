// Clients that a small server must survive, over real sockets.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { silent } from '../../test/support/kube-fixture.ts';
import { plainText, serve } from './http-server.ts';

const host = '127.0.0.1';
// More than the kernel keeps between the two.
const body = 'x'.repeat(32 * 1024 * 1024);

test('cuts off a client that does not read its answer', async () => {
  const routes = { '/': () => ({ status: 200, type: plainText, body }) };
  const server = await serve({ host, port: 0, log: silent, routes, idleMs: 100 });
  onTestFinished(() => server.close());
  const client = connect({ host, port: server.port });
  client.on('error', () => {}); // it is cut off: that is the point
  await once(client, 'connect');
  client.pause();
  client.write('GET / HTTP/1.1\r\nhost: server\r\n\r\n');
  let isCut = false;
  client.on('close', () => (isCut = true));
  const sendsSomething = (): boolean => {
    client.write('\r\n');
    return isCut;
  };
  // Who does not read learns of it from what he sends; as that is a movement, too, the pauses are longer than what is idle.
  await expect.poll(sendsSomething, { interval: 1000, timeout: 20_000 }).toBe(true);
  expect(client.bytesRead).toBeLessThan(body.length);
});
