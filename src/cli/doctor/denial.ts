// Which right was missing, out of the words in which the API server refuses.
import { Forbidden } from '../../kube/errors.ts';

// As apiserver's responsewriters/errors.go has written it since 1.8.
const words = /cannot (?<verb>\w+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)" (?<where>.*)$/s;

/** `list deployments.apps at the cluster scope`; undefined where no right was missing. */
export function rightIn(error: unknown): string | undefined {
  if (!(error instanceof Forbidden)) return undefined;
  const { verb, resource, group, where } = words.exec(error.message)?.groups ?? {};
  if (verb === undefined || resource === undefined) return 'ask this';
  const [plural = '', ...rest] = resource.split('/');
  const qualified = [group === '' ? plural : `${plural}.${group}`, ...rest].join('/');
  return `${verb} ${qualified} ${(where ?? '').trim()}`.trim();
}
