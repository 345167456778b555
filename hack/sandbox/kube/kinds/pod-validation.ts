// What makes a pod invalid, for the mistakes that a test, a stand-in or a person makes.
import { isIP } from 'node:net';
import { duplicate, invalidValue, notSupported, required } from '../field-error.ts';
import { isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { labelProblems } from '../names.ts';
import type { KubeObject } from '../object.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { Cause } from '../status.ts';

function nameCauses(value: Json, field: string, seen: Set<string>): Cause[] {
  const name = textAt(value, 'name') ?? '';
  if (name === '') return [required(`${field}.name`)];
  if (seen.has(name)) return [duplicate(`${field}.name`, name)];
  seen.add(name);
  return labelProblems(name).map((problem) => invalidValue(`${field}.name`, name, problem));
}

function quantityCauses(container: Json, field: string): Cause[] {
  return ['limits', 'requests'].flatMap((list) =>
    Object.entries(objectAt(container, 'resources', list) ?? {}).flatMap(([name, value]) => {
      const canonical = canonicalQuantity(value);
      if (canonical === undefined || !canonical.startsWith('-')) return [];
      return [invalidValue(`${field}.resources.${list}[${name}]`, canonical, 'must be greater than or equal to 0')];
    }),
  );
}

function addressCauses(pod: KubeObject): Cause[] {
  return listAt(pod, 'status', 'podIPs').flatMap((entry, index) => {
    const address = textAt(entry, 'ip') ?? '';
    const problem = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
    return isIP(address) === 0 ? [invalidValue(`status.podIPs[${index}]`, address, problem)] : [];
  });
}

export function podCauses(pod: KubeObject): Cause[] {
  return [...specCauses(objectAt(pod, 'spec') ?? {}, 'spec'), ...addressCauses(pod)];
}

/** Of a workload: its own pods would be refused, so it is. */
export function templateCauses(workload: KubeObject): Cause[] {
  return specCauses(objectAt(workload, 'spec', 'template', 'spec') ?? {}, 'spec.template.spec');
}

function specCauses(spec: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  const volumes = new Set<string>();
  for (const [index, volume] of listAt(spec, 'volumes').entries()) {
    causes.push(...nameCauses(volume, `${path}.volumes[${index}]`, volumes));
  }
  if (listAt(spec, 'containers').length === 0) causes.push(required(`${path}.containers`));
  const names = new Set<string>();
  for (const list of ['containers', 'initContainers']) {
    for (const [index, container] of listAt(spec, list).entries()) {
      const field = `${path}.${list}[${index}]`;
      causes.push(...nameCauses(container, field, names));
      if (!textAt(container, 'image')) causes.push(required(`${field}.image`));
      causes.push(...quantityCauses(container, field));
      for (const [mount, value] of listAt(container, 'volumeMounts').entries()) {
        const volume = textAt(value, 'name') ?? '';
        if (!volumes.has(volume) && isObject(value)) {
          causes.push({
            reason: 'FieldValueNotFound',
            message: `Not found: ${JSON.stringify(volume)}`,
            field: `${field}.volumeMounts[${mount}].name`,
          });
        }
      }
    }
  }
  const policy = textAt(spec, 'restartPolicy') ?? '';
  const policies = ['Always', 'OnFailure', 'Never'];
  if (!policies.includes(policy)) causes.push(notSupported(`${path}.restartPolicy`, policy, policies));
  return causes;
}
