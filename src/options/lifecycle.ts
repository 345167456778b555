// The options of the lifecycle: how long it waits, and what it does without being asked.
import { defaultPolicies as usual } from '../claims/policies.ts';
import { defaultTimings as standard } from '../claims/timings.ts';
import { duration, integer, oneOf, toggle } from './kinds.ts';
import { defaulted, type Defaulted, type Table } from './table.ts';

const wait = (flag: string, fallbackMs: number, help: string): Defaulted<number> =>
  defaulted(flag, duration(), fallbackMs, help);

export const timings = {
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

export const policies = {
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
  disruptionShare: defaulted(
    'disruption-share',
    integer({ min: 0, max: 100 }),
    usual.disruptionShare,
    'The breaker: nothing is deleted or replaced unasked while it is due for more than so many percent of our pools',
  ),
  disruptionLeast: defaulted(
    'disruption-least',
    integer({ min: 1, max: 1000 }),
    usual.disruptionLeast,
    'The breaker never holds back so few pools, whatever their share',
  ),
  disruptionsPerMinute: defaulted(
    'disruptions-per-minute',
    integer({ min: 1, max: 1000 }),
    usual.disruptionsPerMinute,
    'Pools that are deleted or replaced unasked within a minute, at most',
  ),
  disruptionsPerHour: defaulted(
    'disruptions-per-hour',
    integer({ min: 1, max: 1000 }),
    usual.disruptionsPerHour,
    'The same within an hour',
  ),
} satisfies Table;
