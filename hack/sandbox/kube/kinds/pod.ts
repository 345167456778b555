// Pod: defaults, admission's additions, and the few fields of a spec that may change.
import { forbiddenField } from '../field-error.ts';
import { at, ensureObject, equalJson, isObject, listAt, setDefault, textAt, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { canonicalize } from '../quantity.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';
import { containerDefaults, containersOf } from './container.ts';
import { podCauses } from './pod-validation.ts';

// DefaultTolerationSeconds: how long a pod stays on a node that went away.
const tolerated = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Defaults of a pod's spec, alone or in a template. */
export function podSpecDefaults(spec: JsonObject): void {
  setDefault(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  setDefault(spec, 'dnsPolicy', 'ClusterFirst');
  setDefault(spec, 'securityContext', {});
  setDefault(spec, 'schedulerName', 'default-scheduler');
  if (textAt(spec, 'serviceAccountName') !== undefined)
    setDefault(spec, 'serviceAccount', spec['serviceAccountName'] ?? '');
  else if (textAt(spec, 'serviceAccount') !== undefined)
    setDefault(spec, 'serviceAccountName', spec['serviceAccount'] ?? '');
  for (const container of containersOf(spec)) containerDefaults(container);
  for (const volume of listAt(spec, 'volumes')) {
    if (!isObject(volume)) continue;
    for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
      const found = volume[source];
      if (isObject(found)) setDefault(found, 'defaultMode', 420);
    }
    const host = volume['hostPath'];
    if (isObject(host)) setDefault(host, 'type', '');
    if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  }
}

function fill(pod: KubeObject): void {
  const spec = ensureObject(pod, 'spec');
  podSpecDefaults(spec);
  setDefault(spec, 'enableServiceLinks', true);
  canonicalize(spec['overhead']);
  const status = ensureObject(pod, 'status');
  for (const condition of listAt(status, 'conditions')) {
    if (!isObject(condition)) continue;
    condition['lastProbeTime'] ??= null;
    condition['lastTransitionTime'] ??= null;
  }
}

function qualityOf(spec: JsonObject): string {
  const lists = containersOf(spec).map(({ resources }) => (isObject(resources) ? resources : {}));
  const counted = ['cpu', 'memory'];
  const has = (list: JsonObject, kind: string): boolean =>
    counted.some((name) => textAt(list, kind, name) !== undefined);
  if (lists.every((list) => !has(list, 'requests') && !has(list, 'limits'))) return 'BestEffort';
  const guaranteed = lists.every((list) =>
    counted.every((name) => {
      const limit = textAt(list, 'limits', name);
      return limit !== undefined && limit === (textAt(list, 'requests', name) ?? limit);
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function admit(pod: KubeObject): void {
  const spec = ensureObject(pod, 'spec');
  fill(pod);
  const tolerations = [...listAt(spec, 'tolerations')];
  for (const key of tolerated) {
    const covered = tolerations.some(
      (toleration) =>
        (textAt(toleration, 'key') === key || !textAt(toleration, 'key')) &&
        ['NoExecute', undefined, ''].includes(textAt(toleration, 'effect')),
    );
    if (!covered) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  spec['tolerations'] = tolerations;
  setDefault(spec, 'priority', priorities[textAt(spec, 'priorityClassName') ?? ''] ?? 0);
  setDefault(spec, 'preemptionPolicy', 'PreemptLowerPriority');
  pod['status'] = { phase: 'Pending', qosClass: qualityOf(spec) };
}

/** The classes that every cluster has. */
const priorities: { readonly [name: string]: number } = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** The spec without the fields that may change. */
function fixedPart(object: KubeObject): JsonObject {
  const spec = structuredClone(isObject(object['spec']) ? object['spec'] : {});
  for (const container of containersOf(spec)) delete container['image'];
  delete spec['activeDeadlineSeconds'];
  delete spec['tolerations'];
  delete spec['terminationGracePeriodSeconds'];
  return spec;
}

const fixedText =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function updateCauses(pod: KubeObject, old: KubeObject): Cause[] {
  const kept = listAt(old, 'spec', 'tolerations').every((before) =>
    listAt(pod, 'spec', 'tolerations').some((now) =>
      equalJson({ ...asObject(before), tolerationSeconds: 0 }, { ...asObject(now), tolerationSeconds: 0 }),
    ),
  );
  if (!kept)
    return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  return equalJson(fixedPart(pod), fixedPart(old)) ? [] : [forbiddenField('spec', fixedText)];
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export const pod: Strategy = {
  decodeProblem: (object) => {
    const containers = at(object, 'spec', 'containers') ?? null;
    if (containers === null || Array.isArray(containers)) return undefined;
    return `json: cannot unmarshal ${typeof containers} into Go struct field PodSpec.spec.containers of type []v1.Container`;
  },
  defaults: fill,
  onCreate: admit,
  onStatusUpdate: (object, old) => {
    object['spec'] = structuredClone(old['spec']);
    if (old.metadata.ownerReferences === undefined) delete object.metadata.ownerReferences;
    else object.metadata.ownerReferences = structuredClone(old.metadata.ownerReferences);
    const status = ensureObject(object, 'status');
    const quality = textAt(old, 'status', 'qosClass');
    if (quality !== undefined) setDefault(status, 'qosClass', quality);
  },
  validate: (object, old) => [...podCauses(object), ...(old === undefined ? [] : updateCauses(object, old))],
};
