// What Azure's own controllers say of a Node in events: whoever upgrades or repairs it is who deletes it (row D3b).
import { coreEvents } from '../apis/resource.ts';
import type { CoreEvent } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';

const sources = new Set(['upgrader', 'aks-auto-repair']);
const freshMs = 60 * 60_000;
/** Events of objects without a namespace are kept there. */
const namespace = 'default';

/**
 * Within the last hour. By the Node's name: a kubelet's namesake that was there before counts too, and errs on the safe
 * side. Throws KubeError.
 */
export async function platformSpokeOf(
  nodeName: string,
  {
    kube,
    nowApiMs,
    signal,
  }: { readonly kube: Pick<KubeClient, 'list'>; readonly nowApiMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${nodeName}`;
  const { items } = await kube.list(coreEvents, { namespace, fieldSelector, signal });
  return items.some(
    (event) =>
      sources.has(event.source?.component ?? event.reportingComponent ?? '') &&
      !(nowApiMs - lastSaidMs(event) > freshMs),
  );
}

/** NaN for an event that says nothing of its time: it counts as fresh. */
function lastSaidMs({ series, lastTimestamp, eventTime, metadata }: CoreEvent): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}
