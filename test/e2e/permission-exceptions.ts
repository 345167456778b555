// What the chart grants although no scenario uses it: five at most, each with the code that would need it.

export interface PermissionException {
  /** As `wordsOf` of grants.ts writes it. */
  readonly grant: string;
  /** The file and the case in which it is used. */
  readonly neededBy: string;
}

// No scenario says the same thing twice within two minutes of its own time and then lives on to the end of them.
const repeated =
  'src/runtime/events.ts, EventSink.#request: an event that is said again is counted on its first object';

export const permissionExceptions: readonly PermissionException[] = [
  { grant: 'patch events.k8s.io/events', neededBy: repeated },
  { grant: 'patch events.k8s.io/events in default', neededBy: repeated },
  { grant: 'patch events.k8s.io/events in gpu-provisioner', neededBy: repeated },
];
