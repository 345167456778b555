// The walk-through of docs/workspaces.md as its readers type it: from the file to an answer of the model, and back.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isTrue } from '../support/world-things.ts';
import { startKubectlWorld } from './front.ts';

const name = 'workspace-phi-3-mini';
const file = fileURLToPath(new URL('../../docs/workspaces/inference-phi-3.yaml', import.meta.url));
const walkTime = { timeout: 180_000 } as const;

/** Header and rows of a table, their cells divided by one blank. */
function rowsOf(table: string): readonly string[] {
  return table
    .trim()
    .split('\n')
    .map((row) => row.trim().replaceAll(/\s+/g, ' '));
}

test(
  'kubectl apply of a Workspace ends in an endpoint that answers, and kubectl delete in nothing',
  walkTime,
  async () => {
    await using started = await startKubectlWorld({ workloads: true, env: { WORKSPACES: 'true' } });
    const { home, kubectl, world } = started;
    await world.startController();
    expect(await kubectl('apply', '-f', file)).toBe(`workspace.kaito.sh/${name} created\n`);
    await world.until('its columns are True', async () => {
      const workspace = await world.get('Workspace', name);
      return ['ResourceReady', 'InferenceReady', 'WorkspaceReady'].every((type) => isTrue(workspace, type));
    });
    for (const word of ['workspace', 'wk', 'wks'])
      expect(rowsOf(await kubectl('get', word, name))).toEqual([
        'NAME INSTANCE RESOURCEREADY INFERENCEREADY WORKSPACEREADY AGE',
        expect.stringMatching(new RegExp(`^${name} Standard_NC6s_v3 True True True \\S+$`)),
      ]);
    expect(rowsOf(await kubectl('get', 'svc', name))).toEqual([
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE',
      expect.stringMatching(new RegExp(`^${name} ClusterIP 127\\.[\\d.]+ <none> 80/TCP,29500/TCP \\S+$`)),
    ]);
    const question = join(home, 'question.json');
    await writeFile(question, JSON.stringify({ prompt: 'What is Kubernetes?' }));
    const path = `/api/v1/namespaces/default/services/${name}:80/proxy/chat`;
    expect(JSON.parse(await kubectl('create', '--raw', path, '-f', question))).toEqual({ Result: expect.any(String) });
    expect(await kubectl('describe', 'workspace', name)).toMatch(/Warning\s+RetiredSize/);
    expect(await kubectl('delete', '-f', file)).toContain(`"${name}" deleted`);
    const left = async (): Promise<boolean> =>
      (await kubectl('get', 'machines,workspaces,deployments,pods,svc', '-o', 'name')) === '';
    await world.until('nothing of it is left', left);
    expect(world.azure.pools().map((pool) => pool['name'])).toEqual(['nodepool1']);
  },
);
