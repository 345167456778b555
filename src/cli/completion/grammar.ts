// What a shell may complete: commands, their flags, and what a flag or a command takes.
import type { Option } from '../../options/table.ts';
import type { CommandOfTable } from '../../options.ts';
import { shells } from '../../options/commands.ts';

type Value =
  /** A switch. */
  | { readonly takes: 'nothing' }
  | { readonly takes: 'words'; readonly words: readonly string[] }
  | { readonly takes: 'file' }
  | { readonly takes: 'text' };

export interface Flag {
  /** Without dashes. */
  readonly name: string;
  readonly short: string | undefined;
  readonly value: Value;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What follows the command itself; a word that ends with `/` is to be written on. */
  readonly operands: readonly string[];
}

export interface Grammar {
  readonly programs: readonly string[];
  readonly commands: readonly Command[];
  /** Whose flags may stand without a command. */
  readonly usual: string;
}

/** As a program, and as the file that kubectl runs for `kubectl gpu_provisioner`. */
const programs = ['gpu-provisioner', 'kubectl-gpu_provisioner'] as const;

const operands: ReadonlyMap<string, readonly string[]> = new Map([
  // Their names would take a request to the API server, and a second, for each press of the key.
  ['why', ['machine/', 'nodeclaim/', 'workspace/', 'node/', 'pool/']],
  ['completion', [...shells]],
]);

const ofAll: readonly Flag[] = [
  { name: 'help', short: 'h', value: { takes: 'nothing' }, help: 'Show the help' },
  { name: 'version', short: undefined, value: { takes: 'nothing' }, help: 'Show the version' },
];

export function grammarOf(commands: readonly CommandOfTable[]): Grammar {
  return {
    programs,
    usual: 'run',
    commands: commands.map(({ name, summary, table }) => ({
      name,
      summary,
      flags: [...Object.values(table).flatMap(flagsOf), ...ofAll],
      operands: operands.get(name) ?? [],
    })),
  };
}

function flagsOf(option: Option<unknown>): readonly Flag[] {
  const { flag, help, opposite, short } = option;
  const first = { name: flag, short, value: valueOf(option), help };
  return opposite === undefined ? [first] : [first, { ...first, name: opposite, short: undefined }];
}

function valueOf({ flag, kind }: Option<unknown>): Value {
  if (kind.placeholder === undefined) return { takes: 'nothing' };
  if (kind.words !== undefined) return { takes: 'words', words: kind.words };
  return flag === 'kubeconfig' || flag.endsWith('-file') ? { takes: 'file' } : { takes: 'text' };
}
