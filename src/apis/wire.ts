// Kubernetes' own types as they are on the wire: JSON, with strings for dates and the real names of fields.
import type {
  CoreV1Event,
  V1DaemonSet,
  V1ConfigMap,
  V1Deployment,
  V1Job,
  V1Lease,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
  V1Service,
  V1StatefulSet,
  V1Taint,
  V1VolumeAttachment,
} from '@kubernetes/client-node';

/** client-node's model of an object, as JSON has it: dates are strings, and `_continue` is `continue` again. */
type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? readonly Wire<U>[]
    : T extends object
      ? { readonly [K in keyof T as K extends `_${infer R}` ? R : K]: Wire<T[K]> }
      : T;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Metadata of an object that the API server has returned. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** What every object of the API has; the rest depends on its kind. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

type Stored<T> = Omit<Wire<T>, 'metadata'> & { readonly metadata: ObjectMeta };

export type Node = Stored<V1Node>;
export type Pod = Stored<V1Pod>;
export type Deployment = Stored<V1Deployment>;
export type DaemonSet = Stored<V1DaemonSet>;
export type StatefulSet = Stored<V1StatefulSet>;
export type Job = Stored<V1Job>;
export type Service = Stored<V1Service>;
export type ConfigMap = Stored<V1ConfigMap>;
export type Secret = Stored<V1Secret>;
export type Lease = Stored<V1Lease>;
export type VolumeAttachment = Stored<V1VolumeAttachment>;
export type PersistentVolumeClaim = Stored<V1PersistentVolumeClaim>;
/** Of the old API group: the only one that can be searched by the object it speaks of. */
export type CoreEvent = Stored<CoreV1Event>;
export type Taint = Wire<V1Taint>;
