// The commands of our pages: what a reader types is what a test runs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const fence = /^( *)```sh\n([\s\S]*?)^\1```$/gmu;
const nextHeading = /^#{1,6} /mu;

/** A page that lost what a test runs of it. */
class CommandMissing extends Error {
  readonly code = 'CommandMissing';
}

/**
 * The commands below a heading and before the next one, in their order: each in one line, without its comment. Throws
 * CommandMissing when there are none.
 */
export async function commandsOf(page: string, heading: string): Promise<readonly string[]> {
  const [, after = ''] = (await readFile(join(root, page), 'utf8')).split(`# ${heading}\n`);
  // A comment in a fence looks like a heading.
  const fences = [...after.slice(0, endOf(after)).matchAll(fence)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
  );
  const lines = fences.flatMap((text) => text.replaceAll(/ *\\\n\s*/gu, ' ').split('\n'));
  const commands = lines.map((line) => line.replace(/(?:^|\s+)#.*$/u, '')).filter((line) => line !== '');
  if (commands.length === 0) throw new CommandMissing(`"${heading}" of ${page} has no commands`);
  return commands;
}

/** The commands from the only one that begins so. Throws CommandMissing. */
export function commandsFrom(commands: readonly string[], beginning: string): readonly string[] {
  const [index = -1, ...others] = commands.flatMap((command, at) => (command.startsWith(beginning) ? [at] : []));
  if (index >= 0 && others.length === 0) return commands.slice(index);
  throw new CommandMissing(`${others.length === 0 ? 'None' : 'More than one'} begins with "${beginning}"`);
}

/** Where the next heading begins, outside of fences. */
function endOf(text: string): number {
  const blank = text.replaceAll(fence, (whole) => ' '.repeat(whole.length));
  const at = blank.search(nextHeading);
  return at < 0 ? text.length : at;
}
