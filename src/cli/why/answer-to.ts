// From a name to its explanation: who runs here, what the name stands for, and all that is told of it.
import type { RestClient } from '../../kube/rest-client.ts';
import { findController } from '../asking/controller.ts';
import type { Explanation } from './explanation.ts';
import { find, wordFor } from './find.ts';
import { explain, explainNobody } from './look.ts';
import type { Wanted } from './wanted.ts';

export interface Question {
  readonly kube: Pick<RestClient, 'get' | 'list' | 'askService' | 'serverNow'>;
  readonly signal: AbortSignal;
  /** Of the controller; undefined: it is looked for. */
  readonly namespace: string | undefined;
}

/** A text is a complaint: the name means several things. Throws KubeError where nothing can be asked. */
export async function answerTo(wanted: Wanted, { kube, namespace, signal }: Question): Promise<Explanation | string> {
  const controller = await findController({ kube, signal, namespace });
  const { found, missing } = await find(wanted, { kube, signal, feed: controller.feed });
  const [first, ...others] = found;
  const asking = { kube, signal, controller };
  if (first === undefined) return explainNobody(wanted.name, { namespace: wanted.namespace, missing }, asking);
  if (others.length === 0) return explain(first, asking);
  return `"${wanted.name}" is the name of several things: ${found.map(wordFor).join(', ')}`;
}
