// The default command: the controller, until a signal or its own failure ends it.
import { createLogger } from '../observability/logger.ts';
import { runOperator } from '../operator.ts';
import { effectiveOptions, type Options } from '../options.ts';
import { version } from '../version.ts';
import { exitOnCrash } from './crash.ts';
import { stopSignal } from './stop-signal.ts';

/** Resolves to the exit code of the process. */
export async function run(options: Options): Promise<number> {
  const log = createLogger({ level: options.logLevel });
  exitOnCrash(log);
  log.info({ version, node: process.versions.node, options: effectiveOptions(options) }, 'starting');
  if (options.featureGates !== undefined) {
    log.info({ featureGates: options.featureGates }, 'feature gates of the Go provisioner have no effect here');
  }
  try {
    return await runOperator(options, { signal: stopSignal(log), log });
  } catch (error) {
    log.fatal({ err: error }, 'the controller failed');
    return 1;
  }
}
