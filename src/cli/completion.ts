// The command `completion`: a script for a shell, made from the table of commands and their options.
import { everyCommand, type Shell } from '../options.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { grammarOf, type Grammar } from './completion/grammar.ts';
import { zshScript } from './completion/zsh.ts';
import { say } from './printing/say.ts';

const scripts: Readonly<Record<Shell, (grammar: Grammar) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Resolves to the exit code. */
export async function completion(shell: Shell): Promise<number> {
  await say(scripts[shell](grammarOf(everyCommand)));
  return 0;
}
