// What Karpenter's own tests ask of NodeClaims that another provisioner serves: nothing happens to them.
import { expect, test } from 'vitest';
import { aNode } from '../support/claim-builders.ts';
import { begin } from '../support/eras.ts';

const name = 'foreign';

test("K17-LA02 K17-RE02 K17-IN02 K17-LI02 K17-FI02 K17-CT02 K17-EX04 another provisioner's NodeClaim is let be, from its birth to its end", async () => {
  const era = await begin('NodeClaim');
  const before = { writes: era.kube.writes.length, calls: era.callsOf('create').length };
  const finalizers = ['karpenter.sh/termination'];
  const object = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: {
      name,
      uid: 'uid-f',
      resourceVersion: '1',
      creationTimestamp: era.clock.now().toISOString(),
      finalizers,
    },
    spec: {
      nodeClassRef: { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'default' },
      requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['Standard_NC24ads_A100_v4'] }],
      expireAfter: '1m',
    },
  };
  era.kube.put('nodeclaims', object);
  era.join(aNode({ name: 'its-node', uid: 'node-f', pool: name }));
  await era.clock.advance(3_600_000);
  era.kube.remove('nodeclaims', name);
  await era.clock.advance(3_600_000);
  expect(era.kube.find('nodeclaims', name).metadata.finalizers).toEqual(finalizers);
  expect(era.kube.writes.slice(before.writes).filter((write) => write.name !== era.name)).toEqual([]);
  expect(era.callsOf('create')).toHaveLength(before.calls);
});
