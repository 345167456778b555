// Every area of the comparison; a new one is a file under cases/ and a line here.
import type { Area } from './case.ts';
import { access } from './cases/access.ts';
import { defaulting } from './cases/defaulting.ts';
import { deletions } from './cases/deletion.ts';
import { events } from './cases/events.ts';
import { evictions } from './cases/evictions.ts';
import { jsonPatches } from './cases/json-patch.ts';
import { mergePatches } from './cases/merge-patch.ts';
import { ownership } from './cases/ownership.ts';
import { paging } from './cases/paging.ts';
import { preconditions } from './cases/preconditions.ts';
import { pruning } from './cases/pruning.ts';
import { refusals } from './cases/refusals.ts';
import { selectors } from './cases/selectors.ts';
import { serverSideApply } from './cases/server-side-apply.ts';
import { statusCodes } from './cases/status-codes.ts';
import { strategicPatches } from './cases/strategic-patch.ts';
import { tables } from './cases/tables.ts';
import { versions } from './cases/versions.ts';
import { watches } from './cases/watches.ts';

export const areas: readonly Area[] = [
  statusCodes,
  refusals,
  mergePatches,
  jsonPatches,
  strategicPatches,
  serverSideApply,
  ownership,
  defaulting,
  pruning,
  tables,
  watches,
  preconditions,
  versions,
  deletions,
  evictions,
  selectors,
  paging,
  events,
  access,
];
