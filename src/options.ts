// What the controller can be told, by flag or environment: this table is the Options type, the parser and the help.
import { defaultPolicies as usual } from './claims/policies.ts';
import { defaultTimings as standard } from './claims/timings.ts';
import { optionHelp } from './options/help.ts';
import { duration, integer, labelSelector, oneOf, text, toggle, webAddress } from './options/kinds.ts';
import { parseTable, type Input, type Parsed } from './options/parse.ts';
import {
  defaulted,
  optional,
  required,
  type Defaulted,
  type Option,
  type Table,
  type Values,
} from './options/table.ts';

const wait = (flag: string, fallbackMs: number, help: string): Defaulted<number> =>
  defaulted(flag, duration(), fallbackMs, help);
const port = integer({ min: 0, max: 65_535 });

// The names are those of the Go provisioner's environment (Azure/gpu-provisioner pkg/auth/config.go and its chart).
const azure = {
  subscriptionId: required('arm-subscription-id', text, 'Subscription of the cluster'),
  resourceGroup: required('arm-resource-group', text, 'Resource group of the cluster'),
  clusterName: required('azure-cluster-name', text, 'Name of the cluster'),
  location: optional('location', text, "Accepted for the Go provisioner's sake, without effect"),
  tenantId: optional('azure-tenant-id', text, 'Tenant of the identity'),
  clientId: optional('azure-client-id', text, 'Client id of the identity'),
  federatedTokenFile: optional('azure-federated-token-file', text, 'File with the token for workload identity'),
  authorityHost: optional('azure-authority-host', webAddress, 'Token endpoint, if not the one of the cloud'),
  cloud: optional('azure-environment', text, 'Cloud, such as AzurePublicCloud or AzureChinaCloud'),
  deploymentMode: defaulted(
    'deployment-mode',
    oneOf(['self-hosted', 'managed']),
    'self-hosted',
    'Whether the identity comes from a federated token or from the host',
  ),
  armEndpoint: optional('arm-endpoint', webAddress, 'Azure Resource Manager; plain http on loopback only'),
  armPollFastMs: wait('arm-poll-fast', 15_000, 'Between LISTs while something is in flight'),
  armPollIdleMs: wait(
    'arm-poll-idle',
    300_000,
    'Between LISTs at rest, and between looks at the cluster; five times as often while it is not settled',
  ),
} satisfies Table;

const kubernetes = {
  kubeconfig: optional('kubeconfig', text, "Kubeconfig files; else the pod's own service account, else ~/.kube/config"),
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
  metricsPort: defaulted('metrics-port', port, 8080, 'Port of /metrics; 0 takes any free one'),
  healthProbePort: defaulted('health-probe-port', port, 8081, 'Port of /healthz and /readyz; 0 takes any free one'),
  logLevel: defaulted(
    'log-level',
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    'info',
    'Least severity that is logged',
  ),
} satisfies Table;

// Of the command release-nodes, which takes nothing of Azure and no lease.
const release = {
  deploymentName: defaulted('deployment-name', text, 'gpu-provisioner', 'Deployment of the controller to stop'),
  deploymentNamespace: optional(
    'deployment-namespace',
    text,
    "Its namespace; else the pod's own, else gpu-provisioner",
  ),
  stopTimeoutMs: wait('stop-timeout', 120_000, 'The pods of the controller must be gone within this'),
} satisfies Table;
const releaseTable = { ...release, kubeconfig: kubernetes.kubeconfig, logLevel: serving.logLevel };

const table = { ...azure, ...kubernetes, ...claims, ...policies, ...timings, ...workspaces, ...serving };
const sections = {
  Azure: azure,
  Kubernetes: kubernetes,
  Claims: claims,
  'What is done unasked': policies,
  'Waits of the lifecycle': timings,
  Workspaces: workspaces,
  Serving: serving,
  'Of release-nodes, beside --kubeconfig and --log-level': release,
};
const synopsis = `gpu-provisioner: turns Machines and NodeClaims into GPU nodes on Azure Kubernetes Service

Usage: gpu-provisioner [run] [flags]
       gpu-provisioner release-nodes [flags]

  run             the controller
  release-nodes   before it is uninstalled: stops it, and takes its finalizers off the Nodes

Every flag has a twin in the environment, named beside it; the flag wins. Other names that charts of
the Go provisioner set are ignored.

  -h, --help      this text
  --version       the version
`;

export type Options = Values<typeof table> & { readonly leaderElectionNamespace: string };
export type ReleaseNodesOptions = Values<typeof releaseTable> & { readonly deploymentNamespace: string };

/** What the command line and the environment ask for. */
export type Invocation =
  | { readonly ok: true; readonly command: 'run'; readonly options: Options }
  | { readonly ok: true; readonly command: 'release-nodes'; readonly options: ReleaseNodesOptions }
  | { readonly ok: true; readonly command: 'help' | 'version' }
  /** A line for each mistake, ready to print. */
  | { readonly ok: false; readonly exitCode: 2; readonly message: string };

/** Mistakes do not hide each other: all of them are in the message. */
export function parseOptions(input: Input & { readonly podNamespace?: string }): Invocation {
  const namespace =
    [input.podNamespace, input.env['SYSTEM_NAMESPACE']].find((name) => name?.trim()) ?? 'gpu-provisioner';
  // Only in front, since its flags are others, and what follows a flag may be its value.
  if (input.argv[0] === 'release-nodes') {
    const parsed = parseTable(releaseTable, ['release-nodes'], input);
    if (parsed.outcome !== 'read') return answerTo(parsed);
    return { ok: true, command: 'release-nodes', options: { deploymentNamespace: namespace, ...parsed.values } };
  }
  const parsed = parseTable(table, ['run'], input);
  if (parsed.outcome !== 'read') return answerTo(parsed);
  const problems = disorders(parsed.values);
  if (problems.length > 0) return mistaken(problems);
  return { ok: true, command: 'run', options: { leaderElectionNamespace: namespace, ...parsed.values } };
}

function answerTo(parsed: Exclude<Parsed<Table>, { readonly outcome: 'read' }>): Invocation {
  return parsed.outcome === 'asked' ? { ok: true, command: parsed.command } : mistaken(parsed.problems);
}

function mistaken(problems: readonly string[]): Invocation {
  return { ok: false, exitCode: 2, message: problems.join('\n') };
}

/** Pairs of waits that make no sense in the wrong order. */
function disorders(values: Values<typeof table>): string[] {
  const ascending = [
    ['putDeadlineMs', 'unknownOutcomeMs'],
    ['armPollFastMs', 'armPollIdleMs'],
    ['nodeDeadlineMs', 'nodeDeadlineLargeMs'],
    ['createDeadlineMs', 'createDeadlineLargeMs'],
  ] as const;
  return ascending
    .filter(([smaller, greater]) => values[smaller] > values[greater])
    .map(([smaller, greater]) => `--${table[greater].flag} must not be shorter than --${table[smaller].flag}`);
}

/** The text of `--help`. */
export function helpText(): string {
  return `${synopsis}\n${optionHelp(sections)}`;
}

/** Every option by its flag, as a person would write it, for the log at start. */
export function effectiveOptions(options: Options): Record<string, string> {
  const entries = Object.entries<Option<unknown>>(table);
  const values: Readonly<Record<string, unknown>> = options;
  return Object.fromEntries(
    entries.flatMap(([key, { flag, kind }]) => (values[key] === undefined ? [] : [[flag, kind.format(values[key])]])),
  );
}
