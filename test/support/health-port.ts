// Where a controller that a test starts as a process answers probes: it took the port itself, and its log says which.
import type { Readable } from 'node:stream';

/** What its log says so far; undefined: nothing yet. */
export function healthPortIn(log: string): number | undefined {
  const [, port] = /"healthPort":(\d+)/.exec(log) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** That a process took by itself: one that only seems to be free may be somebody else's by then. */
export function healthPortOf(log: Readable): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  let said = '';
  // It goes on to read: a process whose output nobody takes ends.
  log.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const port = healthPortIn(said);
    if (port !== undefined) found(port);
  });
  log.on('end', () => reject(new RangeError(`The process ended before it answered probes: ${said}`)));
  return promise;
}
