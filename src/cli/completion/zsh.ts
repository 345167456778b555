// The script for zsh: what `_arguments` of its own completion system is told.
import type { Command, Flag, Grammar } from './grammar.ts';

export function zshScript({ commands, programs, usual }: Grammar): string {
  const listed = commands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', String.raw`\:`)}`)}`,
  );
  const flags = commands.find(({ name }) => name === usual)?.flags ?? [];
  return `#compdef ${programs.join(' ')}
# zsh completion of gpu-provisioner; in ~/.zshrc, after compinit: source <(gpu-provisioner completion zsh)
_gpu_provisioner() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${listed.join('\n')}
  )
  _arguments -C \\
${flags
  .flatMap(specsOf)
  .map((spec) => `    ${spec} \\`)
  .join('\n')}
    '1: :->command' \\
    '*:: :->rest' && return 0
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = _gpu_provisioner ]; then
  _gpu_provisioner "$@"
else
  compdef _gpu_provisioner ${programs.join(' ')}
fi
`;
}

function commandCase({ flags, name, operands }: Command): string {
  const specs = flags.flatMap(specsOf);
  // Without a space where the word is to be written on.
  const space = operands.some((word) => word.endsWith('/')) ? String.raw`compadd -S "" -- ` : 'compadd -- ';
  const operand = operands.length === 0 ? [] : [quoted(`1: :{ ${space}${operands.join(' ')} }`)];
  return `        ${name})
          _arguments ${[...specs, ...operand].map((spec) => `\\\n            ${spec}`).join(' ')}
          ;;`;
}

/** `--name=` takes its value behind the sign or as the next word. */
function specsOf({ help, name, short, value }: Flag): readonly string[] {
  const action = value.takes === 'words' ? `(${value.words.join(' ')})` : value.takes === 'file' ? '_files' : ' ';
  const about = `[${escaped(help)}]${value.takes === 'nothing' ? '' : `:value:${action}`}`;
  const long = `--${name}${value.takes === 'nothing' ? '' : '='}`;
  return short === undefined
    ? [quoted(`${long}${about}`)]
    : [quoted(`(--${name})-${short}${about}`), quoted(`(-${short})${long}${about}`)];
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
