// The admin path: the script, the faults and the deeds of other people, changed while the emulator runs.
import type { Answer } from './answer.ts';
import type { Controls } from './controls.ts';
import { isObject, numberAt, textAt, textMapAt } from './json.ts';
import { checkedFault, checkedScript, InvalidScript } from './script-file.ts';
import type { HttpRequest } from './server.ts';

type AdminHandler = (aks: Controls, body: unknown, name: string) => unknown;

const paths: readonly (readonly [method: string, path: RegExp, handler: AdminHandler])[] = [
  ['GET', /^\/admin\/log$/, (aks) => aks.log],
  ['GET', /^\/admin\/counts$/, (aks) => aks.counts()],
  ['GET', /^\/admin\/pools$/, (aks) => aks.pools()],
  ['GET', /^\/admin\/script$/, (aks) => aks.script],
  ['PUT', /^\/admin\/script$/, (aks, body) => aks.setScript(checkedScript(body))],
  [
    'PATCH',
    /^\/admin\/script$/,
    (aks, body) => aks.setScript(checkedScript(isObject(body) ? { ...aks.script, ...body } : body)),
  ],
  ['GET', /^\/admin\/faults$/, (aks) => aks.faults()],
  [
    'POST',
    /^\/admin\/faults$/,
    (aks, body) =>
      [body]
        .flat()
        .map(checkedFault)
        .forEach((fault) => aks.setFault(fault)),
  ],
  ['DELETE', /^\/admin\/faults$/, (aks) => aks.clearFaults()],
  ['POST', /^\/admin\/cluster\/stop$/, (aks) => aks.stopCluster()],
  ['POST', /^\/admin\/cluster\/start$/, (aks) => aks.startCluster()],
  ['POST', /^\/admin\/cluster\/upgrade$/, (aks, body) => aks.upgradeCluster(textAt(body, 'version'))],
  [
    'POST',
    /^\/admin\/cluster\/hold$/,
    (aks, body) => aks.holdCluster(textAt(body, 'state') ?? 'Updating', numberAt(body, 'seconds') ?? 60),
  ],
  ['POST', /^\/admin\/pools\/(?<name>[^/]+)\/stop$/, (aks, _, name) => aks.stopPool(name)],
  ['POST', /^\/admin\/pools\/(?<name>[^/]+)\/start$/, (aks, _, name) => aks.startPool(name)],
  ['POST', /^\/admin\/pools\/(?<name>[^/]+)\/upgrade$/, (aks, _, name) => aks.upgradePool(name)],
  ['POST', /^\/admin\/pools\/(?<name>[^/]+)\/abort$/, (aks, _, name) => aks.abortPool(name)],
  [
    'POST',
    /^\/admin\/pools\/(?<name>[^/]+)\/scale$/,
    (aks, body, name) => aks.scalePool(name, numberAt(body, 'count') ?? 0),
  ],
  ['POST', /^\/admin\/pools\/(?<name>[^/]+)\/retag$/, (aks, body, name) => aks.retag(name, textMapAt(body, 'tags'))],
  [
    'POST',
    /^\/admin\/pools\/(?<name>[^/]+)\/relabel$/,
    (aks, body, name) => aks.relabel(name, textMapAt(body, 'nodeLabels')),
  ],
  [
    'POST',
    /^\/admin\/pools\/(?<name>[^/]+)\/lose$/,
    (aks, body, name) => aks.loseMachine(name, textAt(body, 'nodeName') ?? ''),
  ],
  ['DELETE', /^\/admin\/pools\/(?<name>[^/]+)$/, (aks, _, name) => aks.deletePoolAsUser(name)],
];

/** Undefined when the path is none of the admin's. Bad input is 400, what is not there 404. */
export function answerAdmin(aks: Controls, { method, url, text }: HttpRequest): Answer | undefined {
  if (!url.pathname.startsWith('/admin/')) return undefined;
  for (const [verb, pattern, handler] of paths) {
    const match = verb === method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    try {
      const result: unknown = handler(aks, text === '' ? {} : JSON.parse(text), match.groups?.['name'] ?? '');
      return result === undefined ? { status: 204 } : { status: 200, body: JSON.parse(JSON.stringify(result)) };
    } catch (error) {
      return refused(error);
    }
  }
  return {
    status: 404,
    body: {
      message: `Nothing at ${method} ${url.pathname}`,
      known: paths.map(([verb, pattern]) => `${verb} ${pattern.source}`),
    },
  };
}

function refused(error: unknown): Answer {
  if (error instanceof InvalidScript || error instanceof SyntaxError)
    return { status: 400, body: { message: error.message } };
  if (error instanceof RangeError) return { status: 404, body: { message: error.message } };
  throw error;
}
