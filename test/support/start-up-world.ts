// A world in which a controller may lack what it needs: TLS and tokens everywhere, and rights that can be taken away.
import type { PolicyRule } from '../../hack/sandbox/kube/access/rules.ts';
import { startKubeApi, type KubeApi } from '../../hack/sandbox/kube/server.ts';
import { startSandbox } from '../../hack/sandbox/sandbox.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';
import { bookmarkSeconds, type BackEnd, type BackEndOptions } from './world-back-end.ts';

const controllerToken = 'of-the-controller';

export interface StartUpWorld extends AsyncDisposable {
  readonly world: World;
  /** As the sandbox gives it to a controller that lacks nothing. */
  readonly identity: BackEnd['azure']['identity'];
  /** What the controller may do from now on; absent: everything. */
  allow(rules?: readonly PolicyRule[]): void;
}

/** Its controllers are processes, for Node reads NODE_EXTRA_CA_CERTS as it starts. */
export async function startUpWorld(options: WorldOptions = {}): Promise<StartUpWorld> {
  let started: { readonly kube: KubeApi; readonly azure: BackEnd['azure'] } | undefined;
  const world = await startWorld(options, async (wanted) => {
    const { kube, backEnd } = await securedBackEnd(wanted);
    started = { kube, azure: backEnd.azure };
    return backEnd;
  });
  if (started === undefined) throw new TypeError('A world was made without its back end');
  const { kube, azure } = started;
  return {
    world,
    identity: azure.identity,
    allow: (rules) => letIn(kube, rules),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function securedBackEnd({ clock, script, devicePlugin }: BackEndOptions) {
  const kube = await startKubeApi({
    now: () => clock.now(),
    bookmarkIntervalMs: bookmarkSeconds * (1000 / clock.time.rate),
  });
  letIn(kube);
  const mishaps: string[] = [];
  const sandbox = await startSandbox({
    startKube: () => Promise.resolve(kube),
    clock,
    devicePlugin: { delaySeconds: 5, enabled: devicePlugin },
    onError: (error) => mishaps.push(String(error)),
    script: { ...script, timing: { createSeconds: 20, allocateSeconds: 4, joinSeconds: 15, ...script.timing } },
  });
  const { KUBECONFIG: _ofTheSandbox, ...controllerEnv } = sandbox.controllerEnv();
  const backEnd: BackEnd = {
    api: sandbox.kube,
    azure: sandbox.aks,
    nodes: sandbox.nodes,
    mishaps,
    controllerEnv,
    controllerToken,
    close: () => sandbox.close(),
  };
  return { kube, backEnd };
}

function letIn(kube: KubeApi, rules?: readonly PolicyRule[]): void {
  kube.addToken(controllerToken, { name: 'controller', groups: [], ...(rules === undefined ? {} : { rules }) });
}
