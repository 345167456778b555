// The defaults of a container.
import { ensureObject, isObject, listAt, setDefault, textAt, type JsonObject } from '../json.ts';
import { canonicalize } from '../quantity.ts';

export function containersOf(spec: JsonObject): JsonObject[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => listAt(spec, list).filter(isObject));
}

/** Always when the image has no tag or the tag `latest`. */
function pullPolicy(image: string): string {
  const name = image.split('/').at(-1) ?? '';
  if (name.includes('@')) return 'IfNotPresent';
  return !name.includes(':') || name.endsWith(':latest') ? 'Always' : 'IfNotPresent';
}

export function containerDefaults(container: JsonObject): void {
  setDefault(container, 'imagePullPolicy', pullPolicy(textAt(container, 'image') ?? ''));
  setDefault(container, 'terminationMessagePath', '/dev/termination-log');
  setDefault(container, 'terminationMessagePolicy', 'File');
  const resources = ensureObject(container, 'resources');
  canonicalize(resources['limits']);
  canonicalize(resources['requests']);
  const limits = resources['limits'];
  if (isObject(limits)) {
    const requests = ensureObject(resources, 'requests');
    for (const [name, limit] of Object.entries(limits)) if (limit !== undefined) setDefault(requests, name, limit);
  }
  for (const port of listAt(container, 'ports')) if (isObject(port)) setDefault(port, 'protocol', 'TCP');
  for (const variable of listAt(container, 'env')) {
    const field = isObject(variable) && isObject(variable['valueFrom']) ? variable['valueFrom']['fieldRef'] : undefined;
    if (isObject(field)) setDefault(field, 'apiVersion', 'v1');
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (isObject(probe)) probeDefaults(probe);
  }
}

function probeDefaults(probe: JsonObject): void {
  setDefault(probe, 'timeoutSeconds', 1);
  setDefault(probe, 'periodSeconds', 10);
  setDefault(probe, 'successThreshold', 1);
  setDefault(probe, 'failureThreshold', 3);
  const http = probe['httpGet'];
  if (!isObject(http)) return;
  setDefault(http, 'path', '/');
  setDefault(http, 'scheme', 'HTTP');
}
