// The script for fish: one line for each word that can be completed.
import type { Command, Flag, Grammar } from './grammar.ts';

export function fishScript(grammar: Grammar): string {
  return `# fish completion of gpu-provisioner: gpu-provisioner completion fish > ~/.config/fish/completions/gpu-provisioner.fish
${grammar.programs.flatMap((program) => linesOf(program, grammar)).join('\n')}
`;
}

function linesOf(program: string, { commands, usual }: Grammar): readonly string[] {
  const names = commands.map(({ name }) => name).join(' ');
  const none = `not __fish_seen_subcommand_from ${names}`;
  const own = (name: string): string =>
    name === usual ? `${none}; or __fish_seen_subcommand_from ${name}` : `__fish_seen_subcommand_from ${name}`;
  const complete = (condition: string, rest: string): string =>
    `complete -c ${program} -n ${quoted(condition)} ${rest}`;
  return [
    `complete -c ${program} -f`,
    ...commands.map(({ name, summary }) => complete(none, `-a ${name} -d ${quoted(summary)}`)),
    ...commands.flatMap((command) => [
      ...operandsOf(command).map((rest) => complete(own(command.name), rest)),
      ...command.flags.map((flag) => complete(own(command.name), flagOf(flag))),
    ]),
  ];
}

function operandsOf({ operands }: Command): readonly string[] {
  return operands.length === 0 ? [] : [`-a ${quoted(operands.join(' '))}`];
}

function flagOf({ help, name, short, value }: Flag): string {
  const spelling = short === undefined ? `-l ${name}` : `-s ${short} -l ${name}`;
  return `${spelling}${takes(value)} -d ${quoted(help)}`;
}

function takes(value: Flag['value']): string {
  switch (value.takes) {
    case 'nothing':
      return '';
    case 'words':
      return ` -x -a ${quoted(value.words.join(' '))}`;
    case 'file':
      return ' -r -F';
    case 'text':
      return ' -x';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
