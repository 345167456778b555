// Claims and their plans, for the tests of what becomes a pool: a test says what matters to it.
import type { Claim, Requirement } from '../../src/apis/claim.ts';
import { gpuCatalogue } from '../../src/azure/catalogue.ts';
import { planPool, type PoolPlan } from '../../src/azure/pool-plan.ts';

export const sizeKey = 'node.kubernetes.io/instance-type';
export const sized = (...values: string[]): Requirement => ({ key: sizeKey, operator: 'In', values });

export interface ClaimChanges {
  readonly kind?: Claim['kind'];
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly requirements?: readonly Requirement[];
  readonly spec?: Partial<Claim['spec']>;
}

function claim({
  kind = 'Machine',
  name = 'ws1a2b3c4d5',
  labels,
  annotations,
  requirements,
  spec,
}: ClaimChanges = {}): Claim {
  return {
    kind,
    name,
    uid: '0e3a',
    resourceVersion: '1',
    generation: 1,
    createdAt: new Date('2025-10-17T15:49:18.123Z'),
    labels: { 'kaito.sh/workspace': 'w', 'kaito.sh/workspacenamespace': 'ns', ...labels },
    annotations: annotations ?? {},
    finalizers: [],
    ownerReferences: [],
    spec: {
      requirements: requirements ?? [sized('Standard_NC24ads_A100_v4')],
      taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
      startupTaints: [],
      requests: { storage: '50Gi' },
      ...spec,
    },
    status: { conditions: [] },
  };
}

export const plan = (changes: ClaimChanges = {}): PoolPlan => planPool(claim(changes), { catalogue: gpuCatalogue });

export function accepted(changes: ClaimChanges = {}): Extract<PoolPlan, { ok: true }> {
  const made = plan(changes);
  if (made.ok) return made;
  throw new Error(made.message);
}

export function refusal(changes: ClaimChanges): string {
  const made = plan(changes);
  if (!made.ok) return made.message;
  throw new Error('Expected a refusal');
}
