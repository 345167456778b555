// A port that a controller will have: Prometheus must know it long before, and nobody else may get it meanwhile.
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface HeldPort extends AsyncDisposable {
  readonly port: number;
  /** Resolves with the number when whoever needs it may listen there. Twice does nothing. */
  release(): Promise<number>;
}

/** Of loopback. Who asks there meanwhile is cut off. */
export async function holdPort(): Promise<HeldPort> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // it may have hung up itself
    // Without a trace: the port must be free at once.
    socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const release = async (): Promise<number> => {
    if (!server.listening) return port;
    server.close();
    await once(server, 'close');
    return port;
  };
  return {
    port,
    release,
    async [Symbol.asyncDispose]() {
      await release();
    },
  };
}
