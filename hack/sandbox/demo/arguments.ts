// The demo's command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, YAMLParseError } from 'yaml';
import { binaryOf, ToolMissing } from '../../tools/binaries.ts';
import { fillIn } from './placeholders.ts';
import { isThing, type Thing } from './thing.ts';

export interface DemoArguments {
  /** A Workspace or a Machine. */
  readonly wanted: Thing;
  /** What the demo filled into it, for a person. */
  readonly notes: readonly string[];
  readonly keep: boolean;
  /** On a real control plane. */
  readonly real: boolean;
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
}

export class BadArguments extends Error {
  readonly code = 'BadArguments';
}

const controlPlane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const usual = join(import.meta.dirname, '../../../docs/workspaces/inference-phi-3.yaml');
const kinds = new Set(['Workspace', 'Machine']);
export const usage = `npm run demo [-- [-f FILE] [--keep] [--real] [--time-scale N]]

  -f, --file FILE    the Workspace or Machine to create, as YAML or JSON (default docs/workspaces/inference-phi-3.yaml;
                     hack/sandbox/demo/machine.yaml is a Machine)
  --keep             leave the node and everything else running, and say how to use kubectl
  --real             run it on etcd, kube-apiserver, controller manager and scheduler (\`npm run tools\` builds them)
  --time-scale N     let N emulated seconds pass in one (default 10; 1 is as slow as Azure)
`;

/** Undefined when help was asked for. Throws BadArguments with a line for a person. */
export function demoArguments(argv: readonly string[]): DemoArguments | undefined {
  const { help, file, keep, real, 'time-scale': scale } = options(argv);
  if (help) return undefined;
  const timeScale = Number(scale);
  if (!(timeScale >= 0.1 && timeScale <= 1000)) {
    throw new BadArguments(`Malformed --time-scale "${scale}": expected a number from 0.1 to 1000`);
  }
  if (real) checkTools();
  return { ...objectIn(file), keep, real, timeScale };
}

function options(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        file: { type: 'string', short: 'f', default: usual },
        keep: { type: 'boolean', default: false },
        real: { type: 'boolean', default: false },
        'time-scale': { type: 'string', default: '10' },
      },
    }).values;
  } catch (cause) {
    throw new BadArguments(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Throws BadArguments when a program of the control plane is not there. */
function checkTools(): void {
  try {
    for (const name of controlPlane) binaryOf(name);
  } catch (cause) {
    if (!(cause instanceof ToolMissing)) throw cause;
    throw new BadArguments(
      `A real control plane needs ${controlPlane.join(', ')}: run \`npm run tools -- ${controlPlane.join(' ')}\` first (Go; about ten minutes)`,
      { cause },
    );
  }
}

function objectIn(file: string): Pick<DemoArguments, 'wanted' | 'notes'> {
  const { text, notes } = fillIn(textOf(file));
  const wanted = parsed(file, text);
  if (!isThing(wanted) || !kinds.has(wanted.kind ?? '')) {
    throw new BadArguments(`Cannot use ${file}: expected one object of kind Workspace or Machine with a name`);
  }
  return { wanted, notes };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new BadArguments(`Cannot read ${file}: ${cause.message}`, { cause });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new BadArguments(`Cannot read ${file}: ${cause.message}`, { cause });
  }
}
