// Who wants to hear of a store's changes, and what becomes of a listener that throws.
import type { KubeObject } from '../apis/wire.ts';

/** What the watch brought. A new uid under an old key is two changes: its deletion, then its addition. */
export interface Change<T> {
  readonly key: string;
  /** Absent: added. */
  readonly before?: T;
  /** Absent: deleted. */
  readonly after?: T;
}

/** Some subscribers threw. The store is complete all the same, and the others were called. */
export class SubscriberFailed extends AggregateError {
  readonly code = 'SUBSCRIBER_FAILED';
}

/** Tells every listener everything, and keeps what they throw until the store is complete again. */
export class Subscribers<T extends KubeObject> {
  readonly #listeners: ((change: Change<T>) => void)[] = [];
  #failures: unknown[] = [];

  add(listener: (change: Change<T>) => void): void {
    this.#listeners.push(listener);
  }

  /** Says what became of `before`; nothing when it is the same version of the same object. */
  tell(key: string, before: T | undefined, after: T | undefined): void {
    if (before === undefined) {
      if (after !== undefined) this.#publish({ key, after });
    } else if (after === undefined) {
      this.#publish({ key, before });
    } else if (before.metadata.uid !== after.metadata.uid) {
      this.#publish({ key, before });
      this.#publish({ key, after });
    } else if (before.metadata.resourceVersion !== after.metadata.resourceVersion) {
      this.#publish({ key, before, after });
    }
  }

  /** Throws SubscriberFailed with all that was thrown since the last call, if anything was. */
  throwFailures(): void {
    const failures = this.#failures;
    if (failures.length === 0) return;
    this.#failures = [];
    throw new SubscriberFailed(failures, 'Subscribers of a store failed');
  }

  #publish(change: Change<T>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#failures.push(error);
      }
    }
  }
}
