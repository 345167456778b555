// Asking, when a Node is reported as down, whether AKS itself is at work on it (row B5).
import type { KubeObject } from '../apis/wire.ts';
import { KubeError } from '../kube/errors.ts';
import type { Hands } from './arm-outcome.ts';
import type { DecideInput } from './input.ts';
import { instantOf } from './observe.ts';
import { platformSpokeOf } from './platform-events.ts';
import type { PlatformWord } from './platform-events.ts';

/** One LIST. To an API server that does not answer, or refuses, the report is made all the same. */
export async function askPlatform<T extends KubeObject>(
  { claim, memory: { unfit } }: DecideInput,
  nodeName: string,
  { context, memories, pass: { signal } }: Hands<T>,
): Promise<void> {
  const askedAt = instantOf(context);
  if (unfit === undefined) return;
  const word = await ask();
  const platform = word === undefined ? { askedAt } : { askedAt, word };
  memories.note(claim.uid, askedAt, { unfit: { ...unfit, platform } });

  async function ask(): Promise<PlatformWord | undefined> {
    try {
      return await platformSpokeOf(nodeName, { kube: context.kube, nowApiMs: askedAt.apiMs, signal });
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      context.log.warn({ err: error, claim: claim.name, Node: nodeName }, 'events of a Node not read');
      return undefined;
    }
  }
}
