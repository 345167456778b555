// The metrics that a PromQL expression reads, by its text: enough for the expressions of the chart.

const notNames = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
]);

/** Each once. Strings, selectors, ranges and lists of labels are no places for names of metrics. */
export function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/gu, '')
    .replaceAll(/\{[^}]*\}/gu, '')
    .replaceAll(/\[[^\]]*\]/gu, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gu, '');
  // What a bracket follows is a function.
  const names = [...bare.matchAll(/(?<![\w.:$])[a-zA-Z_:][\w:]*\b(?!\s*\()/gu)].map(([name]) => name);
  return [...new Set(names.filter((name) => !notNames.has(name)))];
}

/** The same expression with another name for one of its metrics. */
export function renamed(expression: string, metric: string): string {
  return expression.replaceAll(new RegExp(`\\b${metric}\\b`, 'gu'), `${metric}_renamed`);
}
