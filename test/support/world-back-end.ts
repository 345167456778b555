// What a world stands on: an API server, Azure and nodes. Scenarios never see which ones.
import { startSandbox } from '../../hack/sandbox/sandbox.ts';
import type { Aks } from '../../hack/sandbox/aks/aks.ts';
import type { AksScript } from '../../hack/sandbox/aks/script.ts';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import type { VirtualNodes } from '../../hack/sandbox/nodes/virtual-nodes.ts';
import type { WorldClock } from './world-clock.ts';
import type { ControllerSetting, RunningController } from './world-controller.ts';

export interface BackEnd {
  /** Of an administrator. */
  readonly api: ApiTarget;
  readonly azure: Aks;
  readonly nodes: Omit<VirtualNodes, 'close'>;
  /** What stand-ins could not do, and try again. */
  readonly mishaps: readonly string[];
  /** The environment that points a controller at this Azure; KUBECONFIG is the world's own affair. */
  readonly controllerEnv: Readonly<Record<string, string>>;
  /** What a controller is let in with. */
  readonly controllerToken: string;
  /** Starts every controller, where that is not the world's own affair. */
  readonly startController?: (setting: ControllerSetting) => Promise<RunningController>;
  close(): Promise<void>;
}

/** As the option and the chart's value have them. */
export type WorkspaceClaims = 'machine' | 'nodeclaim';

export interface BackEndOptions {
  readonly clock: WorldClock;
  readonly script: AksScript;
  /** Whether the nodes have a device plugin. */
  readonly devicePlugin: boolean;
  /** Whether Deployments and Jobs get pods. */
  readonly workloads?: boolean;
  /** What the module of Workspaces asks for. Default machine. */
  readonly workspaceClaims?: WorkspaceClaims;
  /** Whether AKS repairs nodes that stay NotReady. */
  readonly autoRepair?: boolean;
}

export type MakeBackEnd = (options: BackEndOptions) => Promise<BackEnd>;

/** As the real API server's. */
export const bookmarkSeconds = 60;

/** Seconds of the world: as Azure's usual ones in their order, and shorter. */
const briskTiming = {
  createSeconds: 20,
  allocateSeconds: 4,
  joinSeconds: 15,
  deleteSeconds: 6,
  updateSeconds: 5,
  powerSeconds: 12,
  upgradeSeconds: 20,
  drainSeconds: 60,
  repairSeconds: 10,
} as const;

/** The embedded one: plain http, everything in this process. */
export async function sandboxBackEnd(options: BackEndOptions): Promise<BackEnd> {
  const { clock, script, devicePlugin, workloads = false, workspaceClaims = 'machine', autoRepair = false } = options;
  const mishaps: string[] = [];
  const sandbox = await startSandbox({
    http: true,
    clock,
    bookmarkIntervalMs: bookmarkSeconds * (1000 / clock.time.rate),
    devicePlugin: { delaySeconds: 5, enabled: devicePlugin },
    workloads,
    autoRepair,
    onError: (error) => mishaps.push(`${clock.now().toISOString()} ${String(error)}`),
    script: { ...script, timing: { ...briskTiming, ...script.timing } },
  });
  const { KUBECONFIG: _ofTheSandbox, ...controllerEnv } = sandbox.controllerEnv();
  return {
    api: sandbox.kube,
    azure: sandbox.aks,
    nodes: sandbox.nodes,
    mishaps,
    controllerEnv: { ...controllerEnv, WORKSPACE_CLAIMS: workspaceClaims },
    controllerToken: sandbox.kube.token,
    close: () => sandbox.close(),
  };
}
