import { describe, expect, test } from 'vitest';
import { federatedToken } from '../../hack/sandbox/aks/federated-token.ts';
import { readFederatedToken } from './federated-token.ts';

const jwt = (payload: unknown): string => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.y`;

describe('readFederatedToken', () => {
  test('reads the three claims and the end of a token that Kubernetes projects', () => {
    const expires = new Date('2026-11-22T09:00:00Z');
    const text = federatedToken({ issuer: 'https://i/', subject: 's', audience: 'a' }, expires);
    expect(readFederatedToken(`${text}\n`)).toEqual({ issuer: 'https://i/', subject: 's', audiences: ['a'], expires });
  });

  test('takes an audience that is no list, and none', () => {
    expect(readFederatedToken(jwt({ iss: 'i', sub: 's', aud: 'a' }))).toMatchObject({ audiences: ['a'] });
    expect(readFederatedToken(jwt({ iss: 'i', sub: 's' }))).toMatchObject({ audiences: [], expires: undefined });
  });

  test.each(['', 'x', 'x.y', 'x.y.z.w', jwt([]), jwt({ iss: 1, sub: 's' }), 'x.%%%.y'])(
    'takes %j for no token',
    (text) => {
      expect(readFederatedToken(text)).toBeUndefined();
    },
  );
});
