// The rules for names, label keys and values, with the messages of k8s.io/apimachinery's validation.
import type { NameRule } from './resource.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualified})?`;

const fits = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`).test(value);

function regexNote(pattern: string, ...examples: string[]): string {
  return `(e.g. ${examples.map((example) => `'${example}'`).join(',  or ')}, regex used for validation is '${pattern}')`;
}

const tooLong = (limit: number): string => `must be no more than ${limit} bytes`;

function subdomainProblems(value: string): string[] {
  const problems = value.length > 253 ? [tooLong(253)] : [];
  if (!fits(subdomain, value)) {
    problems.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
        `and end with an alphanumeric character ${regexNote(subdomain, 'example.com')}`,
    );
  }
  return problems;
}

export function labelProblems(value: string): string[] {
  const problems = value.length > 63 ? [tooLong(63)] : [];
  if (fits(subdomain, value) && value.includes('.')) problems.push('must not contain dots');
  else if (!fits(label, value)) {
    problems.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
        `with an alphanumeric character ${regexNote(label, 'my-name', '123-abc')}`,
    );
  }
  return problems;
}

function label1035Problems(value: string): string[] {
  const problems = value.length > 63 ? [tooLong(63)] : [];
  if (!fits(label1035, value)) {
    problems.push(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
        `and end with an alphanumeric character ${regexNote(label1035, 'my-name', 'abc-123')}`,
    );
  }
  return problems;
}

function pathProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%']
    .filter((character) => value.includes(character))
    .map((character) => `may not contain '${character}'`);
}

const problemsOf: { readonly [rule in NameRule]: (value: string) => string[] } = {
  subdomain: subdomainProblems,
  label: labelProblems,
  label1035: label1035Problems,
  path: pathProblems,
};

export function nameProblems(rule: NameRule, value: string): string[] {
  return problemsOf[rule](value);
}

/** Keys of labels and annotations, finalizers: an optional DNS prefix and a name. */
export function qualifiedNameProblems(value: string): string[] {
  const parts = value.split('/');
  const problems: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        `alphanumeric character ${regexNote(qualified, 'MyName', 'my.name', '123-abc')} with an optional DNS ` +
        "subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...subdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!fits(qualified, name)) {
    problems.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
        `character ${regexNote(qualified, 'MyName', 'my.name', '123-abc')}`,
    );
  }
  return problems;
}

export function labelValueProblems(value: string): string[] {
  const problems = value.length > 63 ? [tooLong(63)] : [];
  if (!fits(labelValue, value)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
        `end with an alphanumeric character ${regexNote(labelValue, 'MyValue', 'my_value', '12345')}`,
    );
  }
  return problems;
}
