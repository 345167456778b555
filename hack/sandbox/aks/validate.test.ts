// What is refused before anything is created.
import { describe, expect, it } from 'vitest';
import { anArm, gpuPool } from './arm-fixture.ts';
import type { JsonObject } from './json.ts';

async function refusal(properties: JsonObject, name = 'ws1'): Promise<readonly unknown[]> {
  await using arm = await anArm();
  const reply = await arm.put(name, { ...gpuPool, ...properties });
  expect(arm.aks.pools()).toHaveLength(reply.status === 201 ? 2 : 1);
  return [reply.status, reply.body['code'], reply.body['message']];
}

describe('the name of a pool', () => {
  it.each(['Upper', '1st', 'has-dash', 'thirteenchars', 'aksmanagedap'])('may not be %s', async (name) => {
    expect(await refusal({}, name)).toEqual([400, 'InvalidParameter', expect.stringContaining(name)]);
  });

  it.each(['a', 'twelvechars1'])('may be %s', async (name) => {
    expect(await refusal({}, name)).toEqual([201, undefined, undefined]);
  });
});

describe('node labels', () => {
  it.each([
    ['kubernetes.azure.com/mode', 'x', "The 'kubernetes.azure.com' prefix is preserved by aks system labels"],
    ['kubernetes.io/arch', 'amd64', 'must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io)'],
    ['sub.k8s.io/x', 'x', 'must begin with an allowed prefix'],
    ['bad key', 'x', 'Invalid node label key'],
    ['Up/x', 'x', 'Invalid node label key'],
    ['fine', 'not fine', 'Invalid node label value'],
    ['fine', 'x'.repeat(64), 'Invalid node label value'],
  ])('may not have %s=%s', async (key, value, message) => {
    expect(await refusal({ nodeLabels: { [key]: value } })).toEqual([
      400,
      'BadRequest',
      expect.stringContaining(message),
    ]);
  });

  it('may have other prefixes, and those two of Kubernetes', async () => {
    const nodeLabels = {
      'karpenter.sh/provisioner-name': 'default',
      'node.kubernetes.io/x': '1',
      'kubelet.kubernetes.io/y': '',
      'kaito.sh/workspace': 'w',
    };
    expect(await refusal({ nodeLabels })).toEqual([201, undefined, undefined]);
  });

  it('may not have values that are no strings', async () => {
    expect(await refusal({ nodeLabels: { a: 1 } })).toEqual([400, 'InvalidParameter', expect.any(String)]);
  });
});

describe('node taints', () => {
  it.each(['sku=gpu', 'sku=gpu:Never', '=gpu:NoSchedule', 'a=b=c:NoSchedule', 'sku gpu:NoSchedule'])(
    'may not be %s',
    async (taint) => {
      expect(await refusal({ nodeTaints: [taint] })).toEqual([400, 'InvalidParameter', expect.stringContaining(taint)]);
    },
  );

  it.each(['sku=gpu:NoSchedule', 'sku:NoExecute', 'a.io/b=:PreferNoSchedule'])('may be %s', async (taint) => {
    expect(await refusal({ nodeTaints: [taint] })).toEqual([201, undefined, undefined]);
  });
});

describe('tags', () => {
  it.each(['<', '>', '%', '&', '\\', '?', '/'])('may not have %s in their names', async (letter) => {
    expect(await refusal({ tags: { [`a${letter}b`]: 'x' } })).toEqual([
      400,
      'InvalidTagNameCharacters',
      expect.any(String),
    ]);
  });

  it.each(['azure-x', 'Microsoft.x', 'WINDOWSx'])('may not be named %s', async (name) => {
    expect(await refusal({ tags: { [name]: 'x' } })).toEqual([400, 'ReservedTagName', expect.any(String)]);
  });

  it('have at most 256 characters of value, 50 names, and names that differ by more than case', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, 'x']));
    for (const tags of [{ a: 'x'.repeat(257) }, many, { a: '1', A: '2' }]) {
      const [status] = await refusal({ tags });
      expect(status).toBe(400);
    }
    expect(await refusal({ tags: { 'gpu-provisioner-uid': 'x'.repeat(256) } })).toEqual([201, undefined, undefined]);
  });
});

describe('other properties', () => {
  it.each([
    [{ vmSize: 'Standard_NC999' }, 'VMSizeNotSupported'],
    [{ vmSize: '' }, 'InvalidParameter'],
    [{ count: -1 }, 'InvalidParameter'],
    [{ count: 1001 }, 'InvalidParameter'],
    [{ count: 0, mode: 'System' }, 'InvalidParameter'],
    [{ mode: 'user' }, 'InvalidParameter'],
    [{ osDiskSizeGB: 29 }, 'InvalidParameter'],
    [{ osDiskSizeGB: 2049 }, 'InvalidParameter'],
    [{ availabilityZones: ['4'] }, 'AvailabilityZoneNotSupported'],
  ])('%j is refused', async (properties, code) => {
    expect(await refusal(properties)).toEqual([400, code, expect.any(String)]);
  });

  it.each([
    { count: 0 },
    { osDiskSizeGB: 30 },
    { osDiskSizeGB: 2048 },
    { availabilityZones: ['1', '3'] },
    { vmSize: 'STANDARD_ND96isr_h100_V5' },
  ])('%j is taken', async (properties) => {
    expect(await refusal(properties)).toEqual([201, undefined, undefined]);
  });

  it('a retired size is taken or refused as the script says', async () => {
    await using takes = await anArm();
    await using refuses = await anArm({ retired: 'refuse' });
    const retired = { ...gpuPool, vmSize: 'Standard_NC6s_v3' };
    expect((await takes.put('ws1', retired)).status).toBe(201);
    expect((await refuses.put('ws1', retired)).body).toMatchObject({ code: 'VMSizeNotSupported' });
  });

  it('a body that is no JSON is refused by ARM', async () => {
    await using arm = await anArm();
    const reply = await arm.send('PUT', '/agentPools/ws1', { body: '{"properties":' });
    expect([reply.status, reply.body]).toEqual([
      400,
      { error: { code: 'InvalidRequestContent', message: expect.any(String) } },
    ]);
  });
});
