// The Services of a Workspace: one address for its clients, and one for each pod where pods talk to each other.
import type { Workspace } from '../apis/workspace.gen.ts';
import { ownedMetadata, podLabels, port } from './pod-parts.ts';

const torchPort = 29_500;

/** Ports as `kubectl get service` shows them since KAITO v0.3.0: 80/TCP,29500/TCP (contract/kaito.md 4.2). */
export function serviceFor(workspace: Workspace, { distributed }: { readonly distributed: boolean }): object {
  const { annotations = {}, name } = workspace.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(workspace),
    spec: {
      type: annotations['kaito.sh/enablelb'] === 'True' ? 'LoadBalancer' : 'ClusterIP',
      publishNotReadyAddresses: true,
      selector: {
        ...podLabels(workspace),
        // A distributed model answers on its first pod.
        ...(distributed ? { 'statefulset.kubernetes.io/pod-name': `${name}-0` } : {}),
      },
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: port },
        { name: 'torch', protocol: 'TCP', port: torchPort, targetPort: torchPort },
      ],
    },
  };
}

export function headlessServiceFor(workspace: Workspace): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(workspace, headlessName(workspace)),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: podLabels(workspace),
      ports: [{ name: 'torchrun', protocol: 'TCP', port: torchPort, targetPort: torchPort }],
    },
  };
}

export function headlessName({ metadata }: Workspace): string {
  return `${metadata.name}-headless`;
}
