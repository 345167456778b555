import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { expect, test } from 'vitest';
import { loopbackCertificate } from './tls.ts';

test('loopbackCertificate is accepted by a client that trusts its authority, and by no other', async () => {
  const { ca, cert, key } = await loopbackCertificate('sandbox');
  const server = createServer({ cert, key }, (_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    const status = await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(200);
    await expect(
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
      }),
    ).rejects.toThrow(/certificate/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
