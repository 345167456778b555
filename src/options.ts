// From a command line and an environment to a command and its options, and the text of --help.
import {
  commandsOfPeople,
  helpOf,
  isCommandOfPeople,
  kubeconfig,
  shells,
  type CommandOfPeople,
  type DoctorOptions,
  type Shell,
  type StatusOptions,
  type WhyOptions,
} from './options/commands.ts';
import {
  controllerSections,
  controllerTable,
  disorders,
  logLevel,
  ownDeployment,
  type Options,
} from './options/controller.ts';
import { optionHelp } from './options/help.ts';
import { duration } from './options/kinds.ts';
import { parseTable, type Input, type Parsed } from './options/parse.ts';
import { nearest } from './options/suggestion.ts';
import { defaulted, type Table, type Values } from './options/table.ts';

export { effectiveOptions, type Options } from './options/controller.ts';
export type { DoctorOptions, Shell, StatusOptions, WhyOptions } from './options/commands.ts';

// Of the command release-nodes, which takes nothing of Azure and no lease.
const release = {
  stopTimeoutMs: defaulted('stop-timeout', duration(), 120_000, 'The pods of the controller must be gone within this'),
} satisfies Table;
const releaseTable = { ...ownDeployment, ...release, kubeconfig, logLevel };

const sections = {
  ...controllerSections,
  'Of release-nodes, beside --kubeconfig, --log-level and --deployment-*': release,
};
export interface CommandOfTable {
  readonly name: string;
  readonly summary: string;
  readonly table: Table;
}

const ofController = [
  { name: 'run', summary: 'the controller', table: controllerTable },
  {
    name: 'release-nodes',
    summary: 'before it is uninstalled: stops it, and takes its finalizers off the Nodes',
    table: releaseTable,
  },
] as const satisfies readonly CommandOfTable[];

const ofPeople: readonly CommandOfTable[] = Object.entries(commandsOfPeople).map(([name, { summary, table }]) => ({
  name,
  summary,
  table,
}));

/** In the order of the help; `run` may be left out on the command line. */
export const everyCommand: readonly CommandOfTable[] = [...ofController, ...ofPeople];

const listed = (commands: readonly CommandOfTable[]): string =>
  commands.map(({ name, summary }) => `  ${name.padEnd(14)}  ${summary}\n`).join('');

const synopsis = (
  program: string,
): string => `gpu-provisioner: turns Machines and NodeClaims into GPU nodes on Azure Kubernetes Service

Usage: ${program} [run] [flags]
       ${program} COMMAND [flags]

${listed(ofController)}
For people, each with a --help of its own:
${listed(ofPeople)}
Every flag below has a twin in the environment, named beside it; the flag wins. Other names that
charts of the Go provisioner set are ignored.

  -h, --help      this text
  --version       the version
`;

export type ReleaseNodesOptions = Values<typeof releaseTable> & { readonly deploymentNamespace: string };

/** What the command line and the environment ask for. */
export type Invocation =
  | { readonly ok: true; readonly command: 'run'; readonly options: Options }
  | { readonly ok: true; readonly command: 'release-nodes'; readonly options: ReleaseNodesOptions }
  | { readonly ok: true; readonly command: 'status'; readonly options: StatusOptions }
  | { readonly ok: true; readonly command: 'why'; readonly options: WhyOptions }
  | { readonly ok: true; readonly command: 'doctor'; readonly options: DoctorOptions }
  | { readonly ok: true; readonly command: 'completion'; readonly shell: Shell }
  | { readonly ok: true; readonly command: 'version' }
  /** Without `of`, that of the whole program. */
  | { readonly ok: true; readonly command: 'help'; readonly of?: CommandOfPeople }
  /** A line for each mistake, ready to print. */
  | { readonly ok: false; readonly exitCode: 2; readonly message: string };

/** Mistakes do not hide each other: all of them are in the message. */
export function parseOptions(input: Input & { readonly podNamespace?: string }): Invocation {
  const namespace =
    [input.podNamespace, input.env['SYSTEM_NAMESPACE']].find((name) => name?.trim()) ?? 'gpu-provisioner';
  // Only in front, since their flags are others, and what follows a flag may be its value.
  const [first] = input.argv;
  if (isCommandOfPeople(first)) return askedByPeople(first, input);
  if (first === 'release-nodes') {
    const parsed = parseTable(releaseTable, { command: 'release-nodes' }, input);
    if (parsed.outcome !== 'read') return answerTo(parsed);
    return { ok: true, command: 'release-nodes', options: { deploymentNamespace: namespace, ...parsed.values } };
  }
  if (first !== undefined && first !== 'run' && !first.startsWith('-')) return mistaken([unknownCommand(first)]);
  const parsed = parseTable(controllerTable, { command: 'run' }, input);
  if (parsed.outcome !== 'read') return answerTo(parsed);
  const problems = disorders(parsed.values);
  if (problems.length > 0) return mistaken(problems);
  return {
    ok: true,
    command: 'run',
    options: { leaderElectionNamespace: namespace, deploymentNamespace: namespace, ...parsed.values },
  };
}

function askedByPeople(command: CommandOfPeople, input: Input & { readonly podNamespace?: string }): Invocation {
  const ofPod = input.podNamespace === undefined ? {} : { namespace: input.podNamespace };
  switch (command) {
    case 'status': {
      const parsed = parseTable(commandsOfPeople.status.table, { command }, input);
      if (parsed.outcome !== 'read') return answerTo(parsed, command);
      return { ok: true, command, options: { ...ofPod, ...parsed.values } };
    }
    case 'why': {
      const parsed = parseTable(commandsOfPeople.why.table, { command, operand: 'NAME' }, input);
      if (parsed.outcome !== 'read') return answerTo(parsed, command);
      return { ok: true, command, options: { ...ofPod, ...parsed.values, name: parsed.operand } };
    }
    case 'doctor': {
      const parsed = parseTable(commandsOfPeople.doctor.table, { command }, input);
      if (parsed.outcome !== 'read') return answerTo(parsed, command);
      return { ok: true, command, options: { ...ofPod, ...parsed.values } };
    }
    case 'completion': {
      const parsed = parseTable(commandsOfPeople.completion.table, { command, operand: 'SHELL' }, input);
      if (parsed.outcome !== 'read') return answerTo(parsed, command);
      const shell = shells.find((known) => known === parsed.operand);
      if (shell === undefined)
        return mistaken([`Unknown shell ${JSON.stringify(parsed.operand)}: expected one of ${shells.join(', ')}`]);
      return { ok: true, command, shell };
    }
  }
}

function answerTo(parsed: Exclude<Parsed<Table>, { readonly outcome: 'read' }>, of?: CommandOfPeople): Invocation {
  if (parsed.outcome !== 'asked') return mistaken(parsed.problems);
  if (parsed.command === 'version') return { ok: true, command: 'version' };
  return { ok: true, command: 'help', ...(of === undefined ? {} : { of }) };
}

function unknownCommand(word: string): string {
  const suggestion = nearest(
    word,
    everyCommand.map(({ name }) => name),
  );
  return `Unknown command ${word}${suggestion === undefined ? ' (see --help)' : `; did you mean ${suggestion}?`}`;
}

function mistaken(problems: readonly string[]): Invocation {
  return { ok: false, exitCode: 2, message: problems.join('\n') };
}

/** The text of `--help`, of the whole program or of one command, as called by this name. */
export function helpText({
  of,
  program = 'gpu-provisioner',
}: { readonly of?: CommandOfPeople; readonly program?: string } = {}): string {
  return of === undefined ? `${synopsis(program)}\n${optionHelp(sections)}` : helpOf(of, program);
}
