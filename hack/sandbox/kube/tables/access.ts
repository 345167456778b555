// Printers of RBAC's bindings, and of kinds that show their date of creation instead of an age.
import { listAt, textAt, type JsonObject } from '../json.ts';
import { ageOf, column, nameColumn, nameOf, wide, type Printer } from './printer.ts';

function subjects(binding: JsonObject, kind: string): string {
  return listAt(binding, 'subjects')
    .filter((subject) => textAt(subject, 'kind') === kind)
    .map((subject) => {
      const name = textAt(subject, 'name') ?? '';
      return kind === 'ServiceAccount' ? `${textAt(subject, 'namespace') ?? ''}/${name}` : name;
    })
    .join(', ');
}

export const bindingPrinter: Printer = {
  columns: [nameColumn, column('Role'), column('Age'), wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  cells: (binding, now) => [
    nameOf(binding),
    `${textAt(binding, 'roleRef', 'kind') ?? ''}/${textAt(binding, 'roleRef', 'name') ?? ''}`,
    ageOf(binding, now),
    subjects(binding, 'User'),
    subjects(binding, 'Group'),
    subjects(binding, 'ServiceAccount'),
  ],
};

/** For Roles, ClusterRoles, LimitRanges and CRDs. */
export const datedPrinter: Printer = {
  columns: [nameColumn, column('Created At', { type: 'date' })],
  cells: (object) => [nameOf(object), textAt(object, 'metadata', 'creationTimestamp') ?? ''],
};

/** For kinds without a printer of their own. */
export const plainPrinter: Printer = {
  columns: [nameColumn, column('Age')],
  cells: (object, now) => [nameOf(object), ageOf(object, now)],
};
