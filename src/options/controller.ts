// What the controller can be told, by flag or environment: this table is the Options type, the parser and the help.
import { defaultPolicies as usual } from '../claims/policies.ts';
import { defaultTimings as standard } from '../claims/timings.ts';
import { azure } from './azure.ts';
import { kubeconfig } from './commands.ts';
import { duration, integer, labelSelector, oneOf, text, toggle } from './kinds.ts';
import { defaulted, optional, type Defaulted, type Option, type Table, type Values } from './table.ts';

const wait = (flag: string, fallbackMs: number, help: string): Defaulted<number> =>
  defaulted(flag, duration(), fallbackMs, help);
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

const timings = {
  putDeadlineMs: wait('put-deadline', standard.putDeadlineMs, 'Deadline of a PUT or DELETE to ARM'),
  unknownOutcomeMs: wait(
    'unknown-outcome',
    standard.unknownOutcomeMs,
    'After this a PUT without an answer counts as not done',
  ),
  termQuarantineMs: wait('term-quarantine', standard.termQuarantineMs, 'A new leader trusts no absence before this'),
  liveProofMs: wait('live-proof', standard.liveProofMs, 'Greatest age of a GET that a DELETE leans on'),
  bindDebounceMs: wait('bind-debounce', standard.bindDebounceMs, 'A shorter NotReady does not bind another node'),
  nodeDeadlineMs: wait('node-deadline', standard.nodeDeadlineMs, 'From a settled pool to its node'),
  nodeDeadlineLargeMs: wait('node-deadline-large', standard.nodeDeadlineLargeMs, 'The same for ND and 8-GPU sizes'),
  createDeadlineMs: wait('create-deadline', standard.createDeadlineMs, 'A pool in creation for so long is reported'),
  createDeadlineLargeMs: wait(
    'create-deadline-large',
    standard.createDeadlineLargeMs,
    'The same for ND and 8-GPU sizes',
  ),
  lateNodeMs: wait('late-node', standard.lateNodeMs, 'A failed pool waits so long for a late node'),
  instanceGoneMs: wait(
    'instance-gone',
    standard.instanceGoneMs,
    'Between two looks that must agree that something is gone',
  ),
  repairReportMs: wait('repair-report', standard.repairReportMs, 'A node that is not ready for so long is reported'),
  drainDeadlineMs: defaulted(
    'drain-timeout',
    duration('never'),
    standard.drainDeadlineMs,
    'Draining ends here and the pool goes all the same; 0 waits for ever',
  ),
  repairActMs: wait('repair-act', standard.repairActMs, 'With --node-repair=act: its instance is replaced after this'),
  nodeMissingMs: wait(
    'node-missing',
    standard.nodeMissingMs,
    'With --on-node-missing=recreate: an instance without its node is replaced after this',
  ),
  youngNodeMs: wait('young-node', standard.youngNodeMs, 'A younger node is deleted by the platform, not by a person'),
  orphanGraceMs: wait('orphan-grace', standard.orphanGraceMs, 'A pool without its claim stays for so long'),
  gateSettleMs: wait(
    'gate-settle',
    standard.gateSettleMs,
    'Nothing is replaced or collected before the cluster has been settled for so long',
  ),
  gpuGraceMs: wait('gpu-grace', standard.gpuGraceMs, 'A node that has just become ready may lack GPUs for so long'),
} satisfies Table;

const policies = {
  paused: defaulted(
    'pause',
    toggle,
    usual.paused,
    'Write nothing to Azure and delete nothing; claims still show what is',
  ),
  reportOnly: defaulted('report-only', toggle, usual.reportOnly, 'Log what would be written to Azure or deleted'),
  onInstanceGone: defaulted(
    'on-instance-gone',
    oneOf(['recreate', 'hold', 'delete-claim']),
    usual.onInstanceGone,
    'When Azure shows twice that the instance of a claim is gone',
  ),
  onNodeMissing: defaulted(
    'on-node-missing',
    oneOf(['hold', 'recreate']),
    usual.onNodeMissing,
    'When the instance is there and its node is not',
  ),
  nodeRepair: defaulted(
    'node-repair',
    oneOf(['report', 'act']),
    usual.nodeRepair,
    'When a node stays not ready for longer than Azure needs to repair it',
  ),
  onNodeDeletion: defaulted(
    'on-node-deletion',
    oneOf(['delete-claim', 'replace']),
    usual.onNodeDeletion,
    'When a person deletes a healthy node',
  ),
  orphans: defaulted(
    'orphans',
    oneOf(['act', 'report']),
    usual.orphans,
    'Pools with our tags whose claim is gone; every other pool is reported at most',
  ),
  gpuReadiness: defaulted(
    'gpu-readiness',
    oneOf(['report', 'require']),
    usual.gpuReadiness,
    'Whether a claim is initialized only when its node offers its GPUs',
  ),
  expireNodeClaims: defaulted('expire-nodeclaims', toggle, usual.expireNodeClaims, 'Keep to expireAfter of NodeClaims'),
  allowMassDeletion: defaulted(
    'allow-mass-deletion',
    toggle,
    usual.allowMassDeletion,
    'Delete or replace more pools at once than the breaker allows',
  ),
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
  const { metricsPort, healthProbePort } = values;
  const isOnePort = metricsPort === healthProbePort && metricsPort !== 0;
  const wrong = ascending
    .filter(([smaller, greater]) => values[smaller] > values[greater])
    .map(
      ([smaller, greater]) =>
        `--${controllerTable[greater].flag} must not be shorter than --${controllerTable[smaller].flag}`,
    );
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
