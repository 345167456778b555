// The identity that this process shows to ARM: made at its first use, so that a bad one is an answer and not a crash.
import {
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
  type AccessToken,
  type TokenCredential,
} from '@azure/identity';
import type { Clock } from '../clock.ts';
import { deadlineAfter, unlessAborted } from '../kube/deadline.ts';
import { cleanText } from './arm-answer.ts';
import { tokenCodes } from './arm-errors.ts';
import { isMicrosoftAuthority, type Cloud } from './clouds.ts';
import { TokenTrace, withoutIds, type TokenTrouble } from './token-trace.ts';

/** No token could be had: the environment, the federated credential or the identity is not right, or not there yet. */
export class CredentialFailed extends Error {
  readonly code = 'CREDENTIAL_FAILED';
  /** Why, in a word of `tokenCodes`, where it is known. */
  readonly subcode: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly subcode?: string } = {}) {
    super(message, options);
    this.name = 'CredentialFailed';
    this.subcode = options.subcode;
  }
}

export interface CredentialOptions {
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly federatedTokenFile?: string | undefined;
  /** Overrides the cloud's. */
  readonly authorityHost?: string | undefined;
  /**
   * `self-hosted` expects the webhook of workload identity to have set tenant, client id and token file; a failure then
   * names what is missing. `managed` expects the host's identity. A complete federated identity is used in both.
   */
  readonly deploymentMode?: string | undefined;
}

export interface ArmCredential extends TokenCredential {
  /**
   * Azure does not take the token, though it should still be good: the next one is asked for anew. Not of a managed identity:
   * msal-node keeps its tokens in a static of ManagedIdentityApplication, and ManagedIdentityCredential passes no word to
   * get around it. The refused token is shown until its end, or until the process starts anew.
   */
  readonly renew?: () => void;
}

// A metadata service that is not there lets its callers hang for longer than anybody waits for a token.
const deadlineMs = 30_000;

/**
 * Reads no file and sends nothing before the first `getToken`, which throws CredentialFailed. The SDK keeps its tokens and
 * asks for the next one in the background, minutes before the end of the last. A failure of that would reach nobody and
 * end the process (core-rest-pipeline's tokenCycler.js does not await it): as long as the last token is good, it is given again.
 * No caller's signal ends it, for others wait for the same token.
 */
export function createCredential(options: CredentialOptions): ArmCredential {
  let made: TokenCredential | undefined;
  let last: AccessToken | undefined;
  const trace = new TokenTrace();
  return {
    renew() {
      // It keeps its tokens, so that only another one asks again.
      made = undefined;
      last = undefined;
    },
    async getToken(scopes, tokenOptions) {
      // Claims ask for another token, because ARM refused the last.
      const isGood = last !== undefined && last.expiresOnTimestamp > options.clock.now().getTime();
      const fallback = isGood && tokenOptions?.claims === undefined ? last : undefined;
      // core-rest-pipeline's tokenCycler.js gives one answer to all who wait, and the options of the first of them.
      const { abortSignal: _ofOneCaller, ...shared } = tokenOptions ?? {};
      using deadline = deadlineAfter(deadlineMs, { clock: options.clock, signal: new AbortController().signal });
      try {
        trace.begin();
        made ??= makeCredential(options, trace);
        // The SDK's own requests do not all follow a signal.
        const token = await unlessAborted(made.getToken(scopes, shared), deadline.signal);
        last = token ?? undefined;
        return token;
      } catch (error) {
        // It keeps what it read of the token file for minutes, and what was wrong with it may be mended by then.
        made = undefined;
        if (fallback !== undefined) return fallback;
        throw failureOf(error, options, trace.last);
      }
    },
  };
}

function failureOf(cause: unknown, options: CredentialOptions, trouble: TokenTrouble | undefined): CredentialFailed {
  const text = cleanText(withoutIds(cause instanceof Error ? cause.message : String(cause)));
  const absent = missing(options);
  if (absent !== '') return new CredentialFailed(`${absent}${text}`, { cause, subcode: tokenCodes.notSet });
  if (trouble?.met === 'silence')
    return new CredentialFailed(`${trouble.host} cannot be reached (${trouble.code})`, {
      cause,
      subcode: tokenCodes.unreachable,
    });
  if (trouble?.met === 'refusal') return new CredentialFailed(cleanText(trouble.text), { cause });
  const { federatedTokenFile = '' } = options;
  const unread = /\b(ENOENT|EACCES|EISDIR|ENOTDIR)\b|No content on the file/.exec(text);
  if (unread === null || federatedTokenFile === '') return new CredentialFailed(text, { cause });
  const why = unread[1] ?? 'it is empty';
  return new CredentialFailed(`cannot read the federated token file "${federatedTokenFile}" (${why})`, {
    cause,
    subcode: tokenCodes.file,
  });
}

function makeCredential(options: CredentialOptions, trace: TokenTrace): TokenCredential {
  const { cloud, tenantId, clientId, federatedTokenFile } = options;
  const authorityHost = options.authorityHost ?? cloud.authorityHost;
  if (isSet(tenantId) && isSet(clientId) && isSet(federatedTokenFile)) {
    return new WorkloadIdentityCredential({
      tenantId,
      clientId,
      tokenFilePath: federatedTokenFile,
      authorityHost,
      // Microsoft's directory of clouds knows no other authority and would refuse it after seconds of asking.
      disableInstanceDiscovery: !isMicrosoftAuthority(authorityHost),
      additionalPolicies: [trace.policy],
      // The LIST comes back by itself; four tries inside of one call would only hide for seconds what is wrong.
      retryOptions: { maxRetries: 0 },
    });
  }
  return isSet(clientId) ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
}

function missing({ tenantId, clientId, federatedTokenFile, deploymentMode }: CredentialOptions): string {
  if (deploymentMode === 'managed') return '';
  const settings = {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_FEDERATED_TOKEN_FILE: federatedTokenFile,
  };
  const absent = Object.entries(settings).flatMap(([name, value]) => (isSet(value) ? [] : [name]));
  return absent.length === 0 ? '' : `No workload identity (${absent.join(', ')} not set), and no managed identity: `;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
