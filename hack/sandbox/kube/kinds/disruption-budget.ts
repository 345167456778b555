// PodDisruptionBudget: one bound, and a status that starts at nothing allowed.
import { invalidValue } from '../field-error.ts';
import { ensureObject, objectAt, setDefault, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';

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
    return both ? [invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set')] : [];
  },
};
