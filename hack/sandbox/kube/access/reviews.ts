// Access reviews: what kubectl auth can-i and whoami ask, answered from the rules of the tokens and never stored.
import { compareFields } from '../apply/structure.ts';
import { isObject, objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { listAt } from '../json.ts';
import { timestamp } from '../object.ts';
import { badRequest, invalid } from '../status.ts';
import { required } from '../field-error.ts';
import { allows, allowsPath, type PolicyRule } from './rules.ts';
import type { Tokens, User } from './tokens.ts';

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function decide(user: User | undefined, spec: JsonObject): JsonObject {
  if (user === undefined) return { allowed: false };
  const rules = user.rules ?? everything;
  const path = objectAt(spec, 'nonResourceAttributes');
  if (path !== undefined) return { allowed: allowsPath(rules, textAt(path, 'verb') ?? '', textAt(path, 'path') ?? '') };
  const wanted = objectAt(spec, 'resourceAttributes') ?? {};
  const allowed = allows(rules, {
    verb: textAt(wanted, 'verb') ?? '',
    group: textAt(wanted, 'group') ?? '',
    resource: textAt(wanted, 'resource') ?? '',
    subresource: textAt(wanted, 'subresource') ?? '',
    name: textAt(wanted, 'name') ?? '',
  });
  return { allowed };
}

function accessReview(review: JsonObject, user: User | undefined): JsonObject {
  const spec = objectAt(review, 'spec') ?? {};
  if (objectAt(spec, 'resourceAttributes') === undefined && objectAt(spec, 'nonResourceAttributes') === undefined) {
    const message = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', [
      { reason: 'FieldValueInvalid', message: `Invalid value: null: ${message}`, field: 'spec.resourceAttributes' },
    ]);
  }
  return { spec, status: decide(user, spec) };
}

function resourceRule(rule: PolicyRule): JsonObject {
  return {
    verbs: [...rule.verbs],
    ...(rule.apiGroups && { apiGroups: [...rule.apiGroups] }),
    ...(rule.resources && { resources: [...rule.resources] }),
    ...(rule.resourceNames && { resourceNames: [...rule.resourceNames] }),
  };
}

function rulesReview(review: JsonObject, user: User): JsonObject {
  if (!textAt(review, 'spec', 'namespace')) throw badRequest('no namespace on request');
  const rules = user.rules ?? everything;
  const resourceRules = rules.filter((rule) => rule.resources !== undefined).map(resourceRule);
  const nonResourceRules = rules.flatMap((rule) =>
    rule.nonResourceURLs === undefined ? [] : [{ verbs: [...rule.verbs], nonResourceURLs: [...rule.nonResourceURLs] }],
  );
  return { spec: {}, status: { resourceRules, nonResourceRules, incomplete: false } };
}

function infoOf({ name, groups, uid }: User): JsonObject {
  return { username: name, ...(uid !== undefined && { uid }), groups: [...groups] };
}

function tokenReview(review: JsonObject, tokens: Tokens): JsonObject {
  const token = textAt(review, 'spec', 'token') ?? '';
  if (token === '') {
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenReview' }, '', [required('spec.token')]);
  }
  const user = tokens.userOfToken(token);
  const status = user === undefined ? { user: {} } : { authenticated: true, user: infoOf(user) };
  return { spec: { token }, status };
}

export interface ReviewRequest {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Reviews say who wrote their fields, like all objects, though nobody keeps them. */
function ownedBy(manager: string, apiVersion: string, review: JsonObject, now: Date): JsonObject {
  const spec = objectAt(review, 'spec') ?? {};
  const { added } = compareFields({ spec: {} }, { spec }, () => undefined);
  if (added.isEmpty) return {};
  const time = timestamp(now);
  const entry = { manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: added.toJson() };
  return { managedFields: [entry] };
}

/** The answer to a review, or undefined when the path is not one. Throws when the review is malformed. */
export function answerToReview(
  asked: ReviewRequest,
  body: Json,
  caller: { user: User; tokens: Tokens; now: Date; manager: string },
): JsonObject | undefined {
  const { user, tokens, now, manager } = caller;
  if (asked.version !== 'v1' || !isObject(body)) return undefined;
  const whole = (kind: string, rest: JsonObject): JsonObject => ({
    kind,
    apiVersion: `${asked.group}/v1`,
    metadata: ownedBy(manager, `${asked.group}/v1`, body, now),
    ...rest,
  });
  switch (`${asked.group}/${asked.plural}`) {
    case 'authorization.k8s.io/selfsubjectaccessreviews':
      return whole('SelfSubjectAccessReview', accessReview(body, user));
    case 'authorization.k8s.io/subjectaccessreviews':
    case 'authorization.k8s.io/localsubjectaccessreviews': {
      const kind = asked.plural.startsWith('local') ? 'LocalSubjectAccessReview' : 'SubjectAccessReview';
      const groups = listAt(body, 'spec', 'groups');
      const named = tokens.named(textAt(body, 'spec', 'user') ?? '');
      const subject = named ?? (groups.includes('system:masters') ? { name: '', groups: [] } : undefined);
      return whole(kind, accessReview(body, subject));
    }
    case 'authorization.k8s.io/selfsubjectrulesreviews':
      return whole('SelfSubjectRulesReview', rulesReview(body, user));
    case 'authentication.k8s.io/selfsubjectreviews': {
      const metadata = { creationTimestamp: timestamp(now) };
      return { ...whole('SelfSubjectReview', { status: { userInfo: infoOf(user) } }), metadata };
    }
    case 'authentication.k8s.io/tokenreviews':
      return whole('TokenReview', tokenReview(body, tokens));
    default:
      return undefined;
  }
}
