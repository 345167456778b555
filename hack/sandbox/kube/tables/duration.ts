// Ages as kubectl prints them: apimachinery's duration.HumanDuration.

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

function twoUnits(seconds: number, [large, small]: readonly [Unit, Unit]): string {
  const rest = Math.floor((seconds % large.seconds) / small.seconds);
  return `${Math.floor(seconds / large.seconds)}${large.name}${rest === 0 ? '' : `${rest}${small.name}`}`;
}

interface Unit {
  readonly name: string;
  readonly seconds: number;
}

const units = {
  s: { name: 's', seconds: 1 },
  m: { name: 'm', seconds: minute },
  h: { name: 'h', seconds: hour },
  d: { name: 'd', seconds: day },
  y: { name: 'y', seconds: year },
} as const satisfies Record<string, Unit>;

/** Two units where the larger one is small, one unit otherwise; a second in the future still counts as now. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 2 * minute) return `${Math.max(0, seconds)}s`;
  if (seconds < 10 * minute) return twoUnits(seconds, [units.m, units.s]);
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return twoUnits(seconds, [units.h, units.m]);
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return twoUnits(seconds, [units.d, units.h]);
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * year) return twoUnits(seconds, [units.y, units.d]);
  return `${Math.floor(seconds / year)}y`;
}

/** How long ago an RFC 3339 time was; `<unknown>` for none. */
export function sinceText(time: string | undefined, now: Date): string {
  if (time === undefined || time === '') return '<unknown>';
  const at = Date.parse(time);
  return Number.isNaN(at) ? '<invalid>' : humanDuration(now.getTime() - at);
}
