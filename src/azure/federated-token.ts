// What a federated token says of itself: the three things that a federated credential in Azure must have the same of.
import { isObject, parseJson } from './json.ts';

export interface FederatedToken {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Undefined when it does not say. */
  readonly expires: Date | undefined;
}

/** Undefined when the text is no JWT. The signature is Entra's to check. */
export function readFederatedToken(text: string): FederatedToken | undefined {
  const [, payload = '', ...rest] = text.trim().split('.');
  if (rest.length !== 1) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isObject(claims)) return undefined;
  const { iss, sub, aud, exp } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return undefined;
  return {
    issuer: iss,
    subject: sub,
    audiences: [aud].flat().filter((each) => typeof each === 'string'),
    expires: typeof exp === 'number' ? new Date(exp * 1000) : undefined,
  };
}
