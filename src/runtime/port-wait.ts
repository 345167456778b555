// A port that another process still has is waited for: on the network of a host the predecessor may need a minute to end.
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import { pause } from './pause.ts';

/** Nobody may listen there: no wait changes it. */
export class PortUnusable extends Error {
  readonly code = 'PORT_UNUSABLE';

  constructor(message: string, options: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'PortUnusable';
  }
}

export interface PortWaitOptions {
  readonly port: number;
  /** The setting that says another one. */
  readonly setting: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Told each time that the port was taken, in words. */
  readonly onTaken?: (why: string) => void;
}

const retryMs = 2000;

/** What `listen` resolves with; undefined when `signal` aborts before. Throws PortUnusable, and whatever else `listen` throws. */
export async function whenFree<T>(listen: () => Promise<T>, options: PortWaitOptions): Promise<T | undefined> {
  const { port, setting, clock, log, signal, onTaken } = options;
  do {
    try {
      return await listen();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
        const why = code === 'EACCES' ? 'it needs a right that this process has not' : 'the host has no such address';
        throw new PortUnusable(`Cannot listen on port ${port}: ${why}; set ${setting} or BIND_ADDRESS`, {
          cause: error,
        });
      }
      if (code !== 'EADDRINUSE') throw error;
      const taken = `port ${port} is taken by another process; free it or set ${setting}`;
      log.warn({ port, setting }, 'port is taken; it is waited for');
      onTaken?.(taken);
    }
  } while (await pause(retryMs, { clock, signal }));
  return undefined;
}
