// What the last request for a token met: MSAL hides sockets and answers behind words of its own.
import type { WorkloadIdentityCredentialOptions } from '@azure/identity';
import { isObject, parseJson } from './json.ts';

type Policy = NonNullable<WorkloadIdentityCredentialOptions['additionalPolicies']>[number];

export type TokenTrouble =
  /** No word of Entra's on our identity: `code` is the socket's, or the status of an answer that says no more. */
  | { readonly met: 'silence'; readonly host: string; readonly code: string }
  /** Entra's own words, without the ids and the time that each answer has others of. */
  | { readonly met: 'refusal'; readonly text: string };

export class TokenTrace {
  #last: TokenTrouble | undefined;

  /** Undefined: no request went out since `begin`, or the last one went well. */
  get last(): TokenTrouble | undefined {
    return this.#last;
  }

  begin(): void {
    this.#last = undefined;
  }

  /** To be put around each request that the credential sends. */
  readonly policy: Policy = {
    position: 'perRetry',
    policy: {
      name: 'gpuProvisionerTokenTracePolicy',
      sendRequest: async (request, next) => {
        const { host } = new URL(request.url);
        this.#last = { met: 'silence', host, code: 'no answer' };
        try {
          const answer = await next(request);
          this.#last = troubleIn(answer, host);
          return answer;
        } catch (error) {
          this.#last = { met: 'silence', host, code: codeOf(error) };
          throw error;
        }
      },
    },
  };
}

interface Answer {
  readonly status: number;
  readonly bodyAsText?: string | null;
}

/** Entra that fails, or has too much to do, has refused nobody; and what is no JSON is a proxy's. */
function troubleIn({ status, bodyAsText }: Answer, host: string): TokenTrouble | undefined {
  if (status < 400) return undefined;
  const body = parseJson(bodyAsText ?? '');
  if (status >= 500 || status === 429 || !isObject(body)) return { met: 'silence', host, code: `status ${status}` };
  const text = body['error_description'];
  return {
    met: 'refusal',
    text: typeof text === 'string' ? withoutIds(text) : `the token endpoint answered ${status}`,
  };
}

// Entra's words are a few hundred; a proxy's may be megabytes, over which the search for ids would take minutes.
const longestText = 4000;

/** A condition that changes with each answer would be written each time. */
export function withoutIds(text: string): string {
  return text.slice(0, longestText).replace(/[\s-]*\b(?:Trace ID|Correlation ID|Timestamp):.*$/s, '');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
}
