// What happens when a mistake of ours surfaces: one line that says where, and an end. Kubernetes starts us again.
import type { Logger } from '../observability/logger.ts';

/** An exception that nobody caught, or a promise whose rejection nobody handled, ends the process with 1. */
export function exitOnCrash(log: Logger): void {
  // Unhandled rejections arrive here too, with an origin of their own.
  process.on('uncaughtException', (error, origin) => {
    try {
      log.fatal({ err: error, origin }, 'crashed');
    } finally {
      // Even when the log's own pipe is what broke.
      process.exit(1);
    }
  });
}
