// What the emulator answers, and its two kinds of error body: ARM's gateway wraps an error, AKS itself does not.
import type { Json, JsonObject } from './json.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

export interface RefusalText {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Who refuses: `arm` (body under `error`, header x-ms-failure-cause) or `aks` (bare body). */
  readonly by: 'arm' | 'aks';
  readonly details?: readonly JsonObject[];
  readonly target?: string;
  readonly subcode?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with an error, thrown by whatever rule says so. `code` is Azure's. */
export class ArmRefusal extends Error {
  readonly code: string;
  readonly text: RefusalText;

  constructor(text: RefusalText) {
    super(text.message);
    this.name = 'ArmRefusal';
    this.code = text.code;
    this.text = text;
  }
}

/** An error of the AKS resource provider: a bare body. */
export function aksRefusal(
  status: number,
  code: string,
  message: string,
  more: Partial<Pick<RefusalText, 'details' | 'target' | 'subcode' | 'headers'>> = {},
): ArmRefusal {
  return new ArmRefusal({ status, code, message, by: 'aks', ...more });
}

/** An error of ARM's gateway: body under `error`. */
export function armRefusal(
  status: number,
  code: string,
  message: string,
  more: Partial<Pick<RefusalText, 'headers'>> = {},
): ArmRefusal {
  return new ArmRefusal({ status, code, message, by: 'arm', ...more });
}

export function refusalAnswer(text: RefusalText): Answer {
  const { status, code, message, by, details, target, subcode, headers } = text;
  if (by === 'arm') {
    return { status, headers: { 'x-ms-failure-cause': 'gateway', ...headers }, body: { error: { code, message } } };
  }
  return {
    status,
    ...(headers === undefined ? {} : { headers }),
    body: {
      code,
      details: details ?? null,
      message,
      subcode: subcode ?? '',
      ...(target === undefined ? {} : { target }),
    },
  };
}
