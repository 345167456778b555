// Scenarios that cannot be played on the real control plane, each with the reason.

export interface Impossible {
  /** Of the scenario. */
  readonly name: string;
  readonly why: string;
}

// Time that jumps is to a process what a suspended machine is: its lease is lost, it ends, and another one is started. What
// only the first one remembered is gone.
export const notHere: readonly Impossible[] = [
  {
    name: 'the deadline ends a drain that never would: the pool goes, and the Machine says what was left',
    why: 'The jump to the deadline costs the controller its lease, and which pods were left only that one remembered',
  },
  {
    name: 'a Node that never joins is told of; nothing is deleted',
    why: 'The jump to the deadline costs the controller its lease, and since when the pool was settled only that one remembered',
  },
  {
    name: 'a pool that somebody scales to 2 keeps its first Node and says ExtraNodes; scaled back, nothing has changed',
    why: 'The jump to the event costs the controller its lease, and since when the pool was settled only that one remembered',
  },
];
