// What could not be seen, and what would mend it: told at the end, so that the rest is read for what it is.
import type { Missing } from '../asking/answer.ts';
import { plain } from './plain.ts';
import { styled, type Screen } from './screen.ts';

/** Each thing once; what access control refuses says which right is lacking. */
export function missingLines(missing: readonly Missing[], screen: Screen): readonly string[] {
  const lines = missing.map(({ mend, what, why }) =>
    plain(`${what}: ${why}${mend === undefined ? '' : `; needed: ${mend}`}`),
  );
  if (lines.length === 0) return [];
  return [
    styled('Not shown', 'bold', screen),
    ...[...new Set(lines)].map((line) => styled(`  ${line}`, 'dim', screen)),
  ];
}
