// What a check of the doctor found: one sentence, what stands behind it, and what mends it.

/** `skip`: it could not be looked at, and the message says what is needed for that. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'skip';

export interface Finding {
  readonly outcome: Outcome;
  /** One sentence, without a full stop. */
  readonly message: string;
  /** Facts behind it, a line each. */
  readonly details?: readonly string[];
  /** Commands to copy, and steps for people. Words in capitals or in `<>` are to be filled in. */
  readonly mend?: readonly string[];
}

type More = Pick<Finding, 'details' | 'mend'>;

export const pass = (message: string, more: More = {}): Finding => ({ outcome: 'pass', message, ...more });
export const warn = (message: string, more: More = {}): Finding => ({ outcome: 'warn', message, ...more });
export const fail = (message: string, more: More = {}): Finding => ({ outcome: 'fail', message, ...more });
export const skip = (message: string, more: More = {}): Finding => ({ outcome: 'skip', message, ...more });

export type Room = 'Kubernetes' | 'Controller' | 'Azure';

/** A finding under the name of its check; the name is stable, for programs. */
export interface NamedFinding extends Finding {
  readonly room: Room;
  readonly check: string;
}
