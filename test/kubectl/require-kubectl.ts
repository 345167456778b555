// Fails the whole suite, with the reason, where there is no kubectl: a skipped suite would look like a passed one.
import { kubectlPath } from './binary.ts';

export function setup(): void {
  kubectlPath();
}
