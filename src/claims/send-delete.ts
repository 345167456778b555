// The DELETE of a pool as it goes out, whoever wants it: under the lease, naming the version whose ownership was proved.
import type { Cause } from '../azure/cause.ts';
import { causeOf } from '../azure/causes.ts';
import type { Inventory } from '../azure/inventory.ts';
import { isOfAzure } from './arm-outcome.ts';
import { NotLeading } from './context.ts';
import type { Pass } from './context.ts';

export interface DeleteRequest {
  readonly poolName: string;
  /** Of the look that proved whose pool it is. */
  readonly etag: string;
  readonly ignorePodDisruptionBudget: boolean;
}

export interface SendDeleteOptions {
  readonly inventory: Pick<Inventory, 'delete' | 'hurry'>;
  readonly pass: Pass;
  /** Right before the request leaves: from then on it may be carried out, whatever comes back. */
  readonly onSend: () => void;
}

/** At most one DELETE. Resolves also when ARM refuses; throws NotLeading when nothing was sent. */
export async function sendDelete(
  { poolName, etag, ignorePodDisruptionBudget }: DeleteRequest,
  { inventory, pass, onSend }: SendDeleteOptions,
): Promise<'accepted' | Cause> {
  try {
    await inventory.delete(poolName, {
      signal: AbortSignal.any([pass.signal, pass.term.signal]),
      etag,
      ignorePodDisruptionBudget,
      beforeSend: () => {
        if (!pass.term.mayWrite()) throw new NotLeading();
        onSend();
      },
    });
  } catch (error) {
    if (!isOfAzure(error)) throw error;
    return causeOf(error);
  }
  inventory.hurry();
  return 'accepted';
}
