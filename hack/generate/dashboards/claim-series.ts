// Expressions about claims: of the kinds and sizes that were chosen at the top of the page.

export const chosen = 'job=~"$job", kind=~"$kind"';
export const ofPhase = (phase: string): string =>
  `gpu_provisioner_phase_duration_seconds_bucket{${chosen}, size=~"$size"${phase}}`;
export const readyBucket = `gpu_provisioner_time_to_ready_seconds_bucket{${chosen}, size=~"$size"}`;
export const deleting = ', phase="deleting"';

/** Claims are few: a line looks back an hour. */
export function quantile(share: number, bucket: string, by: string, range = '1h'): string {
  return `histogram_quantile(${share}, sum by (${by}) (rate(${bucket}[${range}])))`;
}
