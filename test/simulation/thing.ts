// Objects of the simulated API server: any kind, with the fields that its actors and the checks look at.
import type { OwnerReference } from '../../src/apis/wire.ts';

export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface ThingCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface ThingTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Thing {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Meta;
  readonly spec?: {
    readonly [key: string]: unknown;
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly ThingTaint[];
    readonly nodeName?: string;
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
  };
  readonly status?: {
    readonly [key: string]: unknown;
    readonly conditions?: readonly ThingCondition[];
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

/** What somebody writes before the API server has given it a uid and a version. */
export interface NewThing extends Omit<Thing, 'metadata'> {
  readonly metadata: Partial<Meta> & { readonly name: string };
}

/** The simulation's own API server made it, so the rest of its shape is known. */
export function isThing(value: unknown): value is Thing {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata;
}

export function isNewThing(value: unknown): value is NewThing {
  return isThing(value);
}

export function conditionOf(thing: Thing | undefined, type: string): ThingCondition | undefined {
  return thing?.status?.conditions?.find((condition) => condition.type === type);
}

export function isTrue(thing: Thing | undefined, type: string): boolean {
  return conditionOf(thing, type)?.status === 'True';
}

export function isDeleting(thing: Thing): boolean {
  return thing.metadata.deletionTimestamp !== undefined;
}

export function keyOf({
  metadata,
}: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
