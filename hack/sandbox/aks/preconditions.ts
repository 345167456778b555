// If-Match and If-None-Match on pools, as AKS's table of them has it.
import { aksRefusal } from './answer.ts';

export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

const absentText =
  'Resource not found but ETag header is provided. If this is a request to create, please do not provide ETag.';

/** Throws 412 where a PUT must not go on; `etag` is the pool's, undefined when there is no pool. */
export function checkPut({ ifMatch, ifNoneMatch }: Preconditions, etag: string | undefined): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '' && ifNoneMatch !== '*') {
    throw aksRefusal(400, 'InvalidParameter', `If-None-Match header accepts only "*", not "${ifNoneMatch}".`, {
      target: 'If-None-Match',
    });
  }
  if (ifNoneMatch === '*' && etag !== undefined) {
    throw failed('The agent pool exists, which If-None-Match "*" does not allow.');
  }
  if (ifMatch === undefined || ifMatch === '') return;
  if (etag === undefined) throw failed(absentText);
  if (!matches(ifMatch, etag)) throw failed(mismatch(ifMatch, etag));
}

/** Throws 412 where a DELETE names another version of a pool that exists. */
export function checkDelete({ ifMatch }: Preconditions, etag: string): void {
  if (ifMatch === undefined || ifMatch === '') return;
  if (!matches(ifMatch, etag)) throw failed(mismatch(ifMatch, etag));
}

function matches(header: string, etag: string): boolean {
  const tag = header.trim().replace(/^"(.*)"$/, '$1');
  return tag === '*' || tag === etag;
}

function mismatch(header: string, etag: string): string {
  return `The etag provided in the If-Match header "${header}" does not match the current etag "${etag}" of the agent pool.`;
}

function failed(message: string): Error {
  return aksRefusal(412, 'PreconditionFailed', message);
}
