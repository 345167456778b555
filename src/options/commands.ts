// The commands for people: what each takes, and what its --help says.
import { azure } from './azure.ts';
import { optionHelp } from './help.ts';
import { oneOf, text } from './kinds.ts';
import { defaulted, optional, type Optional, type Required, type Table, type Values } from './table.ts';

export const kubeconfig = optional(
  'kubeconfig',
  text,
  "Kubeconfig files; else the pod's own service account, else ~/.kube/config",
);

const asking = {
  output: {
    ...defaulted('output', oneOf(['text', 'json']), 'text', 'For people, or for programs (docs/cli.md has the shape)'),
    short: 'o',
    flagOnly: true,
  },
  namespace: {
    ...optional('namespace', text, "The controller's; else it is looked for in all namespaces"),
    flagOnly: true,
  },
  kubeconfig,
  context: {
    ...optional('context', text, 'Context of the kubeconfig; else its current one'),
    flagOnly: true,
  },
} satisfies Table;

// A doctor looks once.
const { armPollFastMs: _fast, armPollIdleMs: _idle, location: _location, ...identity } = azure;

/** The controller's own, none of them needed: without credentials the rest is looked at all the same. */
const ofDoctor = {
  ...asking,
  ...identity,
  subscriptionId: asOptional(azure.subscriptionId),
  resourceGroup: asOptional(azure.resourceGroup),
  clusterName: asOptional(azure.clusterName),
} satisfies Table;

function asOptional<T>({ flag, kind, help }: Required<T>): Optional<T> {
  return optional(flag, kind, help);
}

interface Command {
  readonly operand?: string;
  readonly table: Table;
  /** For the list of commands. */
  readonly summary: string;
  /** Beside the usage and the flags. */
  readonly about: string;
}

const exitCodes = `Exit codes: 0 nothing is wrong, 1 the question could not be answered, 2 a mistake in the
command line, 3 something is wrong: it is in the output.`;

export const commandsOfPeople = {
  status: {
    table: asking,
    summary: 'claims, leaked pools, the budget of Azure and the controller at a glance',
    about: `Shows every Machine, NodeClaim and Workspace, agent pools that nobody owns, and how the controller
is. It reads through the API server alone. What may not be read is named, and the rest is shown.

Something is wrong (3) when a claim was refused or is late, when a pool leaks, or when nobody leads.

${exitCodes}`,
  },
  why: {
    operand: 'NAME',
    table: asking,
    summary: 'why a claim, a Workspace, a Node or an agent pool is as it is, and what to do',
    about: `Tells what it is, how far it has come, what it waits for, the cause and the next step.

NAME is one of
  machine/NAME   nodeclaim/NAME   node/NAME   pool/NAME
  workspace/NAMESPACE/NAME        also NAMESPACE/NAME
  NAME           looked for in all of them; an error lists them where there are several

${exitCodes}
A name that nobody has ends with 1.`,
  },
  doctor: {
    table: ofDoctor,
    summary: 'whether identity, rights, CRDs and device plugins are in order, else what mends it',
    about: `Looks at what the controller leans on; each check passes, warns or fails, and says what mends it.
What cannot be looked at from here is skipped, and says what that needs. The checks of Azure need
the controller's identity: run it as a pod of the chart (helm test), or in one of the controller's.
docs/doctor.md has every check, and the shape of the JSON.

Exit codes: 0 no check failed, 1 one failed, 2 a mistake in the command line.`,
  },
  completion: {
    operand: 'SHELL',
    table: {},
    summary: 'a script that completes this command line: bash, zsh or fish',
    about: 'Prints the script. SHELL is bash, zsh or fish.',
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandOfPeople = keyof typeof commandsOfPeople;

export type StatusOptions = Values<typeof asking>;
export type WhyOptions = Values<typeof asking> & { readonly name: string };
export type DoctorOptions = Values<typeof ofDoctor>;

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function isCommandOfPeople(word: string | undefined): word is CommandOfPeople {
  return word !== undefined && Object.hasOwn(commandsOfPeople, word);
}

/** The text of `COMMAND --help`. */
export function helpOf(command: CommandOfPeople, program: string): string {
  const { about, table, ...rest } = commandsOfPeople[command];
  const operand = 'operand' in rest ? ` ${rest.operand}` : '';
  const flags = Object.keys(table).length === 0 ? '' : ' [flags]';
  return `Usage: ${program} ${command}${operand}${flags}

${about}
${flags === '' ? '' : `\n${optionHelp({ Flags: table })}`}`;
}
