// Where the built programs lie, for the suites and scripts that run them.
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ToolName } from './catalogue.ts';

export const toolsDir = fileURLToPath(new URL('../../.tools/', import.meta.url));
export const binDir = `${toolsDir}bin/`;

export class ToolMissing extends Error {
  readonly code = 'ToolMissing';
}

/** The path of a program that `npm run tools` made. Throws ToolMissing, with the command to run, when it is not there. */
export function binaryOf(name: ToolName): string {
  const path = `${binDir}${name}`;
  try {
    accessSync(path, constants.X_OK);
  } catch (cause) {
    throw new ToolMissing(`Cannot run "${name}": it is not built; run \`npm run tools -- ${name}\``, { cause });
  }
  return path;
}
