// What an identity may do on the cluster, as Azure itself tells it: no request is made that could change anything.
import { armGet, errorOfAnswer } from './arm-get.ts';
import type { ArmEndpoint } from './endpoint.ts';
import { Fields, parseJson } from './json.ts';

/** What the controller needs: docs/azure-role.json is this list as a role. */
export const neededActions = [
  'Microsoft.ContainerService/managedClusters/agentPools/delete',
  'Microsoft.ContainerService/managedClusters/agentPools/machines/read',
  'Microsoft.ContainerService/managedClusters/agentPools/read',
  'Microsoft.ContainerService/managedClusters/agentPools/write',
  'Microsoft.ContainerService/managedClusters/read',
] as const;

/** Of one role that the identity has; an action that one role excludes may come from another. */
export interface Permission {
  /** With `*` for any text. */
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

// learn.microsoft.com/rest/api/authorization/permissions/list-for-resource
const apiVersion = '2022-04-01';
const mostPages = 20;

export interface PermissionsOptions {
  readonly endpoint: ArmEndpoint;
  /** Of the cluster, from `/subscriptions/` on. */
  readonly resourceId: string;
  readonly token: string | undefined;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Of every role that counts for the cluster. Throws ArmError, and MalformedAnswer. */
export async function readPermissions(options: PermissionsOptions): Promise<readonly Permission[]> {
  const { endpoint, resourceId, token, now, signal } = options;
  const found: Permission[] = [];
  let path = `${resourceId}/providers/Microsoft.Authorization/permissions?api-version=${apiVersion}`;
  for (let turned = 0; turned < mostPages; turned += 1) {
    const answer = await armGet({ endpoint, path, signal, ...(token === undefined ? {} : { token }) });
    if (answer.status !== 200) throw errorOfAnswer(answer, now());
    const page = new Fields(parseJson(answer.body), 'permissions');
    found.push(...page.requiredList('value').map(readPermission));
    const next = page.optionalText('nextLink');
    // The token goes to nobody else.
    if (next === undefined || !next.startsWith(`${endpoint.url}/`)) return found;
    path = next.slice(endpoint.url.length);
  }
  return found;
}

function readPermission(value: unknown): Permission {
  const fields = new Fields(value, 'permission');
  return { actions: fields.texts('actions'), notActions: fields.texts('notActions') };
}

/** Whether one of the roles allows it. Deny assignments are not among them. */
export function isPermitted(action: string, permissions: readonly Permission[]): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((each) => covers(each, action)) && !notActions.some((each) => covers(each, action)),
  );
}

function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
