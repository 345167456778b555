// What the doctor asks for, beside what the chart grants: each must have all of the other.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isObject, textsAt } from '../../../hack/sandbox/aks/json.ts';
import { rightsOfController, shownRight } from './rights.ts';

const templates = new URL('../../../charts/gpu-provisioner/templates/', import.meta.url);

/** The rules of the first role of a template, with what helm would fill in. */
async function granted(file: string, namespace?: string): Promise<readonly string[]> {
  const [role = ''] = (await readFile(new URL(file, templates), 'utf8')).split('\n---\n');
  const rules = role
    .slice(role.indexOf('\nrules:'))
    .split('\n')
    .filter((line) => !/^\s*\{\{-/.test(line))
    .join('\n')
    .replaceAll(/\{\{ include "gpu-provisioner.leaseName" [^}]*\}\}/g, 'lease-1')
    .replaceAll(/\{\{ include "gpu-provisioner.fullname" [^}]*\}\}/g, 'gpus')
    .replaceAll(/\{\{ ternary [^}]*\}\}/g, 'machines');
  const [document] = parseAllDocuments(rules);
  const value: unknown = document?.toJS();
  const list = isObject(value) && Array.isArray(value['rules']) ? value['rules'].filter(isObject) : [];
  return list.flatMap((rule) =>
    textsAt(rule, 'apiGroups').flatMap((group) =>
      textsAt(rule, 'resources').flatMap((each) =>
        textsAt(rule, 'verbs').map((verb) => {
          const [resource = '', subresource] = each.split('/');
          const [name] = textsAt(rule, 'resourceNames');
          return shownRight({
            verb,
            group,
            resource,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
            ...(namespace === undefined ? {} : { namespace }),
          });
        }),
      ),
    ),
  );
}

describe('rightsOfController', () => {
  test.each([
    ['without Workspaces', false],
    ['with Workspaces', true],
  ])('are those of the chart %s', async (_, workspaces) => {
    const wanted = rightsOfController({ namespace: 'ns', lease: 'lease-1', deployment: 'gpus', workspaces }).map(
      shownRight,
    );
    const all = [
      await granted('clusterrole.yaml'),
      workspaces ? await granted('workspace.yaml') : [],
      await granted('role.yaml', 'ns'),
      await granted('role-events.yaml', 'default'),
    ].flat();
    expect(all.length).toBeGreaterThan(20);
    expect(wanted.toSorted()).toEqual(all.toSorted());
  });

  test('ask for the kind of claim that Workspaces make', () => {
    const wanted = rightsOfController({ namespace: 'ns', workspaces: true, workspaceClaims: 'nodeclaim' });
    expect(wanted.map(shownRight)).toContain('create nodeclaims.karpenter.sh');
    expect(wanted.map(shownRight)).not.toContain('create machines.karpenter.sh');
  });
});
