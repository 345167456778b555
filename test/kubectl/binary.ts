// Where the real kubectl is: $KUBECTL, or the first on PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

class KubectlMissing extends Error {
  override readonly name = 'KubectlMissing';
  readonly code = 'KubectlMissing';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent, or not ours to run: the next one may be
  }
}

/** The path of the binary. Throws KubectlMissing. */
export function kubectlPath(): string {
  const { KUBECTL: named, PATH: path = '' } = process.env;
  const candidates = named ? [named] : path.split(delimiter).map((directory) => join(directory, 'kubectl'));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const where = named ? `"${named}" (from $KUBECTL) cannot be run` : 'none on PATH, and $KUBECTL is not set';
  throw new KubectlMissing(`Cannot run the kubectl suite without kubectl: ${where}`);
}
