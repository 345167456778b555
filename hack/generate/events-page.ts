// docs/events.md: which events there are, about which object, and when each of them is told.
import { causeGuides } from '../../src/azure/cause-guides.ts';
import type { EventRow } from '../../src/claims/guides/row.ts';
import { reasonRows } from '../../src/claims/reason-guide.ts';
import { anchorOf, tableOf } from './markdown.ts';
import { filledIn } from './template.ts';

/** `template` has a place for each table. Throws NoPlace. */
export function eventsPage(template: string): string {
  return filledIn(template, {
    claims: table('claim'),
    azure: Object.keys(causeGuides).map(linked).join(', '),
    nodes: table('Node'),
    lease: table('lease'),
    deployment: table('Deployment'),
  });
}

/** Azure's refusals apart, which are told alike. */
function table(about: EventRow['about']): string {
  const rows = [...reasonRows].flatMap(([reason, { event }]) =>
    event?.about !== about || Object.hasOwn(causeGuides, reason) ? [] : [[linked(reason), event.type, event.when]],
  );
  return tableOf(['reason', 'type', 'when'], rows);
}

function linked(reason: string): string {
  return `[${reason}](reasons.md#${anchorOf(reason)})`;
}
