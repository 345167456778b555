// Starts one real control plane for the whole run, with the controllers that turn a Deployment into pods.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../../hack/controlplane/controlplane.ts';
import { binaryOf } from '../../hack/tools/binaries.ts';
import { finish } from './program.ts';
import { writeSchemas } from './schemas.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly kubeconfig: string;
    /** An empty directory for what programs keep of their users. */
    readonly home: string;
    /** Of kubeconform: one JSON schema a kind. */
    readonly schemas: string;
  }
}

const startMs = 120_000;
const controllers = ['deployment-controller', 'replicaset-controller'];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'chart-test-'));
  const removed = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const plane = await startControlPlane({ signal: AbortSignal.timeout(startMs), controllers }).catch(async (error) => {
    await removed();
    throw error;
  });
  const teardown = async (): Promise<void> => {
    await plane.close();
    await removed();
  };
  try {
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, plane.kubeconfig(), { mode: 0o600 });
    const [schemas, home] = [join(directory, 'schemas'), join(directory, 'home')];
    await Promise.all([schemas, home].map((each) => mkdir(each)));
    const openApi = await finish(binaryOf('kubectl'), ['get', '--raw', '/openapi/v2'], { KUBECONFIG: kubeconfig });
    await writeSchemas(JSON.parse(openApi.stdout), schemas);
    project.provide('kubeconfig', kubeconfig);
    project.provide('home', home);
    project.provide('schemas', schemas);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}
