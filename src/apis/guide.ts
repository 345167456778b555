// What a person reads about a reason of a condition or an event: its meaning, and the next step.

/** Plain words for everybody, whatever the object's own message says in detail. */
export interface Guide {
  /** What is so, in a sentence or two. */
  readonly means: string;
  /** What a person does about it; or that nothing is to be done. */
  readonly todo: string;
}
