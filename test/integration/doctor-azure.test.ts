// The doctor's checks of Azure: the real process against the emulator's token endpoint and ARM.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aClusterPatient, anAzurePatient, examine, screenOfDoctor, type AzurePatient } from '../support/doctor.ts';

const write = 'Microsoft.ContainerService/managedClusters/agentPools/write';
const machines = 'Microsoft.ContainerService/managedClusters/agentPools/machines/read';

describe('doctor, where the identity is', () => {
  let patient: AzurePatient;

  beforeAll(async () => {
    patient = await anAzurePatient();
  });
  afterAll(async () => patient[Symbol.asyncDispose]());

  it('passes each check of Azure where all is in order, and writes nothing', async () => {
    const { of } = await examine(await patient.inPod());
    const looked = ['identity', 'arm', 'cluster', 'nodes', 'actions', 'pools'];
    const outcomes = looked.map((check) => of(check)[0]?.['outcome']);
    expect(outcomes).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'pass']);
    expect(of('pools')[0]?.['message']).toBe('The cluster has 1 of at most 100 agent pools');
    expect(patient.sandbox.aks.log.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it.each([
    ['subject', { subject: 'system:serviceaccount:gpu-provisioner:default' }, 'AADSTS700213'],
    ['issuer', { issuer: 'https://eastus.oic.prod-aks.azure.com/other-tenant/other-cluster/' }, 'AADSTS700211'],
    ['audience', { audience: 'api://elsewhere' }, 'AADSTS700212'],
    ['subject and issuer', { subject: 'system:serviceaccount:a:b', issuer: 'https://x.example/' }, 'AADSTS70021'],
  ])(
    'explains a federated credential with another %s in one screen, with the command that mends it',
    async (_, claims, code) => {
      const { identity } = patient.sandbox.aks;
      const shown = { issuer: identity.issuer, subject: identity.subject, audience: identity.audience, ...claims };
      const { code: exitCode, said } = await screenOfDoctor(await patient.inPod(claims));
      expect(exitCode).toBe(1);
      expect(said.split('\n').length).toBeLessThanOrEqual(40);
      expect(said).toMatch(new RegExp(String.raw`FAIL {2}identity +No token for Azure \(${code}\)`));
      expect(said).toContain(`issuer    ${shown.issuer}\n`);
      expect(said).toContain(`subject   ${shown.subject}\n`);
      expect(said).toContain(`audience  ${shown.audience}\n`);
      expect(said).toContain('az identity federated-credential create --name gpu-provisioner');
      expect(said).toContain(`--issuer ${shown.issuer} \\`);
      expect(said).toContain(`--subject ${shown.subject} --audiences ${shown.audience}`);
      expect(said).toMatch(/skip {2}cluster +Needs a token for Azure/);
    },
  );

  it('names the client id that the tenant does not know', async () => {
    const { of } = await examine({ ...(await patient.inPod()), AZURE_CLIENT_ID: 'nobody' });
    expect(of('identity')).toMatchObject([
      {
        outcome: 'fail',
        message: expect.stringContaining('AADSTS700016'),
        details: expect.arrayContaining(['client    nobody']),
      },
    ]);
  });

  it('takes a token file that is not there for what the webhook did not mount', async () => {
    const { of } = await examine({ ...(await patient.inPod()), AZURE_FEDERATED_TOKEN_FILE: '/nowhere/token' });
    expect(of('identity')).toMatchObject([{ outcome: 'fail', message: expect.stringContaining('"/nowhere/token"') }]);
  });

  it('names the settings that the webhook did not bring to a pod', async () => {
    const { AZURE_FEDERATED_TOKEN_FILE: _file, AZURE_TENANT_ID: _tenant, ...env } = await patient.inPod();
    const { of } = await examine({ ...env, KUBERNETES_SERVICE_HOST: '127.0.0.1' });
    expect(of('identity')).toMatchObject([
      {
        outcome: 'fail',
        message: expect.stringContaining('AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE not set'),
        mend: [
          expect.stringContaining('--enable-workload-identity'),
          expect.stringContaining('workloadIdentity.clientId'),
        ],
      },
    ]);
  });

  it('names the actions that are missing, and the role that has them', async () => {
    patient.sandbox.aks.setScript({ deny: [write, machines] });
    const { code, of } = await examine(await patient.inPod());
    patient.sandbox.aks.setScript({});
    expect(code).toBe(1);
    const [found] = of('actions');
    expect(found).toMatchObject({ outcome: 'fail', details: [machines, write] });
    const mend = String(found?.['mend']);
    expect(mend).toMatch(
      /az role definition create --role-definition '\{"Name":"GPU provisioner","Actions":\["Microsoft/,
    );
    expect(mend).toContain(
      `az role assignment create --assignee ${patient.sandbox.aks.identity.clientId} --role 'GPU provisioner'`,
    );
  });

  it('warns where Azure does not tell what the identity may do', async () => {
    patient.sandbox.aks.setScript({ deny: ['Microsoft.Authorization/permissions/read'] });
    const { of } = await examine(await patient.inPod());
    patient.sandbox.aks.setScript({});
    expect(of('actions')).toMatchObject([
      {
        outcome: 'warn',
        message: expect.stringContaining('lacks the action Microsoft.Authorization/permissions/read'),
      },
    ]);
  });

  it('says that the cluster is not found, and which names to compare', async () => {
    const { of } = await examine({ ...(await patient.inPod()), AZURE_CLUSTER_NAME: 'other' });
    expect(of('cluster')).toMatchObject([
      {
        outcome: 'fail',
        message: expect.stringContaining('not found'),
        mend: [expect.stringContaining('--name other')],
      },
    ]);
  });

  it('says that the Nodes are of another cluster than the one that is named', async () => {
    await using other = await aClusterPatient();
    const { code, of } = await examine({ ...(await patient.inPod()), ...(await other.env()) });
    expect(code).toBe(1);
    expect(of('cluster')).toMatchObject([{ outcome: 'pass' }]);
    expect(of('nodes')).toMatchObject([
      {
        outcome: 'fail',
        message: expect.stringContaining('they are two clusters'),
        mend: [expect.stringContaining('kubectl get nodes'), expect.stringContaining('az aks get-credentials')],
      },
    ]);
  });

  it('says that ARM cannot be reached, and names the proxy', async () => {
    const { of } = await examine({ ...(await patient.inPod()), ARM_ENDPOINT: 'https://127.0.0.1:9' });
    expect(of('arm')).toMatchObject([
      {
        outcome: 'fail',
        message: expect.stringContaining('cannot be reached (ECONNREFUSED)'),
        mend: [expect.stringContaining('HTTPS_PROXY')],
      },
    ]);
  });

  it('says that the proxy of the environment cannot be used', async () => {
    const { code, said } = await screenOfDoctor({ ...(await patient.inPod()), HTTPS_PROXY: '10.0.0.1:3128' });
    expect([code, said]).toEqual([2, 'Cannot use HTTPS_PROXY: it is no URL such as http://proxy:3128\n']);
  });

  it('refuses an ARM endpoint that cannot be used', async () => {
    const { code, said } = await screenOfDoctor({ ...(await patient.inPod()), ARM_ENDPOINT: 'http://arm.example' });
    expect([code, said]).toEqual([
      2,
      'ARM endpoint "http://arm.example" is plain http to another machine; use https\n',
    ]);
  });

  it('sees that the cluster is stopped', async () => {
    patient.sandbox.aks.stopCluster();
    const { of } = await examine(await patient.inPod());
    expect(of('cluster')[0]?.['outcome']).not.toBe('pass');
  });
});
