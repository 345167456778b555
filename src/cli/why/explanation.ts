// What `why` answers, as data: the JSON of `why -o json`, and what its text is made from.
import type { Phase } from '../../status/timeline.ts';
import type { Missing } from '../asking/answer.ts';

/** `well`, `waiting`: nobody need do anything. `gone`: nobody has that name now. */
export type Verdict = 'well' | 'waiting' | 'wrong' | 'gone';

/** Fields are added to a version, never taken away. Times are RFC 3339 in UTC; absent fields are unknown. */
export interface Explanation {
  readonly version: 1;
  readonly at: string;
  readonly kind: 'Machine' | 'NodeClaim' | 'Workspace' | 'Node' | 'AgentPool' | 'Unknown';
  readonly namespace?: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** The whole answer in a sentence. */
  readonly headline: string;
  /** What it is, in a few words each: size, pool, Node, Workspace. */
  readonly facts: readonly string[];
  readonly timeline: readonly Step[];
  /** What has to happen next, and who brings it about. */
  readonly waitsFor?: string;
  readonly cause?: Cause;
  readonly next?: Next;
  readonly expectation?: Expectation;
  /** What holds it besides: a pause, the gate, a controller that does not work. */
  readonly holds: readonly string[];
  /** What it is made of: the claims and pods of a Workspace. */
  readonly parts: readonly Part[];
  /** Oldest first. */
  readonly events: readonly Told[];
  readonly missing: readonly Missing[];
}

export interface Step {
  readonly phase: Phase['name'];
  readonly since: string;
  /** Absent: it still lasts. */
  readonly until?: string;
  readonly seconds: number;
}

export interface Cause {
  readonly reason: string;
  /** As the object says it; empty where it says nothing more. */
  readonly message: string;
}

export interface Next {
  readonly means: string;
  readonly todo: string;
  /** For a shell, each complete but for words in capitals that are not known. */
  readonly commands: readonly string[];
}

export interface Expectation {
  readonly of: 'ready' | 'deleting';
  /** Of so many others of this size, as long as this controller has run. */
  readonly count: number;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  readonly elapsedSeconds: number;
}

export interface Part {
  /** `machine/ws1`, `pod/default/phi-0`. */
  readonly ref: string;
  readonly verdict: Verdict;
  readonly text: string;
}

export interface Told {
  /** The last time. */
  readonly at: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** `machine/ws1`. */
  readonly about: string;
}

/** What every explanation is made from, besides its object. */
export interface Around {
  /** API server time. */
  readonly now: Date;
  readonly events: readonly Told[];
  readonly missing: readonly Missing[];
  /** What keeps the controller from its work. */
  readonly troubles: readonly string[];
}
