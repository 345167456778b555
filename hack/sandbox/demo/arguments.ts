// The demo's command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, YAMLParseError } from 'yaml';
import { isThing, type Thing } from './thing.ts';

export interface DemoArguments {
  readonly machine: Thing;
  readonly keep: boolean;
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
}

export class BadArguments extends Error {
  readonly code = 'BadArguments';
}

const usual = join(import.meta.dirname, 'machine.yaml');
export const usage = `npm run demo [-- [-f FILE] [--keep] [--time-scale N]]

  -f, --file FILE    the Machine to create, as YAML or JSON (default hack/sandbox/demo/machine.yaml)
  --keep             leave the node and everything else running, and say how to use kubectl
  --time-scale N     let N emulated seconds pass in one (default 10; 1 is as slow as Azure)
`;

/** Undefined when help was asked for. Throws BadArguments with a line for a person. */
export function demoArguments(argv: readonly string[]): DemoArguments | undefined {
  const { help, file, keep, 'time-scale': scale } = options(argv);
  if (help) return undefined;
  const timeScale = Number(scale);
  if (!(timeScale >= 0.1 && timeScale <= 1000)) {
    throw new BadArguments(`Malformed --time-scale "${scale}": expected a number from 0.1 to 1000`);
  }
  return { machine: machineIn(file), keep, timeScale };
}

function options(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        file: { type: 'string', short: 'f', default: usual },
        keep: { type: 'boolean', default: false },
        'time-scale': { type: 'string', default: '10' },
      },
    }).values;
  } catch (cause) {
    throw new BadArguments(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function machineIn(file: string): Thing {
  const object = contentOf(file);
  if (!isThing(object) || object.kind !== 'Machine') {
    throw new BadArguments(`Cannot use ${file}: expected one object of kind Machine with a name`);
  }
  return object;
}

function contentOf(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof YAMLParseError || (cause instanceof Error && 'syscall' in cause)) {
      throw new BadArguments(`Cannot read ${file}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}
