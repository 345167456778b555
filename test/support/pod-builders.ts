// Pods as the API server has them, for tests of what a drain does with them.
import type { Pod } from '../../src/apis/wire.ts';
import { timeAt } from './claim-builders.ts';

export interface PodOptions {
  readonly name?: string;
  readonly uid?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly owner?: { readonly apiVersion: string; readonly kind: string };
  /** When its grace ends, in seconds from noon. */
  readonly endsAt?: number;
  readonly annotations?: Record<string, string>;
  readonly tolerations?: readonly { key?: string; operator?: string; value?: string; effect?: string }[];
  readonly priorityClass?: string;
  readonly graceSeconds?: number;
  /** Names of its PersistentVolumeClaims. */
  readonly claims?: readonly string[];
  /** Names of its generic ephemeral volumes. */
  readonly ephemeral?: readonly string[];
}

export const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet' } as const;
export const nodeItself = { apiVersion: 'v1', kind: 'Node' } as const;

export function aPod(options: PodOptions = {}): Pod {
  const {
    name = 'p',
    uid = `uid-${name}`,
    node,
    phase = 'Running',
    owner,
    endsAt,
    annotations,
    priorityClass,
  } = options;
  const { claims = [], ephemeral = [], graceSeconds = 30, tolerations = [] } = options;
  return {
    metadata: {
      name,
      namespace: 'ns',
      uid,
      resourceVersion: '1',
      creationTimestamp: timeAt(-100),
      ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, name: 'o', uid: 'o' }] }),
      ...(endsAt === undefined ? {} : { deletionTimestamp: timeAt(endsAt) }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      containers: [],
      tolerations,
      terminationGracePeriodSeconds: graceSeconds,
      ...(node === undefined ? {} : { nodeName: node }),
      ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
      volumes: [
        ...claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claim } })),
        ...ephemeral.map((volume) => ({ name: volume, ephemeral: {} })),
      ],
    },
    status: { phase },
  };
}
