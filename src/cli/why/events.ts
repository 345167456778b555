// What was said of an object: its events, newest last, as both API groups store them.
import { coreEvents } from '../../apis/resource.ts';
import type { CoreEvent } from '../../apis/wire.ts';
import type { KubeClient } from '../../kube/client.ts';
import { attempt } from '../asking/answer.ts';
import type { Answer } from '../asking/answer.ts';
import type { Told } from './explanation.ts';

export interface EventQuestion {
  /** Absent: of every kind. */
  readonly kind?: string;
  readonly name: string;
  /** Of the object; those of objects without one are in `default`. */
  readonly namespace?: string | undefined;
  /** Absent: of every object that ever had the name. */
  readonly uid?: string;
}

interface Asking {
  readonly kube: Pick<KubeClient, 'list'>;
  readonly signal: AbortSignal;
}

// The API server keeps an hour of them; a crash loop can fill that.
const mostRead = 500;

export async function askEvents(question: EventQuestion, { kube, signal }: Asking): Promise<Answer<readonly Told[]>> {
  const { kind, name, namespace = 'default', uid } = question;
  const selected = [`involvedObject.name=${name}`, ...(kind === undefined ? [] : [`involvedObject.kind=${kind}`])];
  const answer = await attempt('events', { verb: 'list', resource: 'events', namespace }, async () => {
    const { items } = await kube.list(coreEvents, {
      namespace,
      fieldSelector: selected.join(','),
      limit: mostRead,
      signal,
    });
    return items;
  });
  if (!answer.known) return answer;
  // A kubelet gives the name of its Node for the uid.
  const own = answer.value.filter(
    ({ involvedObject }) => uid === undefined || [uid, name].includes(involvedObject.uid ?? uid),
  );
  return { known: true, value: own.map(told).toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))) };
}

function told(event: CoreEvent): Told {
  const { count, eventTime, involvedObject, lastTimestamp, message = '', metadata, reason = '', series, type } = event;
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return {
    // One format, so that they sort as texts: micro times have six digits, others none.
    at: new Date(Number.isNaN(Date.parse(at)) ? metadata.creationTimestamp : at).toISOString(),
    type: type ?? 'Normal',
    reason,
    message,
    count: Math.max(series?.count ?? 0, count ?? 0, 1),
    about: `${(involvedObject.kind ?? 'object').toLowerCase()}/${involvedObject.name ?? ''}`,
  };
}
