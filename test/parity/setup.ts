// Starts both API servers once for the whole run and gives them what the cases are about.
import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { parse } from 'yaml';
import { startControlPlane } from '../../hack/controlplane/controlplane.ts';
import { startKubeApi } from '../../hack/sandbox/kube/server.ts';
import { post, until } from './case.ts';
import { play } from './play.ts';
import { Server, type ServerAddress } from './server.ts';
import { widgetCrd } from './widget-crd.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly real: ServerAddress;
    readonly sandbox: ServerAddress;
  }
}

const startMs = 120_000;

// The ones whose work the cases look at; the sandbox has stand-ins for them. Not the node lifecycle: when its taints
// come is chance.
const controllers = ['disruption-controller', 'garbage-collector-controller', 'namespace-controller'];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const signal = AbortSignal.timeout(startMs);
  const real = await startControlPlane({ signal, controllers });
  try {
    // About as far back as the watch cache of the real one goes, so that its 410 can be seen.
    const sandbox = await startKubeApi({ watchHistory: 100, nodeLifecycle: false });
    for (const { url, ca, token } of [real, sandbox]) await installCrds({ url, ca, token }, signal);
    project.provide('real', { url: real.url, ca: real.ca, token: real.token });
    project.provide('sandbox', { url: sandbox.url, ca: sandbox.ca, token: sandbox.token });
    return async () => {
      await sandbox.close();
      await real.close();
    };
  } catch (error) {
    await real.close();
    throw error;
  }
}

async function installCrds(address: ServerAddress, signal: AbortSignal): Promise<void> {
  const server = new Server(address);
  const machineCrd: unknown = parse(
    readFileSync(new URL('../../crds/karpenter.sh_machines.yaml', import.meta.url), 'utf8'),
  );
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const steps = [
    post(crds, machineCrd),
    post(crds, widgetCrd),
    until('/apis/karpenter.sh/v1alpha5/machines', { kind: 'MachineList' }),
    until('/apis/parity.example/v1/widgets', { kind: 'WidgetList' }),
  ];
  try {
    await play(server, { name: 'the CRDs', steps }, { id: 'crds', signal });
  } finally {
    await server.close();
  }
}
