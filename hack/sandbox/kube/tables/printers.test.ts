import { describe, expect, test } from 'vitest';
import { cells, created, named, part, table } from './fixture.ts';

test('tableOf shows nodes by readiness, scheduling, roles and addresses', () => {
  const metadata = {
    name: 'n',
    creationTimestamp: created,
    labels: { 'kubernetes.io/role': 'agent', 'node-role.kubernetes.io/gpu': '' },
  };
  const nodeInfo = {
    kubeletVersion: 'v1.31.2',
    osImage: 'Ubuntu 22.04',
    kernelVersion: '5.15',
    containerRuntimeVersion: 'containerd://1.7',
  };
  const status = {
    conditions: [{ type: 'Ready', status: 'Unknown' }],
    nodeInfo,
    addresses: [{ type: 'InternalIP', address: '10.224.0.5' }],
  };
  const basics = ['n', 'NotReady,SchedulingDisabled', 'agent,gpu', '60m', 'v1.31.2'];
  expect(cells('/nodes', { metadata, spec: { unschedulable: true }, status })).toEqual(
    basics.concat('10.224.0.5', '<none>', 'Ubuntu 22.04', '5.15', 'containerd://1.7'),
  );
  const bare = ['bare', 'Unknown', '<none>', '60m', ''];
  expect(cells('/nodes', named('bare'))).toEqual(
    bare.concat('<none>', '<none>', '<unknown>', '<unknown>', '<unknown>'),
  );
});

test('tableOf shows events of both APIs alike', () => {
  const shown = ['10m', 'Normal', 'Foo', 'pod/p1', '', 'me, h', 'it happened', '60m', 3, 'e'];
  const core = named('e', {
    involvedObject: { kind: 'Pod', name: 'p1' },
    source: { component: 'me', host: 'h' },
    type: 'Normal',
    reason: 'Foo',
    message: 'it happened\n',
    count: 3,
    firstTimestamp: created,
    lastTimestamp: '2026-01-01T00:50:00Z',
  });
  const modern = named('e', {
    regarding: { kind: 'Pod', name: 'p1' },
    reportingController: 'me',
    reportingInstance: 'h',
    type: 'Normal',
    reason: 'Foo',
    note: 'it happened',
    eventTime: created,
    series: { count: 3, lastObservedTime: '2026-01-01T00:50:00Z' },
  });
  expect(cells('/events', core)).toEqual(shown);
  expect(cells('events.k8s.io/events', modern)).toEqual(shown);
});

const template = {
  spec: {
    containers: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'y' },
    ],
  },
};
const selector = {
  matchLabels: { app: 'web' },
  matchExpressions: [
    { key: 'a', operator: 'In', values: ['y', 'x'] },
    { key: 'z', operator: 'DoesNotExist' },
  ],
};

const kinds: readonly (readonly [where: string, item: object, shown: readonly unknown[]])[] = [
  [
    'apps/deployments',
    named('d', {
      spec: { replicas: 2, selector, template },
      status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
    }),
    ['d', '1/2', 2, 1, '60m', 'a,b', 'x,y', 'a in (x,y),app=web,!z'],
  ],
  ['apps/statefulsets', named('s', { spec: { template } }), ['s', '0/1', '60m', 'a,b', 'x,y']],
  [
    'apps/daemonsets',
    named('d', { spec: { template: {} }, status: { desiredNumberScheduled: 2, numberReady: 1 } }),
    ['d', 2, 0, 1, 0, 0, '<none>', '60m', '', '', '<none>'],
  ],
  [
    'batch/jobs',
    named('j', { spec: { completions: 3 }, status: { succeeded: 1, startTime: '2026-01-01T00:59:00Z' } }),
    ['j', 'Running', '1/3', '60s', '60m', '', '', '<none>'],
  ],
  [
    'batch/jobs',
    named('j', { spec: { parallelism: 3 }, status: { conditions: [{ type: 'Failed', status: 'True' }] } }),
    ['j', 'Failed', '0/1 of 3', '', '60m', '', '', '<none>'],
  ],
  [
    '/services',
    named('s', {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.9',
        externalIPs: ['1.2.3.4'],
        ports: [
          { port: 80, nodePort: 31000 },
          { port: 53, protocol: 'UDP' },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: '5.6.7.8' }, { hostname: 'h.example' }] } },
    }),
    ['s', 'LoadBalancer', '10.0.0.9', '5.6.7.8,h.example,1.2.3.4', '80:31000/TCP,53/UDP', '60m', '<none>'],
  ],
  [
    '/services',
    named('s', { spec: { type: 'LoadBalancer' } }),
    ['s', 'LoadBalancer', '<none>', '<pending>', '<none>', '60m', '<none>'],
  ],
  [
    '/services',
    named('s', { spec: { type: 'ExternalName', externalName: 'x.y' } }),
    ['s', 'ExternalName', '<none>', 'x.y', '<none>', '60m', '<none>'],
  ],
  [
    '/endpoints',
    named('e', { subsets: [{ addresses: ['1', '2', '3', '4'].map((ip) => ({ ip })), ports: [{ port: 80 }] }] }),
    ['e', '1:80,2:80,3:80 + 1 more...', '60m'],
  ],
  [
    'policy/poddisruptionbudgets',
    named('b', { spec: { minAvailable: '50%' }, status: { disruptionsAllowed: 2 } }),
    ['b', '50%', 'N/A', 2, '60m'],
  ],
  ['coordination.k8s.io/leases', named('l', { spec: { holderIdentity: 'me' } }), ['l', 'me', '60m']],
  ['/secrets', named('s', { type: 'Opaque', data: { a: '', b: '' } }), ['s', 'Opaque', 2, '60m']],
  ['/configmaps', named('c', { data: { a: '' }, binaryData: { b: '' } }), ['c', 2, '60m']],
  ['rbac.authorization.k8s.io/roles', named('r'), ['r', created]],
  [
    'rbac.authorization.k8s.io/rolebindings',
    named('r', {
      roleRef: { kind: 'Role', name: 'x' },
      subjects: [
        { kind: 'ServiceAccount', namespace: 'n', name: 's' },
        { kind: 'User', name: 'u' },
      ],
    }),
    ['r', 'Role/x', '60m', 'u', '', 'n/s'],
  ],
  [
    '/persistentvolumes',
    named('v', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadOnlyMany', 'ReadWriteOnce'],
        claimRef: { namespace: 'n', name: 'c' },
      },
      status: { phase: 'Bound' },
    }),
    ['v', '1Gi', 'RWO,ROX', 'Retain', 'Bound', 'n/c', '', '<unset>', '', '60m', '<unset>'],
  ],
  [
    '/resourcequotas',
    named('q', { status: { hard: { pods: '9', 'limits.cpu': '4' }, used: { pods: '2' } } }),
    ['q', 'pods: 2/9', 'limits.cpu: 0/4', '60m'],
  ],
  ['example.test/unheardof', named('x'), ['x', '60m']],
];

describe('tableOf shows one of', () => {
  test.each(kinds)('%s', (where, item, shown) => {
    expect(cells(where, item)).toEqual(shown);
    expect(part(table(where, [item]), 'columnDefinitions')).toHaveLength(shown.length);
  });
});
