// Ports that are taken are waited for, with real sockets; those that nobody may have are not.
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { LogLines, silent } from '../../test/support/kube-fixture.ts';
import { startHealthServer } from './health.ts';
import { whenFree } from './port-wait.ts';

const host = '127.0.0.1';

/** Somebody else who listens; answers the port and the way to end it. */
async function somebody(): Promise<{ readonly port: number; readonly leave: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const leave = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  onTestFinished(async () => (server.listening ? leave() : undefined));
  return { port: typeof address === 'object' && address !== null ? address.port : 0, leave };
}

describe('whenFree', () => {
  test('waits for a port that is taken, says so, and listens when it is free', async () => {
    const { port, leave } = await somebody();
    const clock = new FakeClock();
    const logs = new LogLines();
    const taken: string[] = [];
    const listening = whenFree(() => startHealthServer({ host, port, checks: [], log: silent }), {
      port,
      setting: 'HEALTH_PROBE_PORT',
      clock,
      log: logs.log,
      signal: new AbortController().signal,
      onTaken: (why) => taken.push(why),
    });
    await eventually(() => taken.length > 0);
    expect(taken).toEqual([`port ${port} is taken by another process; free it or set HEALTH_PROBE_PORT`]);
    expect(logs.messages()).toEqual(['port is taken; it is waited for']);
    await leave();
    await clock.advanceUntil(() => clock.pendingMs.length === 0, { stepMs: 2000 });
    const server = await listening;
    expect(server?.port).toBe(port);
    await server?.close();
  });

  test('ends with the stop', async () => {
    const { port } = await somebody();
    const stop = new AbortController();
    const listening = whenFree(() => startHealthServer({ host, port, checks: [], log: silent }), {
      port,
      setting: 'HEALTH_PROBE_PORT',
      clock: new FakeClock(),
      log: silent,
      signal: stop.signal,
      onTaken: () => stop.abort(),
    });
    await expect(listening).resolves.toBeUndefined();
  });

  test('waits for no address that the host has not, and lets other errors through', async () => {
    const options = {
      port: 1,
      setting: 'P',
      clock: new FakeClock(),
      log: silent,
      signal: new AbortController().signal,
    };
    // Of the block for documentation (RFC 5737): no host has it.
    const elsewhere = whenFree(
      () => startHealthServer({ host: '192.0.2.1', port: 0, checks: [], log: silent }),
      options,
    );
    await expect(elsewhere).rejects.toMatchObject({ code: 'PORT_UNUSABLE', message: expect.stringContaining('set P') });
    await expect(whenFree(() => Promise.reject(new TypeError('bug')), options)).rejects.toThrow('bug');
  });
});
