// Asking, once for each time that a Node is reported as down, whether AKS itself is at work on it (row B5).
import type { KubeObject } from '../apis/wire.ts';
import { KubeError } from '../kube/errors.ts';
import type { Hands } from './arm-outcome.ts';
import type { DecideInput, Unfit } from './input.ts';
import { instantOf } from './observe.ts';
import { platformSpokeOf } from './platform-events.ts';

/** One LIST. An API server that does not answer, or refuses, is not asked again: the report is made without. */
export async function askPlatform<T extends KubeObject>(
  { claim, memory: { unfit } }: DecideInput,
  nodeName: string,
  { context, memories, pass: { signal } }: Hands<T>,
): Promise<void> {
  const now = instantOf(context);
  if (unfit !== undefined) memories.note(claim.uid, now, { unfit: { ...unfit, platform: await ask() } });

  async function ask(): Promise<NonNullable<Unfit['platform']>> {
    try {
      const word = await platformSpokeOf(nodeName, { kube: context.kube, nowApiMs: now.apiMs, signal });
      return word === undefined ? 'silent' : { ...word, askedApiMs: now.apiMs };
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      context.log.warn({ err: error, claim: claim.name, Node: nodeName }, 'events of a Node not read');
      return 'silent';
    }
  }
}
