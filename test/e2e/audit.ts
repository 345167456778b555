// What one user asked of an API server, by its audit log.
import { readFile } from 'node:fs/promises';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';

/** A request about a resource, in RBAC's words. */
export interface Asked {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource, such as `pods/eviction`. */
  readonly resource: string;
  /** Empty for what has none, and for requests about all of them. */
  readonly namespace: string;
  /** Empty for a list, a watch and a create. */
  readonly name: string;
  readonly allowed: boolean;
}

/**
 * Each different request once, of those that came when `counts` says so. Requests that are about no resource, such as
 * discovery, are free to all and left out.
 */
export async function askedBy(
  user: string,
  auditLog: string,
  counts: (receivedMs: number) => boolean = () => true,
): Promise<readonly Asked[]> {
  // Others may be asking: of the last line only a part may be there.
  const whole = (await readFile(auditLog, 'utf8')).split('\n').slice(0, -1);
  const lines = whole.filter((line) => line.includes(user));
  const found = new Map<string, Asked>();
  for (const line of lines) {
    const event: unknown = JSON.parse(line);
    if (!isObject(event) || textAt(objectAt(event, 'user'), 'username') !== user) continue;
    if (!counts(Date.parse(textAt(event, 'requestReceivedTimestamp') ?? ''))) continue;
    const asked = askedIn(event);
    if (asked !== undefined) found.set(JSON.stringify(asked), asked);
  }
  return [...found.values()];
}

function askedIn(event: JsonObject): Asked | undefined {
  const object = objectAt(event, 'objectRef');
  const resource = textAt(object, 'resource');
  if (resource === undefined) return undefined;
  const subresource = textAt(object, 'subresource');
  return {
    verb: textAt(event, 'verb') ?? '',
    group: textAt(object, 'apiGroup') ?? '',
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: textAt(object, 'namespace') ?? '',
    name: textAt(object, 'name') ?? '',
    // A refusal that is no matter of RBAC, such as a namespace that is going, is none.
    allowed: textAt(objectAt(event, 'annotations'), 'authorization.k8s.io/decision') === 'allow',
  };
}
