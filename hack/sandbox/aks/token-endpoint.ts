// The token endpoint of Microsoft Entra ID, for one application with one federated credential.
import { randomUUID } from 'node:crypto';
import { armRefusal, type Answer } from './answer.ts';
import { readAssertion, type Assertion, type FederatedCredential } from './federated-token.ts';
import type { HttpRequest } from './server.ts';

export interface TokenEndpointOptions {
  readonly credential: FederatedCredential;
  readonly now: () => Date;
  /** Read at each request, in real seconds. */
  readonly lifetimeSeconds: () => number;
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const armResource = 'https://management.azure.com';

export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #expiry = new Map<string, Date>();

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
  }

  /** Undefined when the path is none of Entra's. */
  answer(request: HttpRequest): Answer | undefined {
    const [, tenant = '', ...rest] = request.url.pathname.split('/');
    const path = rest.join('/');
    if (path === 'v2.0/.well-known/openid-configuration') return this.#configuration(tenant, request.origin);
    if (path === 'oauth2/v2.0/token' && request.method === 'POST') return this.#token(tenant, request.text);
    return undefined;
  }

  /** A token as the endpoint issues them; a negative lifetime makes one that has expired. */
  issue(lifetimeSeconds: number): string {
    const token = `eyJ0eXAiOiJKV1QifQ.${Buffer.from(randomUUID()).toString('base64url')}.${randomUUID()}`;
    this.#expiry.set(token, new Date(this.#options.now().getTime() + lifetimeSeconds * 1000));
    return token;
  }

  /** Throws ARM's 401 unless the header carries a token of ours that is still good. */
  authenticate(authorization: string | undefined): void {
    if (authorization === undefined || authorization === '') {
      throw unauthorized('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
    }
    const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? [];
    const expiry = token === undefined ? undefined : this.#expiry.get(token);
    if (expiry === undefined) throw unauthorized('InvalidAuthenticationToken', 'The access token is invalid.');
    const now = this.#options.now();
    if (expiry > now) return;
    throw unauthorized(
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${azureTime(expiry)}' is earlier than current UTC time '${azureTime(now)}'.`,
    );
  }

  #configuration(tenant: string, origin: string): Answer {
    if (!this.#isTenant(tenant)) return this.#noTenant(tenant);
    const base = `${origin}/${tenant}`;
    return {
      status: 200,
      body: {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_modes_supported: ['query', 'fragment', 'form_post'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        end_session_endpoint: `${base}/oauth2/v2.0/logout`,
        tenant_region_scope: 'WW',
      },
    };
  }

  #token(tenant: string, text: string): Answer {
    if (!this.#isTenant(tenant)) return this.#noTenant(tenant);
    const form = new URLSearchParams(text);
    const problem = this.#problemOf(form, tenant);
    if (problem !== undefined) return this.#refusal(problem);
    const lifetime = this.#options.lifetimeSeconds();
    return {
      status: 200,
      headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
      body: {
        token_type: 'Bearer',
        expires_in: lifetime,
        ext_expires_in: lifetime,
        access_token: this.issue(lifetime),
      },
    };
  }

  #problemOf(form: URLSearchParams, tenant: string): Problem | undefined {
    const { credential, now } = this.#options;
    const clientId = form.get('client_id') ?? '';
    if (form.get('grant_type') !== 'client_credentials') {
      return {
        error: 'unsupported_grant_type',
        code: 70003,
        status: 400,
        text: 'The app requested an unsupported grant type.',
      };
    }
    if (clientId.toLowerCase() !== credential.clientId.toLowerCase()) {
      return {
        error: 'unauthorized_client',
        code: 700016,
        status: 400,
        text: `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      };
    }
    if (form.get('client_assertion_type') !== jwtBearer) {
      return invalidClient(
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    }
    const assertion = readAssertion(form.get('client_assertion') ?? '');
    if (assertion === undefined) return invalidClient(50027, 'JWT token is invalid or malformed.');
    return (
      mismatch(assertion, credential) ?? expired(assertion, now()) ?? scopeProblem(form.get('scope') ?? '', tenant)
    );
  }

  #isTenant(tenant: string): boolean {
    return tenant.toLowerCase() === this.#options.credential.tenantId.toLowerCase();
  }

  #noTenant(tenant: string): Answer {
    return this.#refusal({
      error: 'invalid_request',
      code: 90002,
      status: 400,
      text: `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    });
  }

  #refusal({ error, code, status, text }: Problem): Answer {
    const trace = randomUUID();
    const correlation = randomUUID();
    const timestamp = this.#options
      .now()
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z');
    return {
      status,
      body: {
        error,
        error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
        error_codes: [code],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      },
    };
  }
}

interface Problem {
  readonly error: string;
  readonly code: number;
  readonly status: number;
  readonly text: string;
}

const helpText =
  'Please note that the matching is done using a case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

/** One wrong claim is named; when several are wrong Entra names them all (AADSTS70021). */
function mismatch({ issuer, subject, audiences }: Assertion, credential: FederatedCredential): Problem | undefined {
  const wrong = [
    issuer !== credential.issuer && { code: 700211, what: `issuer '${issuer}'` },
    subject !== credential.subject && { code: 700213, what: `subject '${subject}'` },
    !audiences.includes(credential.audience) && { code: 700212, what: `audience '${audiences.join(' ')}'` },
  ].filter((each) => each !== false);
  const [first, second] = wrong;
  if (first === undefined) return undefined;
  if (second === undefined) {
    return invalidClient(
      first.code,
      `No matching federated identity record found for presented assertion ${first.what}. ${helpText}`,
    );
  }
  return invalidClient(
    70021,
    `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audiences.join(' ')}'. ${helpText}`,
  );
}

function expired({ expires }: Assertion, now: Date): Problem | undefined {
  if (expires !== undefined && expires * 1000 > now.getTime()) return undefined;
  return invalidClient(
    700024,
    `Client assertion is not within its valid time range. Current time: ${now.toISOString()}, expiry time of assertion ${expires === undefined ? 'missing' : new Date(expires * 1000).toISOString()}.`,
  );
}

function scopeProblem(scope: string, tenant: string): Problem | undefined {
  const asked = scope.split(' ').find((each) => each.endsWith('/.default'));
  if (asked === undefined) {
    return {
      error: 'invalid_scope',
      code: 1002012,
      status: 400,
      text: `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    };
  }
  const resource = asked.replace(/\/+\.default$/, '');
  if (resource === armResource) return undefined;
  return {
    error: 'invalid_resource',
    code: 500011,
    status: 400,
    text: `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  };
}

function invalidClient(code: number, text: string): Problem {
  return { error: 'invalid_client', code, status: 401, text };
}

function unauthorized(code: string, message: string): Error {
  return armRefusal(401, code, message, {
    headers: {
      'www-authenticate': `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${message}"`,
    },
  });
}

function azureTime(time: Date): string {
  return time.toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}
