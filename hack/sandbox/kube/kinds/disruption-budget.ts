// PodDisruptionBudget: one bound, and a status that starts at nothing allowed.
import { invalidValue } from '../field-error.ts';
import { ensureObject, objectAt, setDefault, type Json, type JsonObject } from '../json.ts';
import { qualifiedNameProblems } from '../names.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';

/** A count of pods, or a share of them up to 100%. */
function boundCauses(bound: Json | undefined, field: string): Cause[] {
  if (typeof bound === 'number') {
    return bound < 0 ? [invalidValue(field, bound, 'must be greater than or equal to 0')] : [];
  }
  if (typeof bound !== 'string') return [];
  if (!/^[0-9]+%$/.test(bound)) {
    const why =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
      "validation is '[0-9]+%')";
    return [invalidValue(field, bound, why)];
  }
  return Number.parseInt(bound, 10) > 100 ? [invalidValue(field, bound, 'must not be greater than 100%')] : [];
}

function selectorCauses(labels: JsonObject | undefined): Cause[] {
  const field = 'spec.selector.matchLabels';
  return Object.keys(labels ?? {}).flatMap((key) =>
    qualifiedNameProblems(key).map((problem) => invalidValue(field, key, problem)),
  );
}

function zeroes(object: KubeObject): void {
  const status = ensureObject(object, 'status');
  for (const count of ['currentHealthy', 'desiredHealthy', 'disruptionsAllowed', 'expectedPods']) {
    setDefault(status, count, 0);
  }
}

export const disruptionBudget: Strategy = {
  defaults: zeroes,
  onCreate: (object) => {
    object['status'] = {};
    zeroes(object);
  },
  validate: (object) => {
    const spec: JsonObject = objectAt(object, 'spec') ?? {};
    const both = spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined;
    // Shown as the Go struct that the real server prints.
    const shown = {
      MinAvailable: spec['minAvailable'] ?? null,
      Selector: spec['selector'] ?? null,
      MaxUnavailable: spec['maxUnavailable'] ?? null,
      UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
    };
    const why = 'minAvailable and maxUnavailable cannot be both set';
    return [
      ...(both ? [invalidValue('spec', shown, why)] : []),
      ...boundCauses(spec['minAvailable'], 'spec.minAvailable'),
      ...boundCauses(spec['maxUnavailable'], 'spec.maxUnavailable'),
      ...selectorCauses(objectAt(spec, 'selector', 'matchLabels')),
    ];
  },
};
