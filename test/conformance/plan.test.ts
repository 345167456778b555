// What gpu-provisioner's own unit tests ask of the agent pool that a claim becomes.
import { describe, expect, test } from 'vitest';
import type { ClaimKind } from '../../src/apis/claim.ts';
import { gpuCatalogue } from '../../src/azure/catalogue.ts';
import { planPool } from '../../src/azure/pool-plan.ts';
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import { aMachine, type MachineOptions } from '../support/claim-builders.ts';

const family = 'kaito.sh/node-image-family';

function bodyOf(kind: ClaimKind, options: MachineOptions = {}): AgentPoolBody {
  const plan = planPool({ ...aMachine(options), kind }, { catalogue: gpuCatalogue });
  if (!plan.ok) throw new Error(plan.message);
  return plan.body;
}

describe('the pool of a Machine', () => {
  test('GPM01 storage 30 is a disk of 30 GB', () => {
    expect(bodyOf('Machine', { spec: { requests: { storage: '30' } } })).toMatchObject({ osDiskSizeGB: 30, count: 1 });
  });

  test('GPM02 without storage AKS chooses the disk', () => {
    expect(bodyOf('Machine', { spec: { requests: {} } })).not.toHaveProperty('osDiskSizeGB');
  });

  test('GPN28 what is no NodeClaim has no image family', () => {
    expect(bodyOf('Machine', { annotations: { [family]: 'AzureLinux' } })).not.toHaveProperty('osSKU');
  });
});

describe('the pool of a NodeClaim', () => {
  test('GPN01 storage 30Gi is a disk of 30 GiB', () => {
    expect(bodyOf('NodeClaim', { spec: { requests: { storage: '30Gi' } } })).toMatchObject({
      osDiskSizeGB: 30,
      count: 1,
    });
  });

  test('GPN02 GPN27 without storage AKS chooses the disk, where the Go provisioner failed for ever', () => {
    expect(bodyOf('NodeClaim', { spec: { requests: {} } })).not.toHaveProperty('osDiskSizeGB');
  });

  test.each<[string, MachineOptions, AgentPoolBody['osSKU']]>([
    ['GPN29 the annotation AzureLinux', { annotations: { [family]: 'AzureLinux' } }, 'AzureLinux'],
    ['GPN30 the annotation Ubuntu', { annotations: { [family]: 'Ubuntu' } }, 'Ubuntu'],
    ['GPN31 the annotation in any case', { annotations: { [family]: 'aZuReLiNuX' } }, 'AzureLinux'],
    ['GPN32 an unknown family', { annotations: { [family]: 'flatcar' } }, 'Ubuntu'],
    ['GPN33 no annotation', {}, 'Ubuntu'],
    ['GPN34 a label of that name alone, which is ignored', { labels: { [family]: 'AzureLinux' } }, 'Ubuntu'],
    [
      'GPN35 an annotation beside a label that says otherwise',
      { labels: { [family]: 'Ubuntu' }, annotations: { [family]: 'AzureLinux' } },
      'AzureLinux',
    ],
  ])('%s', (_, options, osSKU) => {
    expect(bodyOf('NodeClaim', options).osSKU).toBe(osSKU);
  });
});
