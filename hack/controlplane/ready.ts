// Knows when the API server is worth talking to.
import { Agent, request } from 'undici';
import { systemClock } from '../../src/clock.ts';

const pollMs = 100;

/**
 * Resolves when the API server calls itself ready and has made the namespace `default`, which it does a little later.
 * Rejects with the signal's reason.
 */
export async function untilServing(server: {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const dispatcher = new Agent({ connect: { ca: server.ca } });
  try {
    for (const path of ['/readyz', '/api/v1/namespaces/default']) {
      while (!(await answers(path, server, dispatcher))) await systemClock.sleep(pollMs, { signal: server.signal });
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function answers(
  path: string,
  { url, token, signal }: { readonly url: string; readonly token: string; readonly signal: AbortSignal },
  dispatcher: Agent,
): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${url}${path}`, {
      dispatcher,
      signal,
      headers: { authorization: `Bearer ${token}` },
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    signal.throwIfAborted();
    // Not listening yet.
    return false;
  }
}
