// One GET to ARM outside of the SDK: for what it has no call for, and for headers that it hides.
import { EnvHttpProxyAgent, request } from 'undici';
import { failureOf, failureOfError, type ArmAnswer } from './arm-answer.ts';
import { ArmError } from './arm-errors.ts';
import type { ArmEndpoint } from './endpoint.ts';

export interface ArmGetOptions {
  readonly endpoint: ArmEndpoint;
  /** Below the endpoint, with its query. */
  readonly path: string;
  /** Absent: nothing is shown, and ARM answers 401. */
  readonly token?: string;
  readonly signal: AbortSignal;
}

/** Any status is an answer. Throws an ArmError where none came, and the signal's reason. */
export async function armGet({ endpoint, path, token, signal }: ArmGetOptions): Promise<ArmAnswer> {
  // As the SDK does it: HTTPS_PROXY and NO_PROXY of the environment hold.
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const { statusCode, headers, body } = await request(`${endpoint.url}${path}`, {
      dispatcher,
      signal,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    const text = await body.text();
    const header = (name: string): string | undefined => [headers[name]].flat()[0];
    return { status: statusCode, header, body: text };
  } catch (error) {
    signal.throwIfAborted();
    throw new ArmError({ operation: 'cluster' }, failureOfError(error), { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

/** The error that an answer is; `causeOf` says what it means. */
export function errorOfAnswer(answer: ArmAnswer, now: Date): ArmError {
  return new ArmError({ operation: 'cluster' }, failureOf(answer, now));
}
