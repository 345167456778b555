// What a failure means: finds its row in the error table and says it in words that fit a condition.
import { ArmError, ArmNotNow, localCodes, type ArmCall, type ArmFailure } from './arm-errors.ts';
import { readSaid, withoutPassing } from './arm-text.ts';
import type { CauseRow } from './cause-row.ts';
import { causeTable } from './cause-table.ts';
import type { Cause } from './cause.ts';
import { headlineWithStep } from './headline.ts';
import type { ProvisioningError } from './pool.ts';

const hourMs = 60 * 60 * 1000;

/** The cause of any throw of ArmClient or Inventory; an error that is neither's is a bug of ours and says so. */
export function causeOf(error: unknown): Cause {
  if (error instanceof ArmNotNow) return patienceOf(error);
  if (error instanceof ArmError) return classify(error, error);
  const text = error instanceof Error ? error.message : String(error);
  return {
    reason: 'UnexpectedError',
    kind: 'retry',
    headline: headlineWithStep({ what: 'Unexpected', next: 'this is a bug of ours, please report it', quote: text }),
    detail: error instanceof Error ? error.name : '',
    capacity: false,
    retry: { minMs: 5000, maxMs: 300_000 },
    leavesPool: false,
  };
}

/** Why a pool ended Failed or Canceled, from its provisioningError, which AKS does not always fill. */
export function causeOfProvisioning(error: ProvisioningError | undefined): Cause {
  const failure =
    error === undefined
      ? { code: localCodes.unknown, armMessage: 'AKS gives no reason; see the activity log of the cluster' }
      : { code: error.code, armMessage: error.message };
  // The answer that carried it was a good one: none of the rows for calls without an answer is meant.
  return { ...classify({ ...failure, status: 200 }, undefined), leavesPool: true };
}

/** How long it is stands in the detail: each answer has another time, and a status that said it would be written for each. */
function patienceOf(error: ArmNotNow): Cause {
  const until = `next try in ${Math.ceil(error.retryAfterMs / 1000)} s`;
  const pace = { minMs: error.retryAfterMs, maxMs: Math.max(error.retryAfterMs, hourMs) };
  if (error.answer !== undefined) {
    const cause = classify(error.answer, error.answer);
    return { ...cause, detail: `${cause.detail}, ${until}`, retry: pace };
  }
  return {
    reason: 'Throttled',
    kind: 'throttled',
    headline: 'Requests to Azure are held back to stay below its limits; tried again by itself',
    detail: until,
    capacity: false,
    retry: pace,
    leavesPool: false,
  };
}

function classify(failure: ArmFailure, call: ArmCall | undefined): Cause {
  const row = causeTable.find((candidate) => matches(candidate, failure, call));
  if (row === undefined) throw new TypeError('The error table has no row for everything');
  const said = readSaid(failure.armMessage);
  // A pool keeps the error that it has, and its ids are nowhere else.
  const text = call === undefined ? failure.armMessage : withoutPassing(failure.armMessage);
  const told = { ...said, code: failure.code, text };
  const isWrite = call?.operation === 'create' || call?.operation === 'delete';
  const unknown = isWrite && row.mayHaveRun === true;
  const [tableMinMs, maxMs] = row.retry;
  // A limit of zero is not raised within minutes: nobody was given quota at all.
  const minMs = row.reason === 'QuotaExceeded' && said.limit === 0 ? hourMs : tableMinMs;
  return {
    reason: row.reason,
    kind: unknown ? 'unknownOutcome' : row.kind,
    headline: headlineWithStep({
      what: row.what(told),
      next: typeof row.next === 'string' ? row.next : row.next(told),
      quote: row.quote?.(told),
    }),
    detail: detailOf(failure),
    capacity: row.capacity ?? false,
    retry: { minMs, maxMs: Math.max(minMs, maxMs) },
    leavesPool: unknown && call?.operation === 'create',
  };
}

function matches(row: CauseRow, failure: ArmFailure, call: ArmCall | undefined): boolean {
  if (row.status === 'none' && failure.status !== undefined) return false;
  if (row.status === 'server' && !isServerFault(failure.status)) return false;
  if (Array.isArray(row.status) && !row.status.includes(failure.status ?? 0)) return false;
  if (row.codes !== undefined && !codesOf(failure).some((code) => row.codes?.includes(code))) return false;
  if (row.text !== undefined && !row.text.test(failure.armMessage)) return false;
  if (row.operation !== undefined && row.operation !== call?.operation) return false;
  return row.namesPool !== true || namesPool(failure.armMessage, call?.pool ?? '');
}

function isServerFault(status: number | undefined): boolean {
  return status === 408 || (status !== undefined && status >= 500);
}

/**
 * Every code that a failure names: ARM wraps `SkuNotAvailable` in `InvalidTemplateDeployment`, AKS puts `SubCode: X;` and
 * `Code="X"` into the text.
 */
function codesOf({ code, subcode, detailCodes, armMessage }: ArmFailure): readonly string[] {
  const inText = [...armMessage.matchAll(/\b(?:Sub)?Code(?:: |=")(\w+)/gi)].map(([, word = '']) => word);
  return [...(detailCodes ?? []), subcode ?? '', ...inText, code];
}

// `Another agentpool operation (ws1 - Creating)`, `on agent pool (ws1)`, `since deletion was issued on 'ws1'`; and the text
// that the Go provisioner waits for, which names no pool but is only ever said of the one that is being created.
function namesPool(text: string, pool: string): boolean {
  const marks = [`(${pool} - `, `(${pool})`, `'${pool}'`, `"${pool}"`];
  return marks.some((mark) => text.includes(mark)) || /in progress create node ?pool operation/i.test(text);
}

function detailOf({ code, subcode, status, requestId, correlationId }: ArmFailure): string {
  const subcoded = subcode === undefined || subcode === '' ? code : `${code}/${subcode}`;
  return [
    `ARM code ${subcoded}`,
    ...(status === undefined || status === 200 ? [] : [`status ${status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(correlationId === undefined ? [] : [`correlation ${correlationId}`]),
  ].join(', ');
}
