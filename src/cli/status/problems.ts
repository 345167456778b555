// What is wrong in a fleet, in sentences: it decides the exit code of `status`.
import type { FeedClaim, FeedPool } from '../../status/feed.ts';
import type { Controller } from '../asking/controller.ts';

interface Told {
  readonly claims: readonly FeedClaim[];
  readonly workspaces: readonly { readonly failed: boolean }[];
  readonly leaks?: readonly FeedPool[];
}

/** What is merely not known is no problem. */
export function problemsOf({ claims, leaks = [], workspaces }: Told, controller: Controller): readonly string[] {
  const stuck = claims.filter(({ attention }) => attention === 'stuck').length;
  const late = claims.filter(({ attention }) => attention === 'late').length;
  const failed = workspaces.filter((workspace) => workspace.failed).length;
  const problems: string[] = [];
  if (stuck > 0) problems.push(`${counted(stuck, 'claim needs', 'claims need')} somebody`);
  if (late > 0) problems.push(`${counted(late, 'claim takes', 'claims take')} longer than usual`);
  if (failed > 0) problems.push(`${counted(failed, 'Workspace has', 'Workspaces have')} failed`);
  if (leaks.length > 0) problems.push(`${counted(leaks.length, 'agent pool has', 'agent pools have')} no claim`);
  return [...problems, ...troublesOf(controller)];
}

/** What keeps the controller from its work, for all claims alike. */
export function troublesOf({ feed, leader, replicas }: Controller): readonly string[] {
  const troubles: string[] = [];
  if (feed.known && !feed.value.azure.ok)
    troubles.push(`Azure does not answer the controller: ${feed.value.azure.detail}`);
  if (replicas.known && !feed.known) {
    if (replicas.value.length === 0) troubles.push('No controller was found');
    else if (replicas.value.every(({ ready }) => ready === 0)) troubles.push('No replica of the controller is ready');
  }
  // An election may be switched off; then the one that answers leads.
  const leads = feed.known && feed.value.leads;
  const held = leader.known ? leader.value : undefined;
  if (held !== undefined && !leads && (held.expired || held.holder === undefined))
    troubles.push('Nobody leads: nothing is created or deleted');
  return troubles;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
