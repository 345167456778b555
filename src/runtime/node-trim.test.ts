// What is left of Nodes and Pods in the caches.
import { expect, test } from 'vitest';
import type { Node, Pod } from '../apis/wire.ts';
import { trimNode, trimPod } from './node-trim.ts';

const metadata = {
  name: 'a',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: 'x' },
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'kept' },
  managedFields: [{ manager: 'kubelet' }],
};
const left = { ...metadata, annotations: { mine: 'kept' }, managedFields: undefined };

test('trimNode leaves out managed fields, the applied copy and images, and nothing else', () => {
  const node: Node = {
    metadata,
    spec: { providerID: 'azure:///x', taints: [{ key: 'k', effect: 'NoSchedule' }] },
    status: { allocatable: { 'nvidia.com/gpu': '1' }, images: [{ names: ['x'], sizeBytes: 1 }] },
  };
  expect(trimNode(node)).toEqual({
    metadata: left,
    spec: node.spec,
    status: { allocatable: { 'nvidia.com/gpu': '1' } },
  });
  expect('managedFields' in trimNode(node).metadata).toBe(false);
});

test('trimNode and trimPod take objects without spec or status', () => {
  expect(trimNode({ metadata })).toEqual({ metadata: left });
  expect(trimPod({ metadata })).toEqual({ metadata: left });
});

test('trimPod keeps what eviction asks for, and of containers what they are and need', () => {
  const container = {
    name: 'c',
    image: 'i',
    resources: { limits: { 'nvidia.com/gpu': '1' } },
    env: [{ name: 'SECRET', value: 'x' }],
    command: ['sleep'],
  };
  const pod: Pod = {
    metadata,
    spec: {
      nodeName: 'n',
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
      containers: [container],
      initContainers: [{ ...container, restartPolicy: 'Always' }],
    },
    status: { phase: 'Running' },
  };
  const small = { name: 'c', image: 'i', resources: container.resources };
  expect(trimPod(pod)).toEqual({
    metadata: left,
    spec: {
      nodeName: 'n',
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
      containers: [small],
      initContainers: [{ ...small, restartPolicy: 'Always' }],
    },
    status: { phase: 'Running' },
  });
});
