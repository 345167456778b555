// What Azure's own controllers say of a Node in events: whoever upgrades or repairs it is who deletes it, or mends it (D3b, B5).
import { coreEvents } from '../apis/resource.ts';
import type { CoreEvent } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';

const sources = new Set(['upgrader', 'aks-auto-repair']);
/** Whoever spoke of a Node for so long is at work on it. */
export const freshForMs = 60 * 60_000;
/** Events of objects without a namespace are kept there. */
const namespace = 'default';

export interface PlatformWord {
  readonly source: string;
  /** API server time; absent for an event that says nothing of its time. */
  readonly atApiMs?: number;
}

/**
 * The newest within the last hour. By the Node's name: a kubelet's namesake that was there before counts too, and errs on the
 * safe side. Throws KubeError.
 */
export async function platformSpokeOf(
  nodeName: string,
  {
    kube,
    nowApiMs,
    signal,
  }: { readonly kube: Pick<KubeClient, 'list'>; readonly nowApiMs: number; readonly signal: AbortSignal },
): Promise<PlatformWord | undefined> {
  const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${nodeName}`;
  const { items } = await kube.list(coreEvents, { namespace, fieldSelector, signal });
  const words = items.flatMap((event): PlatformWord[] => {
    const source = event.source?.component ?? event.reportingComponent ?? '';
    const saidMs = lastSaidMs(event);
    if (!sources.has(source) || nowApiMs - saidMs > freshForMs) return [];
    return [Number.isNaN(saidMs) ? { source } : { source, atApiMs: saidMs }];
  });
  return words.toSorted((a, b) => (b.atApiMs ?? 0) - (a.atApiMs ?? 0))[0];
}

/** NaN for an event that says nothing of its time: it counts as fresh. */
function lastSaidMs({ series, lastTimestamp, eventTime, metadata }: CoreEvent): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}
