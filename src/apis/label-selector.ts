// Label selectors, matched here: a claim that leaves the selector must stay known, so the API server is not asked to select.

type Labels = Readonly<Record<string, string>>;

/** `a=b`, `a==b`, `a!=b`, `a in (x, y)`, `a notin (x, y)`, `a`, `!a`, joined by commas; as kubectl's `--selector`. */
export function labelMatcher(selector: string): (labels: Labels) => boolean {
  const terms = splitTerms(selector).map(matcherOf);
  return (labels) => terms.every((matches) => matches(labels));
}

/** At commas, but for those between parentheses. */
function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/u)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function matcherOf(term: string): (labels: Labels) => boolean {
  const set = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^)]*)\)$/u.exec(term)?.groups;
  if (set !== undefined) {
    const { key = '', operator, values = '' } = set;
    const wanted = new Set(values.split(',').map((value) => value.trim()));
    const isIn = (labels: Labels): boolean => {
      const value = labels[key];
      return value !== undefined && wanted.has(value);
    };
    // As in Kubernetes, an object without the label is not in any set, so notin selects it.
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const pair = /^(?<key>[^=!\s]+)\s*(?<operator>==|!=|=)\s*(?<value>\S*)$/u.exec(term)?.groups;
  if (pair !== undefined) {
    const { key = '', operator, value } = pair;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  if (term.startsWith('!')) {
    const key = term.slice(1).trim();
    return (labels) => labels[key] === undefined;
  }
  return (labels) => labels[term] !== undefined;
}
