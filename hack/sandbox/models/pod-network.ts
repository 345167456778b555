// The network of the sandbox: addresses of loopback at which pods serve their model and Services pass on to them.
import { createServer as createTcp, connect, type Server } from 'node:net';
import { isObject, numberAt, objectAt, textAt, textMapAt, type JsonObject } from '../aks/json.ts';
import { Api, type ApiTarget } from '../nodes/api.ts';
import { Timeline } from '../timeline.ts';
import { isReady } from '../workloads/pods-of.ts';
import { nameOf, namespaceOf, uidOf, Watched } from '../nodes/watched.ts';
import { createModelServer } from './model-server.ts';

export interface PodNetworkOptions {
  readonly api: ApiTarget;
  readonly onError?: (error: unknown) => void;
}

export interface PodNetwork {
  close(): Promise<void>;
}

const modelPort = 5000;
const workspaceLabel = 'kaito.sh/workspace';

/** Of a pod, made of its uid: no two of a sandbox have the same but by rare chance. */
export function podAddress(uid: string): string {
  let sum = 3;
  for (const letter of uid) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 60_000;
  return `127.97.${Math.floor(sum / 250)}.${(sum % 250) + 2}`;
}

/**
 * Every ready pod of a Workspace serves; every Service of one listens on its address. A port that cannot be bound (80, for
 * users who are not root) is left alone: the API server's proxy leads to the pods, too.
 */
export function startPodNetwork({ api: target, onError = () => undefined }: PodNetworkOptions): PodNetwork {
  const api = new Api(target);
  const timeline = new Timeline();
  const closing = new AbortController();
  const pods = new Watched('/api/v1/pods');
  const services = new Watched('/api/v1/services');
  const servers = new Map<string, Server>();

  const open = (key: string, make: () => Server, address: string, port: number): void => {
    if (servers.has(key)) return;
    const server = make();
    servers.set(key, server);
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES' && error.code !== 'EADDRNOTAVAIL') onError(error);
    });
    server.listen(port, address);
  };
  const sync = (): void => {
    const serving = pods.all().filter((pod) => isServing(pod));
    const wanted = new Set<string>();
    for (const pod of serving) {
      const key = `pod ${uidOf(pod)}`;
      wanted.add(key);
      open(key, () => createModelServer(modelOf(pod)), addressOf(pod), modelPort);
    }
    for (const service of services.all()) {
      const address = textAt(objectAt(service, 'spec'), 'clusterIP') ?? '';
      if (
        !address.startsWith('127.') ||
        textMapAt(objectAt(service, 'metadata'), 'labels')[workspaceLabel] === undefined
      )
        continue;
      for (const port of portsOf(service)) {
        const key = `service ${uidOf(service)} ${port}`;
        wanted.add(key);
        open(key, () => forwarder(() => behind(service, pods.all())), address, port);
      }
    }
    for (const [key, server] of servers) {
      if (wanted.has(key)) continue;
      servers.delete(key);
      server.close();
    }
  };
  const options = { api, timeline, signal: closing.signal, onChange: sync, onError };
  const watching = [pods.run(options), services.run(options)];
  return {
    close: async () => {
      closing.abort();
      await Promise.all(watching);
      for (const server of servers.values()) server.close();
      timeline.close();
      await api.close();
    },
  };
}

function isServing(pod: JsonObject): boolean {
  const labels = textMapAt(objectAt(pod, 'metadata'), 'labels');
  return labels[workspaceLabel] !== undefined && isReady(pod) && addressOf(pod).startsWith('127.');
}

function addressOf(pod: JsonObject): string {
  return textAt(objectAt(pod, 'status'), 'podIP') ?? '';
}

/** The name of its image says which. */
function modelOf(pod: JsonObject): string {
  const { containers } = objectAt(pod, 'spec');
  const [first] = Array.isArray(containers) ? containers.filter(isObject) : [];
  return /kaito-([^/:]+)/.exec(textAt(first, 'image') ?? '')?.[1] ?? nameOf(pod);
}

function portsOf(service: JsonObject): readonly number[] {
  const { ports } = objectAt(service, 'spec');
  const all = Array.isArray(ports) ? ports.filter(isObject) : [];
  // Only the port of the model has somebody behind it.
  return all
    .filter((port) => numberAt(port, 'targetPort') === modelPort)
    .flatMap((port) => numberAt(port, 'port') ?? []);
}

function behind(service: JsonObject, pods: readonly JsonObject[]): string | undefined {
  const selector = Object.entries(textMapAt(objectAt(service, 'spec'), 'selector'));
  const found = pods.find((pod) => {
    const labels = textMapAt(objectAt(pod, 'metadata'), 'labels');
    return (
      namespaceOf(pod) === namespaceOf(service) &&
      isServing(pod) &&
      selector.every(([key, value]) => labels[key] === value)
    );
  });
  return found === undefined ? undefined : addressOf(found);
}

/** As kube-proxy does: bytes go to a ready pod; without one the connection is refused, as far as a listener can. */
function forwarder(target: () => string | undefined): Server {
  return createTcp((socket) => {
    const address = target();
    if (address === undefined) {
      socket.destroy();
      return;
    }
    const onward = connect(modelPort, address);
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
}
