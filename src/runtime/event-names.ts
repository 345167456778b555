// Names of events, in the order in which they are made: kubectl describe sorts by a field that events.k8s.io leaves empty, so
// that it shows them in the order of the API server's list, which is that of their names.
import { randomInt } from 'node:crypto';
import type { ObjectReference } from './event-object.ts';

const longestName = 253;
/** Of a millisecond. Two processes that speak of one object in the same one hardly draw the same. */
const drawnNanos = 1000;

/** One for each process. */
export class EventNames {
  #last = 0n;

  /** As client-go names them: the object's name and the time in nanoseconds. Each is greater than the one before. */
  next({ name, namespace }: ObjectReference, at: Date): { readonly name: string; readonly namespace: string } {
    const drawn = BigInt(randomInt(drawnNanos));
    const now = BigInt(at.getTime()) * 1_000_000n + drawn;
    this.#last = now > this.#last ? now : this.#last + 1n + drawn;
    const suffix = `.${this.#last.toString(16).padStart(16, '0')}`;
    // An object without a namespace has its events in `default`; elsewhere the API server answers 422.
    return { name: `${name.slice(0, longestName - suffix.length)}${suffix}`, namespace: namespace ?? 'default' };
  }
}
