// What a difference of clocks means: ages are wrong at first, tokens are refused later.
import { lasted } from '../printing/lasted.ts';
import { fail, pass, warn, type Finding } from './finding.ts';

// Entra and the API server allow five minutes between their clock and that of a token's maker.
const tokensFailMs = 5 * 60_000;
// The lease of the leader lasts 15 s; below half of that nothing here depends on it.
const noticedMs = 7_000;

/** `aheadMs`: how far theirs is ahead of ours, to the second. `whose` is a genitive: `Azure's`. */
export function verdictOnClock(whose: string, aheadMs: number): Finding {
  const away = Math.abs(aheadMs);
  if (away < noticedMs) return pass(`Ours agrees with ${whose}`);
  const message = `Ours is ${lasted(away)} ${aheadMs > 0 ? 'behind' : 'ahead of'} ${whose}`;
  const mend = ['Let NTP set the clock of this machine, or of the node that the pod runs on'];
  return away < tokensFailMs
    ? warn(message, { mend })
    : fail(message, { mend, details: ['Tokens are refused from 5 minutes on'] });
}
