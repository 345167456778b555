// Lease: times with microseconds, and durations that make sense.
import { invalidValue } from '../field-error.ts';
import { ensureObject, numberAt } from '../json.ts';
import { microTimeProblem } from '../micro-time.ts';
import type { Strategy } from '../resource.ts';

export const lease: Strategy = {
  decodeProblem: (object) =>
    microTimeProblem(object, 'spec', 'acquireTime') ?? microTimeProblem(object, 'spec', 'renewTime'),
  defaults: (object) => {
    ensureObject(object, 'spec');
  },
  validate: (object) => {
    const seconds = numberAt(object, 'spec', 'leaseDurationSeconds');
    const transitions = numberAt(object, 'spec', 'leaseTransitions');
    return [
      ...(seconds !== undefined && seconds <= 0
        ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
        : []),
      ...(transitions !== undefined && transitions < 0
        ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
        : []),
    ];
  },
};
