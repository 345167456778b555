import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loopbackCertificate, type ServerCertificate } from '../../hack/sandbox/tls.ts';
import { poolJson, startFakeArm, type FakeArm, type FakeReply, type SeenRequest } from '../../test/support/fake-arm.ts';
import { systemClock } from '../clock.ts';
import { cloudOf } from './clouds.ts';
import { createCredential, CredentialFailed } from './credentials.ts';

const program = fileURLToPath(new URL('../../test/support/list-pools.ts', import.meta.url));
const tenant = '11111111-1111-1111-1111-111111111111';

let certificate: ServerCertificate;
let folder: string;
const open: FakeArm[] = [];

beforeAll(async () => {
  certificate = await loopbackCertificate('fake');
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  await writeFile(join(folder, 'ca.pem'), certificate.ca);
  await writeFile(join(folder, 'token'), 'the-federated-token');
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake[Symbol.asyncDispose]()));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A server that is both ARM and the token endpoint; `token` answers requests for one. */
async function start(token: () => FakeReply): Promise<FakeArm> {
  const fake = await startFakeArm(({ path }) => {
    if (path.endsWith('/openid-configuration')) return { status: 200, body: openIdConfiguration(fake.url) };
    if (path.endsWith('/token')) return token();
    return { status: 200, body: { value: [poolJson('a')] } };
  }, certificate);
  open.push(fake);
  return fake;
}

function openIdConfiguration(url: string): Record<string, string> {
  const issuer = `${url}/${tenant}/v2.0`;
  const base = `${url}/${tenant}/oauth2/v2.0`;
  return {
    issuer,
    token_endpoint: `${base}/token`,
    authorization_endpoint: `${base}/authorize`,
    jwks_uri: `${base}/keys`,
  };
}

async function listPools(fake: FakeArm, times: number, env: Record<string, string> = {}): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, `${times}`], {
    env: {
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      ARM_ENDPOINT: fake.url,
      AZURE_TENANT_ID: tenant,
      AZURE_CLIENT_ID: 'client-1',
      AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token'),
      AZURE_AUTHORITY_HOST: fake.url,
      ...env,
    },
  });
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

const to = (fake: FakeArm, end: string): readonly SeenRequest[] =>
  fake.requests.filter(({ path }) => path.endsWith(end));
const goodToken = (): FakeReply => ({
  status: 200,
  body: { token_type: 'Bearer', expires_in: 3600, access_token: 'the-access-token' },
});

describe('createCredential with workload identity', () => {
  it('GPN55 shows ARM a token of the custom authority, over TLS of a private authority, and keeps it', async () => {
    const fake = await start(goodToken);
    await expect(listPools(fake, 3)).resolves.toEqual(Array.from({ length: 3 }, () => ({ pools: ['a'] })));
    expect(to(fake, '/openid-configuration')).toHaveLength(1);
    const [token, ...others] = to(fake, '/token');
    expect(others).toEqual([]);
    const form = new URLSearchParams(token?.body);
    expect(Object.fromEntries(form)).toMatchObject({
      client_id: 'client-1',
      client_assertion: 'the-federated-token',
      grant_type: 'client_credentials',
    });
    expect(form.get('scope')).toContain('https://management.azure.com/.default');
    const calls = to(fake, '/agentPools');
    expect(calls.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer the-access-token'));
  });

  it('is a cause to be tried again while the federated credential is wrong, and works when it is right', async () => {
    let tries = 0;
    const wrong = { error: 'invalid_client', error_description: 'AADSTS700213: No matching federated identity record' };
    const fake = await start(() => (tries++ === 0 ? { status: 401, body: wrong } : goodToken()));
    const [first, second] = await listPools(fake, 2);
    expect(first).toMatchObject({
      cause: { reason: 'AuthenticationFailed', kind: 'config', headline: expect.stringContaining('AADSTS700213') },
    });
    expect(second).toEqual({ pools: ['a'] });
    expect(to(fake, '/agentPools')).toHaveLength(1);
  });

  it('asks for a new token when Azure does not take the one that should still be good', async () => {
    let issued = 0;
    const fake = await start(() => {
      issued += 1;
      return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${issued}` } };
    });
    const { reply } = fake;
    const error = { code: 'ExpiredAuthenticationToken', message: 'The access token expiry UTC time is earlier' };
    fake.reply = (request, index) =>
      request.headers.authorization === 'Bearer token-1' ? { status: 401, body: { error } } : reply(request, index);
    const [first, ...others] = await listPools(fake, 3);
    expect(first).toMatchObject({ cause: { reason: 'AuthenticationFailed', retry: { minMs: 5000 } } });
    expect(others).toEqual([{ pools: ['a'] }, { pools: ['a'] }]);
    expect(issued).toBe(2);
  });

  it('goes on with a token that is still good when no new one can be had, and does not end the process', async () => {
    let asked = 0;
    // The SDK asks for a new one two minutes before the end, and lets the failure of that go unhandled at the end.
    const short = { token_type: 'Bearer', expires_in: 30, access_token: 'short' };
    const fake = await start(() =>
      asked++ === 0 ? { status: 200, body: short } : { status: 400, body: { error: 'invalid_request' } },
    );
    await expect(listPools(fake, 2)).resolves.toEqual([{ pools: ['a'] }, { pools: ['a'] }]);
    expect(asked).toBe(2);
  });

  it('is a cause when the token file is not there yet', async () => {
    const fake = await start(goodToken);
    const [only] = await listPools(fake, 1, { AZURE_FEDERATED_TOKEN_FILE: join(folder, 'missing') });
    expect(only).toMatchObject({
      cause: { reason: 'AuthenticationFailed', kind: 'config', headline: expect.stringContaining('missing" (ENOENT)') },
    });
    expect(fake.requests).toEqual([]);
  });

  it('names the settings that are missing', async () => {
    const fake = await start(goodToken);
    // No metadata service answers either: its requests are sent to a proxy that is not there.
    const none = { AZURE_CLIENT_ID: '', AZURE_FEDERATED_TOKEN_FILE: '', HTTP_PROXY: 'http://127.0.0.1:9' };
    const [only] = await listPools(fake, 1, none);
    const headline = expect.stringMatching(/^No token for Azure: AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE not set,/);
    expect(only).toMatchObject({ cause: { reason: 'AuthenticationFailed', kind: 'config', headline } });
  });

  it("says Entra's words without the ids and the time that each answer has others of", async () => {
    const description =
      "AADSTS700016: Application with identifier 'x' was not found. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-01-01 00:00:00Z";
    const fake = await start(() => ({
      status: 400,
      body: { error: 'unauthorized_client', error_description: description },
    }));
    const [only] = await listPools(fake, 1);
    expect(only).toMatchObject({
      cause: { headline: expect.stringMatching(/AADSTS700016: Application with identifier 'x' was not found\.$/) },
    });
  });

  it.each<[string, FakeReply, string]>([
    ['fails', { status: 503, body: { error: 'temporarily_unavailable', error_description: 'AADSTS90033: x' } }, '503'],
    ['has too much to do', { status: 429, body: { error: 'x', error_description: 'AADSTS90055: x' } }, '429'],
    ['is not reached, but a proxy', { status: 403, body: '<html>blocked</html>' }, '403'],
  ])(
    'says of an Entra that %s that it cannot be reached, and not that the identity is wrong',
    async (_, reply, status) => {
      const fake = await start(() => reply);
      const [only] = await listPools(fake, 1);
      expect(only).toMatchObject({
        cause: {
          reason: 'AwaitingAzure',
          kind: 'retry',
          headline: expect.stringContaining(`cannot be reached (status ${status})`),
        },
      });
      expect(to(fake, '/token').length).toBeGreaterThan(0);
    },
  );

  it('reads no more than the beginning of an answer that is all blanks', async () => {
    const description = `AADSTS700016: Application${' '.repeat(1_000_000)}x`;
    const fake = await start(() => ({ status: 400, body: { error: 'x', error_description: description } }));
    const [only] = await listPools(fake, 1);
    expect(only).toMatchObject({ cause: { headline: expect.stringContaining('AADSTS700016') } });
  });

  it('is a cause when nobody vouches for the server', async () => {
    const fake = await start(goodToken);
    const [only] = await listPools(fake, 1, { NODE_EXTRA_CA_CERTS: '' });
    const headline = expect.stringMatching(
      /^No token for Azure: 127.0.0.1:\d+ cannot be reached \([A-Z_]*CERT[A-Z_]*\);/,
    );
    expect(only).toMatchObject({ cause: { reason: 'AwaitingAzure', kind: 'retry', headline } });
    expect(fake.requests).toEqual([]);
  });
});

describe('createCredential', () => {
  const options = { cloud: cloudOf(undefined), clock: systemClock };

  it('does nothing, and so cannot fail, before a token is asked for', () => {
    expect(() =>
      createCredential({ ...options, tenantId: 'not a tenant', clientId: 'x', federatedTokenFile: '/x' }),
    ).not.toThrow();
  });

  it('throws CredentialFailed for a tenant that cannot be one', async () => {
    const credential = createCredential({
      ...options,
      tenantId: 'not a tenant',
      clientId: 'x',
      federatedTokenFile: '/x',
    });
    await expect(credential.getToken('scope')).rejects.toBeInstanceOf(CredentialFailed);
  });
});
