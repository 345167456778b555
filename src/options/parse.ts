// From a command line and an environment to the values of a table, with every mistake named.
import { parseArgs } from 'node:util';
import { nearest } from './suggestion.ts';
import { envNameOf, type Option, type Table, type Values } from './table.ts';

export interface Input {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Parsed<T extends Table> =
  | { readonly outcome: 'asked'; readonly command: 'help' | 'version' }
  | { readonly outcome: 'read'; readonly command: string | undefined; readonly values: Values<T> }
  /** One line for each mistake. */
  | { readonly outcome: 'mistaken'; readonly problems: readonly string[] };

/** A value as it was written, and by which name. */
interface Written {
  readonly name: string;
  readonly flag: string;
  readonly value: string;
}

interface CommandLine {
  readonly asked: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** By flag; the last one wins, as in Go. */
  readonly written: ReadonlyMap<string, Written>;
  readonly problems: readonly string[];
}

/** A flag wins over the environment; an empty environment value counts as absent; white space around is dropped. */
export function parseTable<T extends Table>(table: T, commands: readonly string[], input: Input): Parsed<T> {
  const line = readCommandLine(table, input.argv);
  if (line.asked.has('help')) return { outcome: 'asked', command: 'help' };
  if (line.asked.has('version')) return { outcome: 'asked', command: 'version' };
  const [command] = line.positionals;
  const problems = [...line.problems];
  // What follows an unknown flag may have been meant as its value.
  if (problems.length === 0) problems.push(...disordered(line.positionals, commands));
  const values: Record<string, unknown> = {};
  const missing: string[] = [];
  for (const [key, option] of Object.entries(table)) {
    const read = readValue(option, line, input.env);
    problems.push(...read.problems);
    if (read.value !== undefined) values[key] = read.value;
    else if (option.need === 'defaulted') values[key] = option.fallback;
    else if (option.need === 'required' && read.problems.length === 0) missing.push(envNameOf(option.flag));
  }
  if (missing.length > 0)
    problems.push(
      `Missing ${missing.join(', ')}: set ${missing.length > 1 ? 'them' : 'it'} in the environment or by flag (--help)`,
    );
  return problems.length === 0 && isComplete(table, values)
    ? { outcome: 'read', command, values }
    : { outcome: 'mistaken', problems };
}

function disordered([command, ...surplus]: readonly string[], commands: readonly string[]): string[] {
  const known = command === undefined || commands.includes(command);
  return [
    ...(known ? [] : [unknown('command', command, commands)]),
    ...surplus.map((word) => `Unexpected argument ${JSON.stringify(word)}`),
  ];
}

function isComplete<T extends Table>(table: T, values: object): values is Values<T> {
  return Object.entries(table).every(([key, option]) => option.need === 'optional' || key in values);
}

function readCommandLine(table: Table, argv: readonly string[]): CommandLine {
  const switches = ['help', 'version'];
  const valued: string[] = [];
  for (const option of Object.values(table)) {
    (option.kind.placeholder === undefined ? switches : valued).push(option.flag);
    const opposite = option.opposite;
    if (opposite !== undefined) switches.push(opposite);
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(valued.map((flag) => [flag, { type: 'string' } as const])),
      ...Object.fromEntries(switches.map((flag) => [flag, { type: 'boolean' } as const])),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const asked = new Set<string>();
  const positionals: string[] = [];
  const written = new Map<string, Written>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name: flag, rawName: name, value } = token;
    if (flag === 'help' || flag === 'version') asked.add(flag);
    else if (switches.includes(flag)) written.set(flag, { name, flag, value: value ?? 'true' });
    else if (!valued.includes(flag))
      problems.push(
        unknown(
          'flag',
          name,
          [...switches, ...valued].map((known) => `--${known}`),
        ),
      );
    // parseArgs takes the next flag for the value of this one.
    else if (value === undefined || (!token.inlineValue && value.startsWith('--')))
      problems.push(`Missing value of ${name}`);
    else written.set(flag, { name, flag, value });
  }
  return { asked, positionals, written, problems };
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return `Unknown ${what} ${word}${suggestion === undefined ? ' (see --help)' : `; did you mean ${suggestion}?`}`;
}

function readValue(
  option: Option<unknown>,
  line: CommandLine,
  env: Input['env'],
): { readonly value?: unknown; readonly problems: readonly string[] } {
  const opposite = option.opposite;
  const flags = opposite === undefined ? [option.flag] : [option.flag, opposite];
  const given = flags.flatMap((flag) => line.written.get(flag) ?? []);
  const sources = given.length > 0 ? given : flags.flatMap((flag) => fromEnvironment(flag, env));
  const problems: string[] = [];
  const values: unknown[] = [];
  for (const { name, flag, value: written } of sources) {
    const value = option.kind.parse(written.trim());
    if (value === undefined) problems.push(`Malformed ${name} ${shown(written)}: expected ${option.kind.expected}`);
    else values.push(flag === opposite ? value !== true : value);
  }
  if (values.some((value) => value !== values[0])) {
    problems.push(`Contradiction: ${sources.map(({ name, value }) => `${name}=${value}`).join(' and ')}`);
  }
  return { value: values[0], problems };
}

function fromEnvironment(flag: string, env: Input['env']): Written[] {
  const name = envNameOf(flag);
  const value = env[name] ?? '';
  return value.trim() === '' ? [] : [{ name, flag, value }];
}

/** A value as a complaint may quote it: without the password of an address. */
function shown(written: string): string {
  return JSON.stringify(written.replace(/\/\/[^/]*@/g, '//***@'));
}
