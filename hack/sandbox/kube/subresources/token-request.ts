// serviceaccounts/token: tokens that this server accepts for the account, until they expire.
import { randomUUID } from 'node:crypto';
import type { Tokens } from '../access/tokens.ts';
import type { Call, Env } from '../call.ts';
import { listAt, numberAt, objectAt, type Json, type JsonObject } from '../json.ts';
import { timestamp } from '../object.ts';
import { invalid } from '../status.ts';
import { invalidValue } from '../field-error.ts';
import { storedObject } from '../verbs/read.ts';

const shortestSeconds = 600;
const defaultSeconds = 3600;
const defaultAudience = 'https://kubernetes.default.svc';

export function requestToken(env: Env, tokens: Tokens, call: Call, body: Json): JsonObject {
  const account = storedObject(env, call);
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const seconds = numberAt(body, 'spec', 'expirationSeconds') ?? defaultSeconds;
  if (seconds < shortestSeconds) {
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  const expires = new Date(env.now().getTime() + seconds * 1000);
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const user = { name: `system:serviceaccount:${namespace}:${name}`, groups, uid };
  const audiences = listAt(body, 'spec', 'audiences');
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid: randomUUID(), creationTimestamp: timestamp(env.now()) },
    spec: {
      audiences: audiences.length === 0 ? [defaultAudience] : [...audiences],
      expirationSeconds: seconds,
      boundObjectRef: objectAt(body, 'spec', 'boundObjectRef') ?? null,
    },
    status: { token: tokens.issue(user, expires), expirationTimestamp: timestamp(expires) },
  };
}
