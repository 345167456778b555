// The Event objects that the API server takes (events.k8s.io/v1), within the limits that it sets.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { microTime } from '../kube/micro-time.ts';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Absent for objects without one. */
  readonly namespace?: string;
}

export interface EventNote {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase; API. */
  readonly reason: string;
  /** What is beyond 1 kB is cut. */
  readonly message: string;
  readonly related?: ObjectReference;
  /** What was done or tried, in CamelCase; the reason where nothing else is said. */
  readonly action?: string;
}

export const events: Resource<KubeObject> = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** Who says it. */
export interface Reporter {
  /** `controller`, in the terms of the API a domain-like name. */
  readonly controller: string;
  /** This process: a pod's name. */
  readonly instance: string;
}

/** How often it happened, and when it did last. */
export interface Occurrences {
  readonly count: number;
  readonly lastAt: Date;
}

// ValidateEventCreate in k8s.io/kubernetes/pkg/apis/core/validation/events.go: all in bytes.
const longestNote = 1024;
const longestWord = 128;

export function eventObject(
  metadata: { readonly name: string; readonly namespace: string },
  note: EventNote,
  {
    reporter,
    firstAt,
    occurrences,
  }: { readonly reporter: Reporter; readonly firstAt: Date; readonly occurrences: Occurrences },
): object {
  const { regarding, type, reason, message, related, action = reason } = note;
  return {
    metadata,
    eventTime: microTime(firstAt),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, longestWord),
    regarding,
    ...(related === undefined ? {} : { related }),
    type,
    reason,
    action,
    note: firstBytes(message, longestNote),
    ...(occurrences.count > 1 ? seriesPatch(occurrences) : {}),
  };
}

/** A series begins with the second occurrence. */
export function seriesPatch({ count, lastAt }: Occurrences): object {
  return { series: { count, lastObservedTime: microTime(lastAt) } };
}

function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  // A character that was cut in two decodes to U+FFFD at the end.
  return bytes
    .subarray(0, most)
    .toString()
    .replace(/\uFFFD$/u, '');
}
