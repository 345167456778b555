// Expressions that many panels have in common. Series of other programs stay out by the job of ours.

/** What a counter grows by in a second. */
export const rate = (metric: string, selector = ''): string =>
  `rate(${metric}{job=~"$job"${selector}}[$__rate_interval])`;
/** Nine of ten observations of a histogram are no greater. */
export const slowest = (metric: string, by: string): string =>
  `histogram_quantile(0.9, sum by (le, ${by}) (${rate(`${metric}_bucket`)}))`;
/** Of a gauge that each replica tells. */
export const most = (metric: string, by: string): string => `max by (${by}) (${metric}{job=~"$job"})`;
