// The controller as a process of its own that lives in a world's time, so that a scenario can kill it.
import { createLogger } from '../../src/observability/logger.ts';
import { runOperator } from '../../src/operator.ts';
import { parseOptions } from '../../src/options.ts';
import { WorldClock, type WorldTime } from './world-clock.ts';

const time: WorldTime = JSON.parse(process.argv[2] ?? '{}');
const invocation = parseOptions({ argv: [], env: process.env });
if (!invocation.ok || invocation.command !== 'run') throw new Error('The environment asks for no controller');
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Error('Stopped by SIGTERM')));
// Whoever started us is gone, and nobody would ever stop us.
process.on('disconnect', () => process.exit(1));
process.exit(
  await runOperator(invocation.options, {
    signal: stop.signal,
    log: createLogger({ level: 'debug' }),
    clock: new WorldClock(time),
    onListening: ({ health }) => process.send?.(health),
  }),
);
