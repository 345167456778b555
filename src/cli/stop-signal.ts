// How Kubernetes, or a person at a terminal, asks the process to stop.
import type { Logger } from '../observability/logger.ts';

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process with 1 at once. */
export function stopSignal(log: Logger): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      log.warn({ signal: name }, 'asked to stop again; leaving at once');
      process.exit(1);
    }
    log.info({ signal: name }, 'asked to stop');
    controller.abort(new Error(`Stopped by ${name}`));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return controller.signal;
}
