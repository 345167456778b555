// docs/reasons.md: every reason of a condition or an event, where it stands, what it means and what to do about it.
import type { Guide } from '../../src/apis/guide.ts';
import { causeGuides } from '../../src/azure/cause-guides.ts';
import { cluster } from '../../src/claims/guides/cluster.ts';
import { deletion } from '../../src/claims/guides/deletion.ts';
import { gpus } from '../../src/claims/guides/gpus.ts';
import { launching } from '../../src/claims/guides/launching.ts';
import { nodes } from '../../src/claims/guides/nodes.ts';
import { process } from '../../src/claims/guides/process.ts';
import type { Place, ReasonRow } from '../../src/claims/guides/row.ts';
import { reasonRows } from '../../src/claims/reason-guide.ts';
import { podGuides, workspaceGuides } from '../../src/workspaces/reason-guide.ts';
import { filledIn } from './template.ts';

const places: Readonly<Record<Place, string>> = {
  Launched: '`Launched`',
  Registered: '`Registered`',
  Initialized: '`Initialized`',
  Ready: '`Ready`',
  GPUReady: '`GPUReady`',
  Drained: '`Drained`',
  InstanceTerminating: '`InstanceTerminating`',
  gate: 'the gate',
  pools: 'the ledger of pools',
};

/** `template` has a place for each part. Throws NoPlace. */
export function reasonsPage(template: string): string {
  const rows = (part: Readonly<Record<string, ReasonRow>>): string => Object.keys(part).map(ofClaims).join('\n\n');
  return filledIn(template, {
    launching: rows(launching),
    nodes: rows(nodes),
    gpus: rows(gpus),
    deletion: rows(deletion),
    cluster: rows(cluster),
    process: rows(process),
    azure: Object.keys(causeGuides)
      .filter((reason) => !Object.hasOwn(launching, reason))
      .map(ofClaims)
      .join('\n\n'),
    workspaces: Object.entries(workspaceGuides)
      .map(([reason, guide]) => section(titleOfWorkspace(reason), guide))
      .join('\n\n'),
    pods: Object.entries(podGuides)
      .map(([reason, guide]) => section(reason, guide))
      .join('\n\n'),
  });
}

/** Some Workspaces' reasons have the name of a claim's; two headings of one name have no stable anchors. */
function titleOfWorkspace(reason: string): string {
  return reasonRows.has(reason) ? `${reason} of a Workspace` : reason;
}

function ofClaims(reason: string): string {
  const row = reasonRows.get(reason);
  if (row === undefined) throw new RangeError(`There is no reason ${reason}`);
  const on = row.on.map((place) => places[place]);
  const seen = [
    ...(on.length === 0 ? [] : [`on ${listed(on)}`]),
    ...(row.event === undefined ? [] : [`${row.event.type} event`]),
  ];
  return section(reason, row, `_${capitalised(seen.join('; '))}._`);
}

function section(reason: string, { means, todo }: Guide, where?: string): string {
  const parts = [`### ${reason}`, ...(where === undefined ? [] : [where]), means, `**What to do:** ${todo}`];
  return parts.join('\n\n');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
