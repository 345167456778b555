// Scenarios that cannot be played on the real control plane, each with the reason.

export interface Impossible {
  /** Of the scenario. */
  readonly name: string;
  readonly why: string;
}

export const notHere: readonly Impossible[] = [
  {
    name: 'the deadline ends a drain that never would: the pool goes, and the Machine says what was left',
    // Time that jumps is to a process what a suspended machine is: it has lost its lease, ends, and is started again.
    why: 'The jump to the deadline costs the controller its lease, and which pods were left only that one remembered',
  },
];
