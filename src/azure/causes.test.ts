import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armAnswers } from '../../test/support/arm-answers.ts';
import { ArmError, ArmNotNow, type ArmFailure, type ArmOperation } from './arm-errors.ts';
import { causeOf, causeOfProvisioning } from './causes.ts';

const minute = 60_000;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

function failed(failure: Partial<ArmFailure>, operation: ArmOperation = 'create'): ArmError {
  return new ArmError({ operation, pool: 'ws1' }, { code: 'X', armMessage: '', ...failure });
}

function headlineOf(wanted: string): string {
  const [status = 0, code = '', armMessage = ''] = armAnswers.find((answer) => answer[1] === wanted) ?? [];
  return causeOf(failed({ status, code, armMessage })).headline;
}

describe('causeOf an answer', () => {
  it.each(armAnswers)('%i %s: %s is %s', (status, code, armMessage, reason, kind, operation) => {
    const cause = causeOf(failed({ status, code, armMessage }, operation));
    expect(cause).toMatchObject({ reason, kind, leavesPool: kind === 'unknownOutcome' && operation === undefined });
    expect(bytesOf(cause.headline)).toBeLessThanOrEqual(200);
    expect(cause.headline).not.toMatch(/undefined|NaN|https?:/);
    expect(cause.detail).toContain(code);
    expect(cause.retry.minMs).toBeLessThanOrEqual(cause.retry.maxMs);
  });

  it('says the numbers of a quota, and waits an hour where there is none at all', () => {
    const [first, second] = armAnswers;
    const numbers = (answer: typeof first) =>
      causeOf(failed({ status: 400, code: answer?.[1] ?? '', armMessage: answer?.[2] ?? '' }));
    expect(numbers(first).headline).toBe(
      'Quota is used up: need 24 vCPUs, have 0, for StandardNCADSA100v4Family, in eastus; ask for more under Quotas in the Azure portal, it is tried again by itself',
    );
    expect(numbers(second).headline).toContain('need 64 vCPUs, have 4 of 100, for standardDASv5Family, in eastus;');
    expect(numbers(second).retry).toEqual({ minMs: 10 * minute, maxMs: 60 * minute });
    const none = failed({
      status: 409,
      code: 'QuotaExceeded',
      armMessage: 'Maximum allowed: 0, Current in use: 0, Additional requested: 8',
    });
    expect(causeOf(none).retry.minMs).toBe(60 * minute);
  });

  it.each([
    [
      'We are unable to serve this request due to an internal error, Correlation ID: #, Operation ID: #, Timestamp: 2022-10-07T16:02:29Z.',
      'We are unable to serve this request due to an internal error.',
    ],
    [
      "Encountered internal server error. Diagnostic information: timestamp '20190412T193259Z', subscription id '#', tracking id '#', request correlation id '#'.",
      'Encountered internal server error.',
    ],
    ["It is not valid. The tracking id is '#'. See inner errors", 'It is not valid. See inner errors'],
  ])('says the same of answers that differ by their ids alone: %s', (text, said) => {
    const headline = (id: string): string =>
      causeOf(failed({ status: 500, code: 'InternalOperationError', armMessage: text.replaceAll('#', id) }, 'list'))
        .headline;
    const ids = ['f7e8a020-2ab7-4ff4-8c76-769885a34dc2', '00d61cb6-aebf-42b4-acb0-e62506c5e084'];
    for (const id of ids) expect(headline(id).endsWith(`: ${said}`)).toBe(true);
    expect(new Set(ids.map(headline)).size).toBe(1);
  });

  it('names the action that a role lacks, and the policy that forbids', () => {
    expect(headlineOf('AuthorizationFailed')).toContain('Microsoft.ContainerService/managedClusters/agentPools/write');
    expect(headlineOf('RequestDisallowedByPolicy')).toContain('"Require a cost tag"');
    expect(headlineOf('SubnetIsFull')).toContain('31 more addresses');
  });

  it('names what the identity may not do to a linked resource, not what it may do', () => {
    const armMessage =
      "The client 'c' with object id 'o' has permission to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' on scope '/subscriptions/s/x'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/gpu' (respectively) or the linked scope(s) are invalid.";
    expect(causeOf(failed({ status: 403, code: 'LinkedAuthorizationFailed', armMessage })).headline).toBe(
      'The identity lacks the action Microsoft.Network/virtualNetworks/subnets/join/action on subnets/gpu; give it a role there; a new role takes minutes to count',
    );
    expect(causeOf(failed({ status: 403, code: 'LinkedAuthorizationFailed', armMessage: 'x' })).headline).toBe(
      'The identity may not join a linked resource (subnet, reservation or identity); give it a role there; a new role takes minutes to count: x',
    );
  });

  it.each([
    ['no capacity for the requested VM size', 'Azure has no machine of this size to give now (AllocationFailed)'],
    ['Standard_NC24ads_A100_v4 is out', 'Azure has no Standard_NC24ads_A100_v4 to give now (AllocationFailed)'],
  ])('says of "%s" that %s', (armMessage, words) => {
    expect(causeOf(failed({ status: 409, code: 'AllocationFailed', armMessage })).headline).toContain(words);
  });

  it.each([
    'AllocationFailed',
    'ZonalAllocationFailed',
    'OverconstrainedAllocationRequest',
    'AksCapacityHeavyUsage',
    'SkuNotAvailable',
  ])('takes %s for a lack of capacity', (code) => {
    expect(causeOf(failed({ status: 409, code })).capacity).toBe(true);
  });

  it('takes quota for no lack of capacity', () => {
    expect(causeOf(failed({ status: 409, code: 'QuotaExceeded' })).capacity).toBe(false);
  });

  it('fits into 200 bytes whatever Azure says', () => {
    const failure = fc.record({
      status: fc.option(fc.integer({ min: 400, max: 599 }), { nil: undefined }),
      code: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...armAnswers.map(([, code]) => code))),
      armMessage: fc.string({ unit: 'grapheme', maxLength: 400 }),
    });
    fc.assert(
      fc.property(failure, ({ status, code, armMessage }) => {
        const cause = causeOf(failed({ code, armMessage, ...(status === undefined ? {} : { status }) }));
        expect(bytesOf(cause.headline)).toBeLessThanOrEqual(200);
        expect(cause.headline).not.toBe('');
        expect(cause.headline.isWellFormed()).toBe(armMessage.isWellFormed() && code.isWellFormed());
        expect(cause.reason).toMatch(/^[A-Z][A-Za-z]+$/);
      }),
    );
  });
});

describe('causeOf a call without an answer', () => {
  it.each([
    ['ECONNRESET', 'unknownOutcome', true],
    ['RequestTimeout', 'unknownOutcome', true],
    ['RequestAborted', 'unknownOutcome', true],
    ['PARSE_ERROR', 'unknownOutcome', true],
    ['ECONNREFUSED', 'retry', false],
    ['ENOTFOUND', 'retry', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'retry', false],
  ])('%s of a PUT is %s', (code, kind, leavesPool) => {
    expect(causeOf(failed({ code }))).toMatchObject({ reason: 'AwaitingAzure', kind, leavesPool });
    expect(causeOf(failed({ code }, 'get'))).toMatchObject({ reason: 'AwaitingAzure', kind: 'retry' });
  });

  it('is config when there is no token', () => {
    expect(causeOf(failed({ code: 'CredentialFailed', armMessage: 'AADSTS700213: no match' }))).toMatchObject({
      reason: 'AuthenticationFailed',
      kind: 'config',
      leavesPool: false,
      headline: expect.stringContaining('(AADSTS700213)'),
    });
  });
});

describe('causeOf patience', () => {
  it('has the time to wait as its pace', () => {
    const answer = failed({ status: 429, code: 'Throttled' });
    expect(causeOf(new ArmNotNow('x', { retryAfterMs: 17_000, answer }))).toMatchObject({
      reason: 'Throttled',
      kind: 'throttled',
      retry: { minMs: 17_000 },
      headline: 'Azure limits the rate of requests (Throttled); tried again by itself',
      detail: 'ARM code Throttled, status 429, next try in 17 s',
    });
    expect(causeOf(new ArmNotNow('x', { retryAfterMs: 1200 }))).toMatchObject({
      reason: 'Throttled',
      kind: 'throttled',
      retry: { minMs: 1200 },
      headline: expect.stringContaining('held back'),
      detail: 'next try in 2 s',
    });
  });
});

describe('causeOf anything else', () => {
  it.each([new TypeError('bug'), 'text', undefined])('calls %s unexpected', (thrown) => {
    expect(causeOf(thrown)).toMatchObject({ reason: 'UnexpectedError', kind: 'retry' });
  });
});

describe('causeOfProvisioning', () => {
  it.each([
    ['AllocationFailed', 'We do not have sufficient capacity', 'InsufficientCapacity', true],
    [
      'ReconcileVMSSAgentPoolFailed',
      'VMSSAgentPoolReconciler retry failed: Category: ClientError; SubCode: TooManyRequests; Dependency: x',
      'Throttled',
      false,
    ],
    [
      'ReconcileVMSSAgentPoolFailed',
      'Category: ClientError; SubCode: ZonalAllocationFailed; Dependency: x',
      'InsufficientCapacity',
      true,
    ],
    ['ReconcileVMSSAgentPoolFailed', 'failed; Code: SkuNotAvailable; not here', 'SkuNotAvailable', true],
    [
      'ReconcileVMSSAgentPoolFailed',
      'Category: InternalError; OrginalError: Code="AllocationFailed" Message="Allocation failed."',
      'InsufficientCapacity',
      true,
    ],
    ['ReconcileVMSSAgentPoolFailed', 'internal error', 'AzureError', false],
    ['ErrCode_InsufficientVCPUQuota', 'requested 2, remaining 0', 'QuotaExceeded', false],
    ['NodesNotReady', 'Not all nodes reached Ready state. Expected: 2, Actual: 0', 'NodeBootstrapFailed', false],
    ['VMExtensionProvisioningTimeout', 'x', 'NodeBootstrapFailed', false],
    [
      'AKSOperationPreemptedByDelete',
      'This operation has been preempted by Deleting operation.',
      'OperationCanceled',
      false,
    ],
    ['Canceled', 'The operation was overriden and canceled by a later operation', 'OperationCanceled', false],
    ['PodDrainFailure', 'x', 'DrainFailed', false],
    ['SomethingNew', 'x', 'AzureError', false],
  ])('%s: %s is %s', (code, message, reason, capacity) => {
    expect(causeOfProvisioning({ code, message })).toMatchObject({ reason, capacity, leavesPool: true });
  });

  it('says so when AKS gives no reason', () => {
    const cause = causeOfProvisioning(undefined);
    expect(cause).toMatchObject({ reason: 'AzureError', kind: 'retry', leavesPool: true });
    expect(cause.headline).toContain('no reason');
  });
});
