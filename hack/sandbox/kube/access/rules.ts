// RBAC rules as they are evaluated: which verbs on which resources or paths a user may use.

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  /** Plurals; `pods/eviction` for a subresource, `*` for all. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

export function allows(rules: readonly PolicyRule[], attempt: Attempt): boolean {
  const { subresource, resource } = attempt;
  const target = subresource === '' ? resource : `${resource}/${subresource}`;
  return rules.some(
    (rule) =>
      has(rule.verbs, attempt.verb) &&
      has(rule.apiGroups, attempt.group) &&
      (has(rule.resources, target) || (subresource !== '' && has(rule.resources, `*/${subresource}`))) &&
      (rule.resourceNames === undefined ||
        rule.resourceNames.length === 0 ||
        rule.resourceNames.includes(attempt.name)),
  );
}

export function allowsPath(rules: readonly PolicyRule[], verb: string, path: string): boolean {
  return rules.some(
    (rule) =>
      has(rule.verbs, verb) &&
      (rule.nonResourceURLs ?? []).some(
        (url) => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
      ),
  );
}
