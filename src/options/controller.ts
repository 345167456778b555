// What the controller can be told, by flag or environment: this table is the Options type, the parser and the help.
import { azure } from './azure.ts';
import { kubeconfig } from './commands.ts';
import { integer, labelSelector, oneOf, text, toggle } from './kinds.ts';
import { policies, timings } from './lifecycle.ts';
import { defaulted, optional, type Option, type Table, type Values } from './table.ts';

const port = integer({ min: 0, max: 65_535 });

/** Of the controller itself, for whoever stops it and for events about it. */
export const ownDeployment = {
  deploymentName: defaulted(
    'deployment-name',
    text,
    'gpu-provisioner',
    'Deployment of the controller: events about it are there, release-nodes stops it',
  ),
  deploymentNamespace: optional(
    'deployment-namespace',
    text,
    "Its namespace; else the pod's own, else gpu-provisioner",
  ),
} satisfies Table;

const kubernetes = {
  kubeconfig,
  kubeClientQps: defaulted('kube-client-qps', integer({ min: 1, max: 100_000 }), 200, 'Requests a second, sustained'),
  kubeClientBurst: defaulted('kube-client-burst', integer({ min: 1, max: 100_000 }), 300, 'Requests at once'),
  leaderElect: {
    ...defaulted('leader-elect', toggle, true, 'Act only while holding the lease'),
    opposite: 'disable-leader-election',
  },
  leaderElectionName: defaulted('leader-election-name', text, 'gpu-provisioner-leader-election', 'Name of the lease'),
  leaderElectionNamespace: optional(
    'leader-election-namespace',
    text,
    "Namespace of the lease, which must exist; else the pod's own, else gpu-provisioner",
  ),
  ...ownDeployment,
} satisfies Table;

const claims = {
  claimSelector: optional('claim-selector', labelSelector, 'Only claims with such labels are ours'),
  // AKS allows 100 pools a cluster, so that no claim waits for another one's call to ARM.
  maxConcurrentReconciles: defaulted(
    'max-concurrent-reconciles',
    integer({ min: 1, max: 1000 }),
    100,
    'Claims of each kind worked on at once',
  ),
  featureGates: optional('feature-gates', text, "Accepted for the Go provisioner's sake, without effect"),
} satisfies Table;

// The images are those that KAITO's own releases use for the same work (contract of v0.12: oras v1.2.2).
const workspaces = {
  workspaces: defaulted('workspaces', toggle, false, "Reconcile Workspaces too, where KAITO's controller does not run"),
  workspaceClaims: defaulted(
    'workspace-claims',
    oneOf(['machine', 'nodeclaim']),
    'machine',
    'What a Workspace creates for each node that it lacks',
  ),
  presetRelease: defaulted(
    'preset-release',
    oneOf(['v0.3.0', 'v0.4.1']),
    'v0.3.0',
    'Release of KAITO whose presets are known',
  ),
  presetRegistry: defaulted('preset-registry-name', text, 'mcr.microsoft.com/aks/kaito', 'Registry of the presets'),
  presetsFile: optional('presets-file', text, 'JSON list of presets beside those of the release'),
  downloaderImage: defaulted(
    'workspace-downloader-image',
    text,
    'docker.io/curlimages/curl:8.11.1',
    'Image that downloads the data of a tuning: curl and a shell',
  ),
  pusherImage: defaulted(
    'workspace-pusher-image',
    text,
    'ghcr.io/oras-project/oras:v1.2.2',
    'Image that pushes what a tuning made: oras and a shell',
  ),
} satisfies Table;

const serving = {
  bindAddress: optional('bind-address', text, "Address that both servers listen on; else all of the pod's"),
  metricsPort: defaulted('metrics-port', port, 8080, 'Port of /metrics and /status; 0 takes any free one'),
  statusPage: defaulted('status-page', toggle, false, 'Show people a page at / of the metrics port'),
  healthProbePort: defaulted('health-probe-port', port, 8081, 'Port of /healthz and /readyz; 0 takes any free one'),
  logLevel: defaulted(
    'log-level',
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    'info',
    'Least severity that is logged',
  ),
} satisfies Table;

export const controllerTable = {
  ...azure,
  ...kubernetes,
  ...claims,
  ...policies,
  ...timings,
  ...workspaces,
  ...serving,
};
export const controllerSections = {
  Azure: azure,
  Kubernetes: kubernetes,
  Claims: claims,
  'What is done unasked': policies,
  'Waits of the lifecycle': timings,
  Workspaces: workspaces,
  Serving: serving,
};
export const { logLevel } = serving;

export type Options = Values<typeof controllerTable> & {
  readonly leaderElectionNamespace: string;
  readonly deploymentNamespace: string;
};

/** Pairs of settings that make no sense together. */
export function disorders(values: Values<typeof controllerTable>): string[] {
  const ascending = [
    ['putDeadlineMs', 'unknownOutcomeMs'],
    ['armPollFastMs', 'armPollIdleMs'],
    ['nodeDeadlineMs', 'nodeDeadlineLargeMs'],
    ['createDeadlineMs', 'createDeadlineLargeMs'],
  ] as const;
  const { disruptionsPerHour, disruptionsPerMinute, healthProbePort, metricsPort } = values;
  const isOnePort = metricsPort === healthProbePort && metricsPort !== 0;
  const wrong = ascending
    .filter(([smaller, greater]) => values[smaller] > values[greater])
    .map(
      ([smaller, greater]) =>
        `--${controllerTable[greater].flag} must not be shorter than --${controllerTable[smaller].flag}`,
    );
  if (disruptionsPerHour < disruptionsPerMinute)
    wrong.push('--disruptions-per-hour must not be less than --disruptions-per-minute');
  return isOnePort ? [...wrong, '--health-probe-port must not be the same as --metrics-port'] : wrong;
}

/** Every option by its flag, as a person would write it, for the log at start. */
export function effectiveOptions(options: Options): Record<string, string> {
  const entries = Object.entries<Option<unknown>>(controllerTable);
  const values: Readonly<Record<string, unknown>> = options;
  return Object.fromEntries(
    entries.flatMap(([key, { flag, kind }]) => (values[key] === undefined ? [] : [[flag, kind.format(values[key])]])),
  );
}
