// The command `completion`: a script for a shell, made from the commands.
import { commandsOfPeople } from '../options/commands.ts';
import type { Shell } from '../options.ts';

/** Returns the exit code. */
export function completion(shell: Shell): number {
  const words = Object.keys(commandsOfPeople).join(' ');
  const scripts: Readonly<Record<Shell, string>> = {
    bash: `complete -W '${words}' gpu-provisioner`,
    zsh: `compdef '_arguments "1:command:(${words})"' gpu-provisioner`,
    fish: `complete -c gpu-provisioner -n __fish_use_subcommand -a '${words}'`,
  };
  process.stdout.write(`${scripts[shell]}\n`);
  return 0;
}
