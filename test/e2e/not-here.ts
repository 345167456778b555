// Scenarios that cannot be played on the real control plane, each with the reason.

export interface Impossible {
  /** Of the scenario. */
  readonly name: string;
  readonly why: string;
}

export const notHere: readonly Impossible[] = [];
