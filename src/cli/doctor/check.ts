// A check, what it may use, and how many of them run at once without one that hangs or throws harming the others.
import type { Clock } from '../../clock.ts';
import { deadlineAfter } from '../../kube/deadline.ts';
import { KubeError } from '../../kube/errors.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import type { DoctorOptions } from '../../options.ts';
import { rightIn } from './denial.ts';
import { skip, type Finding, type NamedFinding, type Room } from './finding.ts';
import type { Azure } from './azure.ts';
import type { Surroundings } from './surroundings.ts';

/** What is known before any check, and what several of them ask for: asked once, at first use. */
export interface Case {
  readonly clock: Clock;
  readonly options: DoctorOptions;
  /** Throws Unlooked where there is no kubeconfig that can be used. */
  readonly kube: () => RestClient;
  readonly surroundings: () => Surroundings;
  /** What is known of Azure here; throws Unlooked where nothing may be asked of it from here. */
  readonly azure: () => Azure;
  /** Whether this is a pod: then the controller's may be asked without the API server's proxy. */
  readonly inPod: boolean;
  readonly signal: AbortSignal;
}

export interface Check {
  readonly room: Room;
  readonly name: string;
  look(the: Case, signal: AbortSignal): Promise<Finding | readonly Finding[]>;
}

/** A check cannot be made here; the message says what it needs. */
export class Unlooked extends Error {
  readonly code = 'UNLOOKED';
  readonly mend: readonly string[];

  constructor(message: string, mend: readonly string[] = []) {
    super(message);
    this.name = 'Unlooked';
    this.mend = mend;
  }
}

// A person waits. Longer than the SDK needs to give up a token endpoint that is there and slow.
const deadlineMs = 20_000;

/** All at once; the answers in the order of the checks. Never rejects. */
export async function runChecks(checks: readonly Check[], the: Case): Promise<readonly NamedFinding[]> {
  const found = await Promise.all(checks.map((check) => run(check, the)));
  return found.flat();
}

async function run(check: Check, the: Case): Promise<readonly NamedFinding[]> {
  using deadline = deadlineAfter(deadlineMs, { clock: the.clock, signal: the.signal });
  const { signal } = deadline;
  let findings: readonly Finding[];
  try {
    // Not all that a check calls follows a signal.
    findings = [await Promise.race([check.look(the, signal), rejectionOf(signal)])].flat();
  } catch (error) {
    findings = [skip(...whyNot(error, { timedOut: deadline.exceeded }))];
  }
  return findings.map((finding) => ({ room: check.room, check: check.name, ...finding }));
}

function whyNot(
  error: unknown,
  { timedOut }: { readonly timedOut: boolean },
): [message: string, more: Pick<Finding, 'mend'>] {
  if (timedOut) return [`Gave up after ${deadlineMs / 1000} s without an answer`, {}];
  if (error instanceof Unlooked) return [error.message, error.mend.length === 0 ? {} : { mend: error.mend }];
  const right = rightIn(error);
  if (right !== undefined) return [`Needs the right to ${right}, which you do not have here`, {}];
  if (error instanceof KubeError) return [error.message, {}];
  return [`The check itself failed: ${error instanceof Error ? error.message : String(error)}`, {}];
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return promise;
}
