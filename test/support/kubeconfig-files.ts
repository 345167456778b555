// Kubeconfigs as real files, in a directory that is gone after the test.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

interface Parts {
  readonly server: string;
  readonly name?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

/** A kubeconfig; JSON is YAML. */
export function aKubeConfig({ server, name = 'test', cluster = {}, user = {} }: Parts): string {
  return JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster: { server, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'team' } }],
  });
}

export async function aFile(content: string, name = 'config'): Promise<string> {
  const file = join(await aDirectory(), name);
  await writeFile(file, content);
  return file;
}
