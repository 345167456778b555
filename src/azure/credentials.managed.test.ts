// Tokens of the host's identity: its endpoint speaks plain http, so that they can be had without another process.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startFakeArm, type FakeReply } from '../../test/support/fake-arm.ts';
import { systemClock } from '../clock.ts';
import { cloudOf } from './clouds.ts';
import { createCredential } from './credentials.ts';

describe('createCredential with a managed identity', () => {
  it('does not give up, because one caller does, what all others wait for', async () => {
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<FakeReply>();
    const fake = await startFakeArm(() => {
      asked.resolve();
      return held.promise;
    });
    onTestFinished(() => fake[Symbol.asyncDispose]());
    vi.stubEnv('IDENTITY_ENDPOINT', `${fake.url}/token`);
    vi.stubEnv('IDENTITY_HEADER', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const credential = createCredential({ clock: systemClock, cloud: cloudOf(undefined), deploymentMode: 'managed' });
    const caller = new AbortController();
    const token = credential.getToken('https://management.azure.com/.default', { abortSignal: caller.signal });
    await asked.promise;
    caller.abort(new Error('stopping'));
    const inAnHour = `${Math.floor(Date.now() / 1000) + 3600}`;
    held.resolve({ status: 200, body: { access_token: 'shared', expires_on: inAnHour, token_type: 'Bearer' } });
    await expect(token).resolves.toMatchObject({ token: 'shared' });
  });
});
