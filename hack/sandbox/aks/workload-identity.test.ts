// The identity path of production, unchanged: a process of its own that trusts the emulator by NODE_EXTRA_CA_CERTS.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAks, type Aks } from './aks.ts';
import { writeFederatedToken } from './federated-token.ts';

const program = `
  import { ContainerServiceClient } from '@azure/arm-containerservice';
  import { WorkloadIdentityCredential } from '@azure/identity';
  const credential = new WorkloadIdentityCredential({ disableInstanceDiscovery: true });
  const client = new ContainerServiceClient(credential, 's', { endpoint: process.env.ARM_ENDPOINT, retryOptions: { maxRetries: 0 } });
  try {
    const names = [];
    for await (const pool of client.agentPools.list('rg', 'mc')) names.push(pool.name);
    console.log(names.join(' '));
  } catch (error) {
    console.log(error.name + ' ' + error.message);
  }
`;

describe('WorkloadIdentityCredential against the emulator', () => {
  let aks: Aks;
  let folder: string;

  beforeAll(async () => {
    aks = await startAks({ tls: true, subscription: 's', resourceGroup: 'rg', cluster: 'mc' });
    folder = await mkdtemp(join(tmpdir(), 'aks-identity-'));
    await writeFile(join(folder, 'ca.pem'), aks.ca ?? '');
  });

  afterAll(async () => {
    await aks.close();
    await rm(folder, { recursive: true });
  });

  async function output(subject: string): Promise<string> {
    const token = join(folder, `token-${subject}`);
    await writeFederatedToken(token, { ...aks.identity, subject }, { expires: new Date(Date.now() + 3_600_000) });
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        NO_PROXY: '127.0.0.1',
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        ARM_ENDPOINT: aks.url,
        AZURE_AUTHORITY_HOST: aks.authorityUrl,
        AZURE_TENANT_ID: aks.identity.tenantId,
        AZURE_CLIENT_ID: aks.identity.clientId,
        AZURE_FEDERATED_TOKEN_FILE: token,
      },
    });
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    return text.trim();
  }

  it('gets a token for the right subject and lists the pools with it', async () => {
    expect(await output(aks.identity.subject)).toBe('nodepool1');
    expect(aks.log.at(-1)).toMatchObject({ operation: 'LIST', status: 200, authorized: true });
  });

  it('tells another subject that no federated credential matches', async () => {
    const before = aks.log.length;
    expect(await output('system:serviceaccount:other:other')).toMatch(
      /AuthenticationRequiredError.*AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:other:other'/s,
    );
    expect(aks.log.length).toBe(before);
  });
});
