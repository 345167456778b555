import { describe, expect, it } from 'vitest';
import { body, failureOf, page, signal, signedUrl, startArmClient, write } from '../../test/support/arm-clients.ts';
import { poolJson, type FakeReply } from '../../test/support/fake-arm.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ArmNotNow } from './arm-errors.ts';
import type { CallNote, RequestNote } from './arm-observer.ts';
import { causeOf } from './causes.ts';

describe('ArmClient throttling', () => {
  it('turns a 429 into a time to come back at, for all calls of the kind', async () => {
    const clock = new FakeClock();
    const answer = { code: 'Throttled', message: 'please retry again in 20 seconds' };
    const { arm, fake } = await startArmClient(
      () => ({ status: 429, headers: { 'retry-after': '20' }, body: answer }),
      {
        clock,
      },
    );
    await expect(arm.get('a', { signal })).rejects.toMatchObject({ retryAfterMs: 20_000, answer: { status: 429 } });
    await clock.advance(5000);
    await expect(arm.list({ signal })).rejects.toMatchObject({ name: 'ArmNotNow', retryAfterMs: 15_000 });
    expect(fake.requests).toHaveLength(1);
    await clock.advance(15_000);
    fake.reply = () => page([]);
    await expect(arm.list({ signal })).resolves.toEqual([]);
  });

  it.each([
    ['1.5', 2000],
    ['0.2', 1000],
    [new Date(Date.parse('2026-01-01T00:00:45Z')).toUTCString(), 45_000],
    // What says no time at all is as good as no word of it: the first pause of our own.
    ['-1', 30_000],
    ['-1.5', 30_000],
    ['1e3', 30_000],
    ['30 seconds', 30_000],
    ['', 30_000],
  ])('reads a Retry-After of "%s" as %i ms', async (text, retryAfterMs) => {
    const headers = { 'retry-after': text };
    const { arm } = await startArmClient(() => ({ status: 429, headers, body: {} }), { clock: new FakeClock() });
    await expect(arm.get('a', { signal })).rejects.toMatchObject({ name: 'ArmNotNow', retryAfterMs });
  });

  it('says so as a cause with that time as its pace', async () => {
    const { arm } = await startArmClient(() => ({ status: 429, headers: { 'retry-after': '120' }, body: {} }));
    const thrown = await arm.create('a', body, write).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ArmNotNow);
    expect(causeOf(thrown)).toMatchObject({ reason: 'Throttled', kind: 'throttled' });
    expect(causeOf(thrown).retry.minMs).toBeGreaterThan(119_000);
  });
});

describe('ArmClient.get after an error of the socket', () => {
  it.each([
    [
      { status: 429, headers: { 'retry-after': '40' }, body: {} },
      { retryAfterMs: 40_000, answer: { status: 429 } },
    ],
    [{ status: 401, body: { error: { code: 'ExpiredAuthenticationToken', message: 'x' } } }, { status: 401 }],
    [
      { status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'x' } } },
      { status: 404, code: 'ResourceGroupNotFound' },
    ],
  ])('fails as the answer says that came then: %j', async (answer, failure) => {
    const { arm } = await startArmClient((_request, index) => (index === 0 ? 'reset' : answer));
    await expect(arm.get('a', { signal })).rejects.toMatchObject(failure);
  });

  it('closes the lane for as long as that answer says', async () => {
    const throttled: FakeReply = { status: 429, headers: { 'retry-after': '40' }, body: {} };
    const { arm, fake } = await startArmClient((_request, index) => (index === 0 ? 'reset' : throttled));
    await expect(arm.get('a', { signal })).rejects.toBeInstanceOf(ArmNotNow);
    await expect(arm.list({ signal })).rejects.toBeInstanceOf(ArmNotNow);
    expect(fake.requests).toHaveLength(2);
  });
});

describe('ArmClient observer', () => {
  it('notes each request and each call, with what Azure says is left', async () => {
    const requests: RequestNote[] = [];
    const calls: CallNote[] = [];
    const observer = {
      observeLanes: () => {},
      observeRequest: (note: RequestNote) => void requests.push(note),
      observeCall: (note: CallNote) => void calls.push(note),
    };
    const headers = { 'x-ms-ratelimit-remaining-subscription-reads': '11999' };
    const { arm, fake } = await startArmClient(() => ({ status: 200, headers, body: poolJson('a') }), { observer });
    await arm.get('a', { signal });
    fake.reply = () => ({ status: 409, body: { code: 'Conflict', message: 'x' } });
    await failureOf(arm.create('a', body, write));
    expect(requests).toMatchObject([
      { operation: 'get', code: '200', remaining: { reads: 11_999 } },
      { operation: 'create', code: '409', remaining: {} },
    ]);
    expect(calls).toMatchObject([
      { operation: 'get' },
      { operation: 'create', error: 'Conflict', reason: 'AzureBusy' },
    ]);
    expect(calls[0]).not.toHaveProperty('error');
  });
});

describe('ArmError', () => {
  it('says what it can when there is no body', async () => {
    const { arm } = await startArmClient(() => ({ status: 502, body: '' }));
    const error = await failureOf(arm.get('a', { signal }));
    expect(causeOf(error).headline).toBe('Azure failed (Http502); tried again by itself');
  });

  it('reads the words of a page, also of one that is huge and no HTML after all', async () => {
    const html = '<html><style>h1 {color: red}</style><h1>502 Bad\nGateway</h1></html>';
    const { arm, fake } = await startArmClient(() => ({ status: 502, body: html }));
    expect(causeOf(await failureOf(arm.get('a', { signal }))).headline).toContain('502 Bad Gateway');
    fake.reply = () => ({ status: 502, body: '<'.repeat(400_000) });
    expect(causeOf(await failureOf(arm.get('a', { signal }))).headline).toMatch(
      /^Azure failed \(Http502\); tried again/,
    );
  });

  it('carries the ids that support asks for and no signed URL', async () => {
    const { arm } = await startArmClient(() => ({
      status: 400,
      headers: { 'x-ms-request-id': 'r-1', 'x-ms-correlation-request-id': 'c-1' },
      body: { code: 'BadRequest', message: `see ${signedUrl} for more` },
    }));
    const error = await failureOf(arm.create('a', body, write));
    expect(error.message).toBe(
      'Cannot create agent pool "a": BadRequest (400): see https://management.azure.com/subscriptions/s/operations/1 for more',
    );
    expect(causeOf(error).detail).toBe('ARM code BadRequest, status 400, request r-1, correlation c-1');
  });

  it('finds the code that the general one wraps', async () => {
    const { arm } = await startArmClient(() => ({
      status: 409,
      body: {
        error: {
          code: 'InvalidTemplateDeployment',
          message: 'See inner errors',
          details: [
            { code: 'SkuNotAvailable', message: "size 'Standard_NC24ads_A100_v4' not available in location 'eastus'" },
          ],
        },
      },
    }));
    expect(causeOf(await failureOf(arm.create('a', body, write)))).toMatchObject({
      reason: 'SkuNotAvailable',
      capacity: true,
      headline:
        'Standard_NC24ads_A100_v4 is not offered to this subscription in eastus; choose another size or ask Azure for access',
    });
  });
});
