// One GET to ARM outside of the SDK: for what it has no call for, and for headers that it hides.
import { EnvHttpProxyAgent, request } from 'undici';
import { unlessAborted } from '../kube/deadline.ts';
import { failureOf, failureOfError, type ArmAnswer } from './arm-answer.ts';
import { ArmError, type ArmFailure } from './arm-errors.ts';
import type { ArmEndpoint } from './endpoint.ts';
import { proxyOf } from './proxy-setting.ts';

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
  const { url: proxy = '', not: noProxy } = proxyOf(process.env);
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy });
  try {
    const asked = request(`${endpoint.url}${path}`, {
      dispatcher,
      signal,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
    // undici hears an abort only on a connection.
    const { statusCode, headers, body } = await unlessAborted(asked, signal);
    const text = await body.text();
    const header = (name: string): string | undefined => [headers[name]].flat()[0];
    return { status: statusCode, header, body: text };
  } catch (error) {
    signal.throwIfAborted();
    throw new ArmError({ operation: 'cluster' }, failureBefore(error), { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

/** Of undici, which gives the refusal of a proxy no code, but these words; as the answer that the SDK takes it for. */
function failureBefore(error: unknown): ArmFailure {
  const failure = failureOfError(error);
  const status = /^Proxy response \((\d{3})\)/.exec(failure.armMessage)?.[1];
  return status === undefined ? failure : { status: Number(status), code: `Http${status}`, armMessage: '' };
}

/** The error that an answer is; `causeOf` says what it means. */
export function errorOfAnswer(answer: ArmAnswer, now: Date): ArmError {
  return new ArmError({ operation: 'cluster' }, failureOf(answer, now));
}
