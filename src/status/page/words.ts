// Numbers as people read them: durations, money, counts.

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Two units at most: `42s`, `4m 10s`, `3h 12m`, `5d 4h`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < minute) return `${whole}s`;
  if (whole < hour) return pair(whole, [minute, 'm'], [1, 's']);
  if (whole < day) return pair(whole, [hour, 'h'], [minute, 'm']);
  return pair(whole, [day, 'd'], [hour, 'h']);
}

type Unit = readonly [seconds: number, name: string];

function pair(seconds: number, [large, ofLarge]: Unit, [small, ofSmall]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${ofLarge}${rest === 0 ? '' : ` ${rest}${ofSmall}`}`;
}

export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

/** Dollars, without the unit. */
export function moneyText(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** What nobody knows is not nothing, and what costs nothing draws no eye. */
export function priceText(usd: number | undefined): string {
  if (usd === undefined) return 'unknown';
  return usd === 0 ? '–' : moneyText(usd);
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 claim`, `2 claims`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** What nearly every size begins with tells nobody anything. */
export function sizeText(vmSize: string): string {
  return vmSize.replace(/^standard_/i, '');
}
