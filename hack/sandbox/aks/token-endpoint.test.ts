// Credentials: what the token endpoint refuses and in which words, and what ARM says to a bad token.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, request } from 'undici';
import { startAks, type Aks } from './aks.ts';
import { apiVersion, clusterPath } from './arm-fixture.ts';
import { federatedToken } from './federated-token.ts';
import { isObject, objectAt, textAt, type JsonObject } from './json.ts';

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

describe('the emulator over https', () => {
  let aks: Aks;
  let agent: Agent;

  beforeAll(async () => {
    const script = { deny: ['microsoft.containerservice/managedclusters/agentpools/write'], tokenLifetimeSeconds: 600 };
    aks = await startAks({ tls: true, subscription: 'sub', resourceGroup: 'rg', cluster: 'mc', script });
    agent = new Agent({ connect: { ca: aks.ca ?? '' } });
  });

  afterAll(async () => {
    await agent.close();
    await aks.close();
  });

  async function call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    more: { body?: string; authorization?: string } = {},
  ) {
    const { body, authorization } = more;
    const response = await request(`${aks.url}${path}`, {
      dispatcher: agent,
      method,
      headers: {
        'content-type': body?.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const value: unknown = await response.body.json();
    const parsed: JsonObject = isObject(value) ? value : {};
    return { status: response.statusCode, headers: response.headers, body: parsed };
  }

  function form(changes: Record<string, string> = {}): string {
    return new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: aks.identity.clientId,
      scope: 'https://management.azure.com/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: federatedToken(aks.identity, inAnHour()),
      ...changes,
    }).toString();
  }

  const tokenPath = (tenant = aks.identity.tenantId): string => `/${tenant}/oauth2/v2.0/token`;
  const poolsPath = `${clusterPath}/agentPools?${apiVersion}`;

  it('issues a token that ARM takes', async () => {
    const { status, body } = await call('POST', tokenPath(), { body: form() });
    expect([status, body['token_type'], body['expires_in']]).toEqual([200, 'Bearer', 600]);
    const listed = await call('GET', poolsPath, { authorization: `Bearer ${textAt(body, 'access_token')}` });
    expect(listed.status).toBe(200);
  });

  it('describes itself under the tenant', async () => {
    const { body } = await call('GET', `/${aks.identity.tenantId}/v2.0/.well-known/openid-configuration`);
    expect(body).toMatchObject({
      token_endpoint: `${aks.url}${tokenPath()}`,
      issuer: `${aks.url}/${aks.identity.tenantId}/v2.0`,
    });
  });

  it.each([
    ['subject', { subject: 'system:serviceaccount:x:y' }, 700213],
    ['issuer', { issuer: 'https://elsewhere/' }, 700211],
    ['audience', { audience: 'sts' }, 700212],
    ['subject and issuer', { subject: 'x', issuer: 'y' }, 70021],
  ])('refuses an assertion with another %s', async (_, claims, code) => {
    const assertion = federatedToken({ ...aks.identity, ...claims }, inAnHour());
    const { status, body } = await call('POST', tokenPath(), { body: form({ client_assertion: assertion }) });
    expect([status, body['error'], body['error_codes']]).toEqual([401, 'invalid_client', [code]]);
    expect(body['error_description']).toMatch(
      new RegExp(`^AADSTS${code}: No matching federated identity record found for presented assertion.* Trace ID: `),
    );
  });

  it.each([
    ['an expired assertion', () => ({ client_assertion: federatedToken(aks.identity, new Date(0)) }), 700024],
    ['no JWT', () => ({ client_assertion: 'x' }), 50027],
    ['another application', () => ({ client_id: 'x' }), 700016],
    ['a scope of another cloud', () => ({ scope: 'https://management.chinacloudapi.cn/.default' }), 500011],
    ['a scope without /.default', () => ({ scope: 'https://management.azure.com/' }), 1002012],
    ['another grant', () => ({ grant_type: 'password' }), 70003],
    ['no assertion', () => ({ client_assertion_type: '' }), 7000218],
  ])('refuses %s', async (_, changes, code) => {
    const { body } = await call('POST', tokenPath(), { body: form(changes()) });
    expect(body['error_codes']).toEqual([code]);
  });

  it('refuses another tenant', async () => {
    const { status, body } = await call('POST', tokenPath('other'), { body: form() });
    expect([status, body['error_codes']]).toEqual([400, [90002]]);
  });

  it.each([
    ['no token', () => undefined, 'AuthenticationFailed', /The 'Authorization' header is missing/],
    ['a token of nobody', () => 'Bearer nobody', 'InvalidAuthenticationToken', /invalid/],
    [
      'an expired token',
      () => `Bearer ${aks.issueToken(-60)}`,
      'ExpiredAuthenticationToken',
      /^The access token expiry UTC time '.+' is earlier than current UTC time '.+'\.$/,
    ],
  ])('answers 401 to %s', async (_, authorization, code, message) => {
    const header = authorization();
    const { status, headers, body } = await call(
      'GET',
      poolsPath,
      header === undefined ? {} : { authorization: header },
    );
    const error = objectAt(body, 'error');
    expect([status, error['code']]).toEqual([401, code]);
    expect(error['message']).toMatch(message);
    expect(headers['www-authenticate']).toMatch(/^Bearer authorization_uri=/);
  });

  it('answers 403 to an action that the role lacks', async () => {
    const authorization = `Bearer ${aks.issueToken()}`;
    const { status, body } = await call('PUT', `${clusterPath}/agentPools/ws1?${apiVersion}`, {
      body: '{}',
      authorization,
    });
    expect([status, objectAt(body, 'error')['code']]).toEqual([403, 'AuthorizationFailed']);
    expect(objectAt(body, 'error')['message']).toContain(
      "perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' over scope '/subscriptions/sub/",
    );
    expect((await call('GET', poolsPath, { authorization })).status).toBe(200);
  });

  it('tells a caller what it may do, which leaves out what is denied', async () => {
    const authorization = `Bearer ${aks.issueToken()}`;
    const path = `${clusterPath}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
    const { status, body } = await call('GET', path, { authorization });
    expect([status, body['value']]).toMatchObject([
      200,
      [{ actions: ['*'], notActions: ['microsoft.containerservice/managedclusters/agentpools/write'] }],
    ]);
    expect((await call('GET', path)).status).toBe(401);
  });
});
