// Service: its address, and the defaults of its ports.
import { randomInt } from 'node:crypto';
import { invalidValue, notSupported, required } from '../field-error.ts';
import { ensureObject, isObject, listAt, numberAt, setDefault, textAt } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function portCauses(port: number | undefined, field: string): Cause[] {
  if (port === undefined || (port > 0 && port < 65_536)) return [];
  return [invalidValue(field, port, 'must be between 1 and 65535, inclusive')];
}

function fill(service: KubeObject): void {
  const spec = ensureObject(service, 'spec');
  setDefault(spec, 'type', 'ClusterIP');
  setDefault(spec, 'sessionAffinity', 'None');
  setDefault(spec, 'internalTrafficPolicy', 'Cluster');
  for (const port of listAt(spec, 'ports')) {
    if (!isObject(port)) continue;
    setDefault(port, 'protocol', 'TCP');
    if (port['port'] !== undefined) setDefault(port, 'targetPort', port['port']);
  }
  const status = ensureObject(service, 'status');
  setDefault(status, 'loadBalancer', {});
}

export const service: Strategy = {
  defaults: fill,
  onCreate: (object) => {
    object['status'] = { loadBalancer: {} };
    const spec = ensureObject(object, 'spec');
    if (textAt(spec, 'type') === 'ExternalName') return;
    // On loopback, so that a sandbox can listen on it.
    const address = textAt(spec, 'clusterIP') || `127.96.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    spec['clusterIP'] = address;
    setDefault(spec, 'clusterIPs', [address]);
    setDefault(spec, 'ipFamilies', ['IPv4']);
    setDefault(spec, 'ipFamilyPolicy', 'SingleStack');
  },
  onUpdate: (object, old) => {
    const spec = ensureObject(object, 'spec');
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      const before = isObject(old['spec']) ? old['spec'][field] : undefined;
      if (before !== undefined) setDefault(spec, field, structuredClone(before));
    }
  },
  validate: (object) => {
    const spec = ensureObject(object, 'spec');
    const headless = textAt(spec, 'clusterIP') === 'None' || textAt(spec, 'type') === 'ExternalName';
    const type = textAt(spec, 'type') ?? '';
    return [
      ...(listAt(spec, 'ports').length === 0 && !headless ? [required('spec.ports')] : []),
      ...listAt(spec, 'ports').flatMap((port, index) => [
        ...portCauses(numberAt(port, 'port') ?? 0, `spec.ports[${index}].port`),
        ...portCauses(numberAt(port, 'targetPort'), `spec.ports[${index}].targetPort`),
      ]),
      ...(types.includes(type) ? [] : [notSupported('spec.type', type, types)]),
    ];
  },
};
