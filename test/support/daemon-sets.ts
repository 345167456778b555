// Device plugins as their makers install them.
import type { DaemonSet } from '../../src/apis/wire.ts';

type PodSpec = NonNullable<NonNullable<DaemonSet['spec']>['template']['spec']>;

export interface PluginWish {
  readonly name?: string;
  readonly image?: string;
  readonly pod?: Partial<PodSpec>;
}

/** As KAITO's chart has NVIDIA's plugin: it tolerates the taint of GPU nodes. */
export function aDevicePlugin({
  name = 'nvidia-device-plugin-daemonset',
  image,
  pod = {},
}: PluginWish = {}): DaemonSet {
  const labels = { name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'kube-system', uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'plugin', image: image ?? 'mcr.microsoft.com/oss/v2/nvidia/k8s-device-plugin:v0.18.2-12' },
          ],
          tolerations: [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }],
          ...pod,
        },
      },
    },
  };
}
