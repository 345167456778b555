// Free ports of this machine, for programs that cannot pick one themselves.
import { once } from 'node:events';
import { createServer } from 'node:net';

class NoPort extends Error {
  readonly code = 'NoPort';
}

/**
 * `count` different ports of loopback that were free a moment ago. Nothing holds them: whoever uses one must be ready
 * to hear that somebody else was faster.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  try {
    return await Promise.all(
      servers.map(async (server) => {
        if (!server.listening) await once(server, 'listening');
        const address = server.address();
        if (address === null || typeof address === 'string') throw new NoPort('Cannot find a free port on loopback');
        return address.port;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
