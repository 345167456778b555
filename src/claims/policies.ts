// What may be done without being asked: repair, recreation, collection, and what a person's deletion of a Node means.

export interface Policies {
  /** P2 for every claim: no ARM write, no Node or claim is deleted. Conditions follow, finalizers of Nodes still go. */
  readonly paused: boolean;
  /** Every write to ARM and every deletion is logged and left undone. */
  readonly reportOnly: boolean;
  /** B11, B6: the instance is gone for certain. */
  readonly onInstanceGone: 'recreate' | 'hold' | 'delete-claim';
  /** B6, A7: the instance is there and its Node is not. */
  readonly onNodeMissing: 'hold' | 'recreate';
  /** B5: the Node has been NotReady for `repairActMs`. */
  readonly nodeRepair: 'report' | 'act';
  /** D4: a person deleted the Node. */
  readonly onNodeDeletion: 'delete-claim' | 'replace';
  /** Table E, of pools with our tags; every other pool is reported at most. */
  readonly orphans: 'act' | 'report';
  /** Whether Initialized waits for GPUReady. */
  readonly gpuReadiness: 'report' | 'require';
  /** Whether a NodeClaim's expireAfter is kept to; the CRD's default of 30 days ends hand-written claims. */
  readonly expireNodeClaims: boolean;
  /** Lets one pass delete more orphans or repair more nodes than the breaker allows (E4). */
  readonly allowMassDeletion: boolean;
  /** The breaker: how many percent of our pools may be lost at once without a person's leave, rounded down. */
  readonly disruptionShare: number;
  /** The breaker of a small fleet: so many may be lost at once, whatever their share. */
  readonly disruptionLeast: number;
  /** The caps: how many pools are deleted or replaced unasked within a minute and within an hour. */
  readonly disruptionsPerMinute: number;
  readonly disruptionsPerHour: number;
}

export type DisruptionLimits = Pick<
  Policies,
  'disruptionShare' | 'disruptionLeast' | 'disruptionsPerMinute' | 'disruptionsPerHour'
>;

export const defaultPolicies: Policies = {
  paused: false,
  reportOnly: false,
  onInstanceGone: 'recreate',
  onNodeMissing: 'hold',
  nodeRepair: 'report',
  onNodeDeletion: 'delete-claim',
  orphans: 'act',
  gpuReadiness: 'report',
  expireNodeClaims: false,
  allowMassDeletion: false,
  disruptionShare: 20,
  disruptionLeast: 2,
  disruptionsPerMinute: 2,
  disruptionsPerHour: 10,
};
