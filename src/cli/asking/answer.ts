// Questions to the API server of which any may be refused: the rest is shown, and what is missing is named with its remedy.
import { Forbidden, NotFound, ServerError } from '../../kube/errors.ts';

export interface Missing {
  /** Of what nothing is known: `Machines`. */
  readonly what: string;
  /** `refused`: by the API server's access control. `absent`: the cluster has no such kind, or none in our version. */
  readonly because: 'refused' | 'absent' | 'unreachable';
  readonly why: string;
  /** What a person does about it. */
  readonly mend?: string;
}

export type Answer<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly missing: Missing };

/** What access control is asked for. */
export interface Access {
  readonly verb: 'get' | 'list';
  /** With its group: `machines.karpenter.sh`, `services/proxy`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
}

/**
 * Throws what says that no question will be answered: no connection, no credentials, an answer that is none. `what` is a
 * plural for people.
 */
export async function attempt<T>(what: string, access: Access, question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { known: true, value: await question() };
  } catch (error) {
    if (error instanceof Forbidden) return unknown(refused(what, access));
    if (error instanceof NotFound)
      return unknown({
        what,
        because: 'absent',
        why: `the cluster does not serve ${access.resource} in the version that is asked for`,
      });
    if (error instanceof ServerError) return unknown({ what, because: 'unreachable', why: error.message });
    throw error;
  }
}

export function unknown(missing: Missing): { readonly known: false; readonly missing: Missing } {
  return { known: false, missing };
}

export function refused(what: string, { namespace, resource, verb }: Access): Missing {
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  return {
    what,
    because: 'refused',
    why: `you may not ${verb} ${resource}${where}`,
    mend: `a role with the verb "${verb}" on ${resource}${where}`,
  };
}

export function valueOf<T, D>(answer: Answer<T>, otherwise: D): T | D {
  return answer.known ? answer.value : otherwise;
}

export function missingOf(answers: readonly Answer<unknown>[]): readonly Missing[] {
  return answers.flatMap((answer) => (answer.known ? [] : [answer.missing]));
}

/** The same thing may be missed in several places. */
export function eachOnce(missing: readonly Missing[]): readonly Missing[] {
  return [...new Map(missing.map((each) => [`${each.what} ${each.why}`, each])).values()];
}

/** Of the object as it is; undefined when there is none of that name. Throws as `attempt` does. */
export async function attemptOne<T>(
  what: string,
  access: Access,
  question: () => Promise<T>,
): Promise<Answer<T | undefined>> {
  const answer = await attempt(what, access, question);
  // Of one object 404 says that there is none; whether its kind is served makes no difference to who asks for it.
  return !answer.known && answer.missing.because === 'absent' ? { known: true, value: undefined } : answer;
}
