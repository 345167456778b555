// Node: what the API server adds to a new one, and what an update may change.
import { forbiddenField, invalidValue, notSupported, required } from '../field-error.ts';
import {
  at,
  ensureObject,
  equalJson,
  isObject,
  listAt,
  setDefault,
  textAt,
  type Json,
  type JsonObject,
} from '../json.ts';
import { labelValueProblems, qualifiedNameProblems } from '../names.ts';
import type { KubeObject } from '../object.ts';
import { canonicalize } from '../quantity.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';

const notReady = 'node.kubernetes.io/not-ready';
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const nodeInfo = [
  'architecture',
  'bootID',
  'containerRuntimeVersion',
  'kernelVersion',
  'kubeProxyVersion',
  'kubeletVersion',
  'machineID',
  'operatingSystem',
  'osImage',
  'systemUUID',
];

function fill(node: KubeObject): void {
  ensureObject(node, 'spec');
  const status = ensureObject(node, 'status');
  canonicalize(status['capacity']);
  canonicalize(status['allocatable']);
  if (isObject(status['capacity'])) setDefault(status, 'allocatable', structuredClone(status['capacity']));
  const kubelet = ensureObject(ensureObject(status, 'daemonEndpoints'), 'kubeletEndpoint');
  setDefault(kubelet, 'Port', 0);
  const info = ensureObject(status, 'nodeInfo');
  for (const field of nodeInfo) setDefault(info, field, '');
  for (const condition of listAt(status, 'conditions')) {
    if (!isObject(condition)) continue;
    condition['lastHeartbeatTime'] ??= null;
    condition['lastTransitionTime'] ??= null;
  }
}

/** The TaintNodesByCondition admission plugin: nothing is scheduled to a node before it is known to be ready. */
function taintAsNotReady(node: KubeObject): void {
  const spec = ensureObject(node, 'spec');
  const taints = listAt(spec, 'taints');
  const has = taints.some((taint) => textAt(taint, 'key') === notReady && textAt(taint, 'effect') === 'NoSchedule');
  if (!has) spec['taints'] = [...taints, { key: notReady, effect: 'NoSchedule' }];
}

function taintCauses(taint: Json, field: string): Cause[] {
  const key = textAt(taint, 'key') ?? '';
  const value = textAt(taint, 'value') ?? '';
  const effect = textAt(taint, 'effect') ?? '';
  const causes = qualifiedNameProblems(key).map((problem) => invalidValue(`${field}.key`, key, problem));
  const wrongValue = labelValueProblems(value);
  if (wrongValue.length > 0) causes.push(invalidValue(`${field}.value`, value, wrongValue.join(';')));
  if (effect === '') causes.push(required(`${field}.effect`));
  else if (!effects.includes(effect)) causes.push(notSupported(`${field}.effect`, effect, effects));
  return causes;
}

function taintsCauses(spec: Json | undefined): Cause[] {
  const seen = new Set<string>();
  return listAt(spec, 'taints').flatMap((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const causes = taintCauses(taint, field);
    const identity = `${textAt(taint, 'key')}:${textAt(taint, 'effect')}`;
    if (causes.length === 0 && seen.has(identity)) {
      const shown = {
        key: textAt(taint, 'key') ?? '',
        value: textAt(taint, 'value') ?? '',
        effect: textAt(taint, 'effect') ?? '',
      };
      causes.push({
        reason: 'FieldValueDuplicate',
        message: `Duplicate value: ${JSON.stringify(withoutEmpty(shown))}: taints must be unique by key and effect pair`,
        field,
      });
    }
    seen.add(identity);
    return causes;
  });
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== ''));
}

/** Fields of spec that may change; providerID and podCIDRs only from nothing. */
const free = new Set(['taints', 'unschedulable', 'configSource']);

function updateCauses(node: KubeObject, old: KubeObject): Cause[] {
  const [next, last] = [ensureObject(node, 'spec'), isObject(old['spec']) ? old['spec'] : {}];
  const causes: Cause[] = [];
  const lastProvider = textAt(last, 'providerID') ?? '';
  if (lastProvider !== '' && lastProvider !== textAt(next, 'providerID')) {
    causes.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  if (listAt(last, 'podCIDRs').length > 0 && !equalJson(next['podCIDRs'], last['podCIDRs'])) {
    causes.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  const fixed = [...new Set([...Object.keys(next), ...Object.keys(last)])].filter(
    (field) => !free.has(field) && !['providerID', 'podCIDR', 'podCIDRs'].includes(field),
  );
  if (fixed.some((field) => !equalJson(next[field], last[field]))) {
    causes.push(
      forbiddenField(
        'spec',
        'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)',
      ),
    );
  }
  return causes;
}

export const node: Strategy = {
  decodeProblem: (object) => {
    const value = at(object, 'spec', 'unschedulable') ?? null;
    if (value === null || typeof value === 'boolean') return undefined;
    return `json: cannot unmarshal ${typeof value} into Go struct field NodeSpec.spec.unschedulable of type bool`;
  },
  defaults: fill,
  onCreate: taintAsNotReady,
  onStatusUpdate: (object, old) => {
    object['spec'] = structuredClone(old['spec']);
  },
  validate: (object, old) => [...taintsCauses(object['spec']), ...(old === undefined ? [] : updateCauses(object, old))],
};
