// People who create and delete claims, and do not give up when the API server is away.
import { setTimeout as pause } from 'node:timers/promises';
import { objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { expectStatus, itemsOf, type Api, type Reply } from '../../hack/sandbox/nodes/api.ts';
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';

const paths = {
  Machine: '/apis/karpenter.sh/v1alpha5/machines',
  NodeClaim: '/apis/karpenter.sh/v1/nodeclaims',
} as const;
type Kind = keyof typeof paths;
const makers = { Machine: kaitoMachine, NodeClaim: kaitoNodeClaim } as const;
const retryMs = 300;

export class Claims {
  readonly #api: Api;
  readonly #signal: AbortSignal;

  constructor(api: Api, signal: AbortSignal) {
    this.#api = api;
    this.#signal = signal;
  }

  async create(kind: Kind, name: string): Promise<void> {
    const object = makers[kind]({ name });
    await this.#insist(`create ${name}`, [201, 409], () => this.#api.post(paths[kind], object, this.#signal));
  }

  async delete(kind: Kind, name: string): Promise<void> {
    const path = `${paths[kind]}/${name}`;
    await this.#insist(`delete ${name}`, [200, 202, 404], () => this.#api.delete(path, {}, this.#signal));
  }

  /** Both kinds. */
  async all(): Promise<readonly JsonObject[]> {
    const lists = await Promise.all(Object.values(paths).map((path) => this.list(path)));
    return lists.flat();
  }

  async list(path: string): Promise<readonly JsonObject[]> {
    return itemsOf(await this.#insist(`list ${path}`, [200], () => this.#api.get(path, this.#signal)));
  }

  /** Until one of these statuses; an API server that is starting answers with several others. */
  async #insist(what: string, statuses: readonly number[], call: () => Promise<Reply>): Promise<JsonObject> {
    for (;;) {
      try {
        return expectStatus(await call(), what, ...statuses).body;
      } catch {
        // It is away, or only just back.
        this.#signal.throwIfAborted();
        await pause(retryMs, undefined, { signal: this.#signal });
      }
    }
  }
}

export function nameOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'name') ?? '';
}
