// Device plugins as their makers install them.
import type { DaemonSet } from '../../src/apis/wire.ts';

type PodSpec = NonNullable<NonNullable<DaemonSet['spec']>['template']['spec']>;

export interface PluginWish {
  readonly name?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly pod?: Partial<PodSpec>;
}

/** As the API server returns it. */
export function aDevicePlugin(wish: PluginWish = {}): DaemonSet {
  const { metadata, ...rest } = devicePluginManifest(wish);
  return {
    ...rest,
    metadata: { ...metadata, uid: `uid-${metadata.name}`, resourceVersion: '1', creationTimestamp: '' },
  };
}

/** As KAITO's chart has NVIDIA's plugin, to be created: it tolerates the taint of GPU nodes. */
export function devicePluginManifest({
  name = 'nvidia-device-plugin-daemonset',
  namespace = 'kube-system',
  image = 'mcr.microsoft.com/oss/v2/nvidia/k8s-device-plugin:v0.18.2-12',
  pod = {},
}: PluginWish = {}): Omit<DaemonSet, 'metadata'> & { readonly metadata: { name: string; namespace: string } } {
  const labels = { name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'plugin', image }],
          tolerations: [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }],
          ...pod,
        },
      },
    },
  };
}
