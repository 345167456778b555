// Asking Azure which machines a pool has: a pool is not an instance, and a Node that is missing is neither.
import type { KubeObject } from '../apis/wire.ts';
import { causeOf } from '../azure/causes.ts';
import { isOfAzure } from './arm-outcome.ts';
import type { Hands } from './arm-outcome.ts';
import type { DecideInput, Machines } from './input.ts';
import { instantOf } from './observe.ts';

/** One request, remembered with the time at which it began. Azure's failure is an answer too: nothing is known. */
export async function countMachines<T extends KubeObject>(
  { claim, memory, poolName }: DecideInput,
  { context, memories, pass }: Hands<T>,
): Promise<void> {
  const startedAt = instantOf(context);
  const machines = await ask();
  const isEmpty = machines !== 'unknown' && machines.length === 0;
  memories.note(claim.uid, startedAt, {
    machines: { startedAt, machines },
    // What is not known neither proves an absence nor ends one; two looks that show none are still two.
    ...(machines === 'unknown' ? {} : { noMachinesSince: isEmpty ? (memory.noMachinesSince ?? startedAt) : undefined }),
  });

  async function ask(): Promise<Machines> {
    try {
      const found = await context.inventory.machines(poolName, { signal: pass.signal });
      return found.map(({ name }) => name);
    } catch (error) {
      if (!isOfAzure(error)) throw error;
      context.log.debug({ pool: poolName, reason: causeOf(error).reason }, 'machines not known');
      return 'unknown';
    }
  }
}
