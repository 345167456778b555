// The script for bash: no helper package is needed, and `--flag=value` is completed as well as `--flag value`.
import type { Command, Flag, Grammar } from './grammar.ts';

export function bashScript({ commands, programs, usual }: Grammar): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion of gpu-provisioner; in ~/.bashrc: source <(gpu-provisioner completion bash)
_gpu_provisioner() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous='' command='' word index
  ((COMP_CWORD > 0)) && previous=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash takes the sign of --flag=value for a word of its own.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ] && ((COMP_CWORD > 1)); then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${names.join('|')}) command=$word && break ;;
    esac
  done
  COMPREPLY=()
  case "\${command:-${usual}} $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  local flags='' words=''
  case $command in
    '')
      flags='${flagWords(commands.find(({ name }) => name === usual))}'
      words='${names.join(' ')}'
      ;;
${commands.map(commandCase).join('\n')}
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
  # What ends with a slash is written on.
  case \${COMPREPLY[0]-} in
    */) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _gpu_provisioner ${programs.join(' ')}
`;
}

function spellings({ name, short }: Flag): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function flagWords(command: Command | undefined): string {
  return (command?.flags ?? []).flatMap(spellings).join(' ');
}

function commandCase(command: Command): string {
  return `    ${command.name})
      flags='${flagWords(command)}'
      words='${command.operands.join(' ')}'
      ;;`;
}

/** What stands behind a flag that takes a value. */
function valueCases({ flags, name }: Command): readonly string[] {
  const patterns = (takes: Flag['value']['takes']): string =>
    flags
      .filter(({ value }) => value.takes === takes)
      .flatMap(spellings)
      .map((spelling) => `'${name} ${spelling}'`)
      .join(' | ');
  const worded = flags.flatMap((flag) => {
    if (flag.value.takes !== 'words') return [];
    const pattern = spellings(flag).map((spelling) => `'${name} ${spelling}'`);
    const reply = `COMPREPLY=($(compgen -W '${flag.value.words.join(' ')}' -- "$current"))`;
    return [`    ${pattern.join(' | ')})\n      ${reply}\n      return\n      ;;`];
  });
  const files = patterns('file');
  const texts = patterns('text');
  return [
    ...worded,
    ...(files === '' ? [] : [`    ${files})\n      COMPREPLY=($(compgen -f -- "$current"))\n      return\n      ;;`]),
    ...(texts === '' ? [] : [`    ${texts}) return ;;`]),
  ];
}
