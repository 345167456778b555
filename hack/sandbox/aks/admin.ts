// The admin path: the script, the faults and the deeds of other people, changed while the emulator runs.
import type { Answer } from './answer.ts';
import type { Controls, NodeDeeds } from './controls.ts';
import { isObject, numberAt, textAt, textMapAt, textsAt } from './json.ts';
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
  [
    'POST',
    /^\/admin\/pools\/(?<name>[^/]+)\/autoscale$/,
    (aks, body, name) => aks.autoscalePool(name, numberAt(body, 'minCount') ?? 0, numberAt(body, 'maxCount') ?? 1),
  ],
  ['DELETE', /^\/admin\/pools\/(?<name>[^/]+)$/, (aks, _, name) => aks.deletePoolAsUser(name)],
  ['GET', /^\/admin\/nodes$/, (aks) => nodesOf(aks).names()],
  ['POST', /^\/admin\/nodes\/storm$/, (aks, body) => nodesOf(aks).storm(textsAt(body, 'nodes'))],
  [
    'POST',
    /^\/admin\/nodes\/(?<name>[^/]+)\/ready$/,
    (aks, body, name) => nodesOf(aks).setReady(name, !isObject(body) || body['ready'] !== false),
  ],
  [
    'POST',
    /^\/admin\/nodes\/(?<name>[^/]+)\/fail$/,
    (aks, body, name) => nodesOf(aks).fail(name, textAt(body, 'curedBy') === 'reimage' ? 'reimage' : 'reboot'),
  ],
  ['POST', /^\/admin\/nodes\/(?<name>[^/]+)\/reboot$/, (aks, _, name) => repair(aks, name, 'reboot')],
  ['POST', /^\/admin\/nodes\/(?<name>[^/]+)\/reimage$/, (aks, _, name) => repair(aks, name, 'reimage')],
];

function nodesOf({ nodeDeeds }: Controls): NodeDeeds {
  if (nodeDeeds === undefined) throw new RangeError('Nobody plays the nodes of this cluster');
  return nodeDeeds;
}

function repair(aks: Controls, nodeName: string, how: 'reboot' | 'reimage'): void {
  if (!aks.repair(nodeName, how)) throw new RangeError(`No idle pool has a machine "${nodeName}"`);
}

/** Undefined when the path is none of the admin's. Bad input is 400, what is not there 404. */
export function answerAdmin(aks: Controls, request: HttpRequest): Promise<Answer> | undefined {
  return request.url.pathname.startsWith('/admin/') ? answer(aks, request) : undefined;
}

async function answer(aks: Controls, { method, url, text }: HttpRequest): Promise<Answer> {
  for (const [verb, pattern, handler] of paths) {
    const match = verb === method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    try {
      const result: unknown = await handler(aks, text === '' ? {} : JSON.parse(text), match.groups?.['name'] ?? '');
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
