// Turns the emulator's request log and pools into news for another process.
import type { Aks } from '../aks/aks.ts';
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import type { AzureCall, AzureNews } from './world.ts';

type LoggedRequest = Aks['log'][number];

/** Gives what is new since the last time, or undefined when nothing is. */
export class AzureReporter {
  readonly #aks: Pick<Aks, 'log' | 'pools'>;
  #read = 0;
  #unanswered: LoggedRequest[] = [];
  #pools = '';

  constructor(aks: Pick<Aks, 'log' | 'pools'>) {
    this.#aks = aks;
  }

  /** A request is news when it is answered; one that never is, never. */
  news(): AzureNews | undefined {
    const open = [...this.#unanswered, ...this.#aks.log.slice(this.#read)];
    this.#read = this.#aks.log.length;
    this.#unanswered = open.filter(({ status }) => status === undefined);
    const calls = open.flatMap(callOf);
    const pools = Object.fromEntries(this.#aks.pools().map(nameAndState));
    const written = JSON.stringify(pools);
    if (calls.length === 0 && written === this.#pools) return undefined;
    this.#pools = written;
    return { calls, pools };
  }
}

function callOf({ at, operation, pool, status, code }: LoggedRequest): AzureCall[] {
  if (status === undefined) return [];
  return [
    {
      at: at.getTime(),
      operation,
      status,
      ...(pool === undefined ? {} : { pool }),
      ...(code === undefined ? {} : { code }),
    },
  ];
}

function nameAndState(pool: JsonObject): [string, string] {
  return [textAt(pool, 'name') ?? '', textAt(objectAt(pool, 'properties'), 'provisioningState') ?? ''];
}
