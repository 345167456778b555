// The status feed from the controller's pods themselves: inside of the cluster nobody needs the API server's proxy for it.
import { request } from 'undici';
import type { Deployment, Pod } from '../../apis/wire.ts';
import { feedPath, type StatusFeed } from '../../status/feed.ts';
import { readFeed } from '../asking/feed-reading.ts';

// A pod answers at once; one that a NetworkPolicy shields never does.
const deadlineMs = 5000;
const portName = 'http-metrics';

/** Of the first pod that answers as one of ours; undefined where none does. */
export async function feedOfPods(
  pods: readonly Pod[],
  { deployment, signal }: { readonly deployment: Deployment | undefined; readonly signal: AbortSignal },
): Promise<StatusFeed | undefined> {
  const port = portOf(deployment);
  const addresses = pods.filter(isReady).flatMap(({ status }) => status?.podIP ?? []);
  if (port === undefined) return undefined;
  for (const address of addresses) {
    const host = address.includes(':') ? `[${address}]` : address;
    try {
      const until = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      const { body, statusCode } = await request(`http://${host}:${port}${feedPath}`, { signal: until });
      const text = await body.text();
      const feed = statusCode === 200 ? readFeed(text) : undefined;
      if (feed !== undefined) return feed;
    } catch {
      signal.throwIfAborted();
      // The next one may be reached; where none is, the caller says that there is no feed.
    }
  }
  return undefined;
}

function portOf(deployment: Deployment | undefined): number | undefined {
  const containers = deployment?.spec?.template.spec?.containers ?? [];
  return containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === portName)?.containerPort;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}
