// Where the controller runs, who leads, and what it tells: found by the labels of its chart.
import { deployments, leases, services } from '../../apis/resource.ts';
import type { Deployment, Lease, Service } from '../../apis/wire.ts';
import { Forbidden, KubeError, NotFound } from '../../kube/errors.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import { usualLeaseTimes } from '../../runtime/lease.ts';
import { feedPath } from '../../status/feed.ts';
import type { StatusFeed } from '../../status/feed.ts';
import { attempt, attemptOne, refused, unknown } from './answer.ts';
import type { Answer, Missing } from './answer.ts';
import { readFeed } from './feed-reading.ts';

export interface Leader {
  readonly namespace: string;
  /** Absent: nobody holds it. */
  readonly holder?: string;
  /** RFC 3339. */
  readonly renewedAt?: string;
  /** The holder has not renewed it in time. */
  readonly expired: boolean;
}

export interface Replicas {
  readonly namespace: string;
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
}

export interface Controller {
  readonly feed: Answer<StatusFeed>;
  /** Undefined: there is no such lease. */
  readonly leader: Answer<Leader | undefined>;
  /** Of every Deployment with the labels of the chart. */
  readonly replicas: Answer<readonly Replicas[]>;
}

export interface ControllerQuestion {
  readonly kube: Pick<RestClient, 'get' | 'list' | 'askService' | 'serverNow'>;
  readonly signal: AbortSignal;
  /** Undefined: it is looked for in all of them. */
  readonly namespace: string | undefined;
}

const labelSelector = 'app.kubernetes.io/name=gpu-provisioner';
const usualNamespace = 'gpu-provisioner';
const usualLease = 'gpu-provisioner-leader-election';
const usualPort = 'http-metrics';
// A way that a NetworkPolicy has cut is noticed by nobody; a person should not wait for the API server's own 30 s.
const feedDeadlineMs = 8000;
const mostServices = 3;

export async function findController(question: ControllerQuestion): Promise<Controller> {
  const { kube, namespace, signal } = question;
  const [serving, running] = await Promise.all([
    wherever(namespace, (within) =>
      attempt('the controller’s Service', { verb: 'list', resource: 'services', namespace: within }, async () => {
        const { items } = await kube.list(services, { ...inside(within), labelSelector, signal });
        return usualFirst(items);
      }),
    ),
    wherever(namespace, (within) =>
      attempt(
        'the controller’s Deployment',
        { verb: 'list', resource: 'deployments.apps', namespace: within },
        async () => {
          const { items } = await kube.list(deployments, { ...inside(within), labelSelector, signal });
          return usualFirst(items);
        },
      ),
    ),
  ]);
  const found = usualFirst([...(serving.known ? serving.value : []), ...(running.known ? running.value : [])]);
  const [feed, leader] = await Promise.all([
    serving.known ? askFeed(serving.value, question) : serving,
    findLeader(namespacesOf(found, namespace), question),
  ]);
  return { feed, leader, replicas: running.known ? { known: true, value: running.value.map(replicasOf) } : running };
}

/** Whoever has a namespace may give anything our labels, and tell what they like: what is in the usual one comes first. */
function usualFirst<T extends Service | Deployment>(items: readonly T[]): readonly T[] {
  const isElsewhere = ({ metadata }: T): number => Number(metadata.namespace !== usualNamespace);
  return items.toSorted((a, b) => isElsewhere(a) - isElsewhere(b));
}

function inside(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

/** In all namespaces; in the usual one where that may not be asked. */
async function wherever<T>(
  namespace: string | undefined,
  ask: (namespace: string | undefined) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const answer = await ask(namespace);
  if (answer.known || namespace !== undefined || answer.missing.because !== 'refused') return answer;
  return ask(usualNamespace);
}

function namespacesOf(
  found: readonly (Service | Deployment)[],
  namespace: string | undefined,
): readonly [string, ...string[]] {
  const own = found.flatMap(({ metadata }) => metadata.namespace ?? []);
  const [first = usualNamespace, ...rest] = new Set(namespace === undefined ? [...own, usualNamespace] : [namespace]);
  return [first, ...rest];
}

/** The first that answers as one of ours: another provisioner's Service may have the same labels. */
async function askFeed(found: readonly Service[], { kube, signal }: ControllerQuestion): Promise<Answer<StatusFeed>> {
  const what = 'what the controller itself tells';
  let missing: Missing = {
    what,
    because: 'unreachable',
    why: `no Service has the label ${labelSelector}`,
    mend: 'name the namespace of the controller with --namespace, or install the chart with service.enabled',
  };
  for (const { metadata, spec } of found.slice(0, mostServices)) {
    const { name, namespace = '' } = metadata;
    const ports = spec?.ports ?? [];
    const port = ports.find((each) => each.name === usualPort) ?? ports[0];
    if (port === undefined) continue;
    const target = { namespace, name, port: port.name ?? `${port.port}` };
    const deadline = AbortSignal.timeout(feedDeadlineMs);
    try {
      const feed = readFeed(await kube.askService(target, feedPath, { signal: AbortSignal.any([signal, deadline]) }));
      if (feed !== undefined) return { known: true, value: feed };
      missing = {
        what,
        because: 'unreachable',
        why: `what answers behind Service "${namespace}/${name}" is not this controller, or of another version`,
      };
    } catch (error) {
      signal.throwIfAborted();
      missing = whyNot(error, { what, namespace, name, timedOut: deadline.aborted });
    }
  }
  return unknown(missing);
}

function whyNot(
  error: unknown,
  {
    what,
    namespace,
    name,
    timedOut,
  }: { readonly what: string; readonly namespace: string; readonly name: string; readonly timedOut: boolean },
): Missing {
  if (error instanceof Forbidden) return refused(what, { verb: 'get', resource: 'services/proxy', namespace });
  const service = `Service "${namespace}/${name}"`;
  // Of the API server itself, 404 means that nobody is behind the Service, and has a reason.
  if (error instanceof NotFound && error.reason === undefined)
    return {
      what,
      because: 'unreachable',
      why: `what answers behind ${service} has no status: an older release, or another provisioner`,
    };
  if (timedOut || error instanceof KubeError) {
    return {
      what,
      because: 'unreachable',
      why: timedOut
        ? `no answer from ${service} within ${feedDeadlineMs / 1000} s`
        : error instanceof Error
          ? error.message
          : '',
      mend: 'let the API server reach the metrics port of the controller (the chart’s networkPolicy), or see why no pod is ready',
    };
  }
  throw error;
}

async function findLeader(
  namespaces: readonly string[],
  { kube, signal }: ControllerQuestion,
): Promise<Answer<Leader | undefined>> {
  let answer: Answer<Leader | undefined> = { known: true, value: undefined };
  for (const namespace of namespaces) {
    const access = { verb: 'get', resource: 'leases.coordination.k8s.io', namespace } as const;
    const lease = await attemptOne('who leads', access, () =>
      kube.get(leases, { namespace, name: usualLease }, { signal }),
    );
    if (!lease.known) answer = lease;
    else if (lease.value !== undefined)
      return { known: true, value: leaderOf(lease.value, namespace, kube.serverNow()) };
  }
  return answer;
}

function leaderOf({ spec }: Lease, namespace: string, now: Date): Leader {
  const holder = spec?.holderIdentity;
  const renewedMs = Date.parse(spec?.renewTime ?? '');
  const lastsMs = (spec?.leaseDurationSeconds ?? usualLeaseTimes.durationMs / 1000) * 1000;
  return {
    namespace,
    ...(holder === undefined || holder === '' ? {} : { holder }),
    ...(Number.isNaN(renewedMs) ? {} : { renewedAt: new Date(renewedMs).toISOString() }),
    expired: Number.isNaN(renewedMs) || now.getTime() - renewedMs > lastsMs,
  };
}

function replicasOf({ metadata, spec, status }: Deployment): Replicas {
  const { name, namespace = '' } = metadata;
  return { namespace, name, wanted: spec?.replicas ?? 1, ready: status?.readyReplicas ?? 0 };
}
