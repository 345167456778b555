// What the claims of a Workspace say that keeps it waiting, as they say it (pure).
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { conditionTypes } from '../claims/faces.ts';
import { gpuReadyCondition } from '../claims/gpu-readiness/gpu-readiness.ts';
import type { Finding } from './checks.ts';

export interface ClaimCause extends Finding {
  /** Azure said no. */
  readonly refused: boolean;
}

/** Of the first claim that is not Ready; of one that was refused before all others. */
export function causeOf(claims: readonly Claim[]): ClaimCause | undefined {
  const causes = claims.flatMap(({ kind, status: { conditions } }): readonly ClaimCause[] => {
    const ready = conditionOf(conditions, 'Ready');
    if (ready === undefined || ready.status === 'True' || ready.reason === undefined) return [];
    const launched = conditionOf(conditions, conditionTypes[kind].launched);
    return [{ reason: ready.reason, message: ready.message ?? '', refused: launched?.status === 'False' }];
  });
  return causes.find(({ refused }) => refused) ?? causes[0];
}

export interface GpuLack extends Finding {
  /** False: they do not come by themselves; Unknown: they may come still. */
  readonly status: 'False' | 'Unknown';
}

/** Of a node that does not offer the GPUs of its size, although its claim may be Ready (`--gpu-readiness`). */
export function gpuLackOf(claims: readonly Claim[]): GpuLack | undefined {
  const lacks = claims.flatMap(({ status: { conditions } }): readonly GpuLack[] => {
    const gpus = conditionOf(conditions, gpuReadyCondition);
    if (gpus === undefined || gpus.status === 'True' || gpus.reason === undefined) return [];
    const status = gpus.status === 'False' ? 'False' : 'Unknown';
    return [{ status, reason: gpus.reason, message: gpus.message ?? '' }];
  });
  return lacks.find(({ status }) => status === 'False') ?? lacks[0];
}
