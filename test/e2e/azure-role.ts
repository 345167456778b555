// docs/azure-role.json, the custom role that people give the controller's identity, beside what was asked of Azure.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { textsAt } from '../../hack/sandbox/aks/json.ts';
import { actionOf } from '../../hack/sandbox/aks/roles.ts';
import type { OperationName } from '../../hack/sandbox/aks/route.ts';

const file = join(import.meta.dirname, '../../docs/azure-role.json');

/** What the role allows. */
export async function roleActions(): Promise<readonly string[]> {
  const role: unknown = JSON.parse(await readFile(file, 'utf8'));
  return textsAt(role, 'Actions').toSorted();
}

/** What a role must allow for these operations, each action once. */
export function actionsOf(operations: Iterable<OperationName>): readonly string[] {
  return [...new Set([...operations].map(actionOf))].toSorted();
}
