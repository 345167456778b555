// The token that Kubernetes projects into a pod for workload identity: here written to a file and read back.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, numberAt, textAt, type JsonObject } from './json.ts';

/** What the federated credential of the controller's identity says it trusts. */
export interface FederatedCredential {
  readonly tenantId: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface Assertion {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Seconds since the epoch; undefined when the token does not say. */
  readonly expires: number | undefined;
}

/**
 * A service account token with these claims. Its signature is filler: the emulator trusts claims alone, as it has no
 * issuer to ask for keys.
 */
export function federatedToken(
  claims: Pick<FederatedCredential, 'issuer' | 'subject' | 'audience'>,
  expires: Date,
): string {
  const payload = {
    iss: claims.issuer,
    sub: claims.subject,
    aud: [claims.audience],
    exp: Math.floor(expires.getTime() / 1000),
  };
  return [{ alg: 'RS256', kid: 'sandbox', typ: 'JWT' }, payload, 'unsigned'].map(base64url).join('.');
}

/** Writes such a token as kubelet does: readers never see half a file. The folder is made when it is missing. */
export async function writeFederatedToken(
  path: string,
  claims: Pick<FederatedCredential, 'issuer' | 'subject' | 'audience'>,
  { expires }: { readonly expires: Date },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, federatedToken(claims, expires), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Undefined when the text is no JWT. */
export function readAssertion(token: string): Assertion | undefined {
  const [, payload = '', ...rest] = token.split('.');
  if (rest.length !== 1) return undefined;
  const claims = parsed(Buffer.from(payload, 'base64url').toString('utf8'));
  if (claims === undefined) return undefined;
  const audience = claims['aud'];
  return {
    issuer: textAt(claims, 'iss') ?? '',
    subject: textAt(claims, 'sub') ?? '',
    audiences: [audience].flat().filter((each) => typeof each === 'string'),
    expires: numberAt(claims, 'exp'),
  };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller says so in Azure's words
  }
}

function base64url(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}
