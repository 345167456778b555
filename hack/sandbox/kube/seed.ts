// What a new cluster has: the namespaces that every one has, and the service that leads to its API server.
import { randomUUID } from 'node:crypto';
import type { Env } from './call.ts';
import { timestamp } from './object.ts';

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export function seedCluster(env: Env): void {
  for (const name of namespaces) {
    env.storage.put('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        uid: randomUUID(),
        creationTimestamp: timestamp(env.now()),
        labels: { 'kubernetes.io/metadata.name': name },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
}
