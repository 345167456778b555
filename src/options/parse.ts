// From a command line and an environment to the values of a table, with every mistake named.
import { parseArgs } from 'node:util';
import { nearest } from './suggestion.ts';
import { envNameOf, type Option, type Table, type Values } from './table.ts';

export interface Input {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The words of a command line that are no flags. */
export interface Words {
  /** May be left out. */
  readonly command: string;
  /** The placeholder of the one word that has to follow the command: NAME. */
  readonly operand?: string;
}

export type Parsed<T extends Table> =
  | { readonly outcome: 'asked'; readonly command: 'help' | 'version' }
  /** `operand` is the empty text where the command takes none. */
  | { readonly outcome: 'read'; readonly operand: string; readonly values: Values<T> }
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
export function parseTable<T extends Table>(table: T, words: Words, input: Input): Parsed<T> {
  const line = readCommandLine(table, input.argv);
  if (line.asked.has('help')) return { outcome: 'asked', command: 'help' };
  if (line.asked.has('version')) return { outcome: 'asked', command: 'version' };
  const problems = [...line.problems];
  // What follows an unknown flag may have been meant as its value.
  if (problems.length === 0) problems.push(...disordered(line.positionals, words));
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
    ? { outcome: 'read', operand: line.positionals[1] ?? '', values }
    : { outcome: 'mistaken', problems };
}

function disordered([command, ...rest]: readonly string[], words: Words): string[] {
  const known = command === undefined || command === words.command;
  const surplus = words.operand === undefined ? rest : rest.slice(1);
  return [
    ...(known ? [] : [unknown('command', command, [words.command])]),
    ...(words.operand === undefined || rest.length > 0
      ? []
      : [`Missing ${words.operand}: ${words.command} ${words.operand}`]),
    ...surplus.map((word) => `Unexpected argument ${JSON.stringify(word)}`),
  ];
}

function isComplete<T extends Table>(table: T, values: object): values is Values<T> {
  return Object.entries(table).every(([key, option]) => option.need === 'optional' || key in values);
}

function readCommandLine(table: Table, argv: readonly string[]): CommandLine {
  const switches = ['help', 'version'];
  const valued: string[] = [];
  const shorts = new Map([['help', { short: 'h' }]]);
  for (const option of Object.values(table)) {
    (option.kind.placeholder === undefined ? switches : valued).push(option.flag);
    const opposite = option.opposite;
    if (opposite !== undefined) switches.push(opposite);
    if (option.short !== undefined) shorts.set(option.flag, { short: option.short });
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(valued.map((flag) => [flag, { type: 'string', ...shorts.get(flag) } as const])),
      ...Object.fromEntries(switches.map((flag) => [flag, { type: 'boolean', ...shorts.get(flag) } as const])),
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
    // Of `-o=json` it leaves the sign on the value.
    else written.set(flag, { name, flag, value: name.startsWith('--') ? value : value.replace(/^=/, '') });
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
  const twins = option.flagOnly === true ? [] : flags;
  const sources = given.length > 0 ? given : twins.flatMap((flag) => fromEnvironment(flag, env));
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
