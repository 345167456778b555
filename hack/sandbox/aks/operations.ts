// Asynchronous operations: how a pool or the cluster is held by one, how it ends, and what its URLs say.
import { createHash, randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import { aksRefusal } from './answer.ts';
import type { JsonObject } from './json.ts';
import type { Cluster, Operation, Pool, ProvisioningFailure, World } from './world.ts';
import { drop } from './world.ts';

/** Starts an operation that holds `holder`; it takes `state` and a new eTag. */
export function begin(world: World, holder: Pool | Cluster, state: string, hangs = false): Operation {
  const operation: Operation = {
    id: randomUUID(),
    what: state,
    startTime: world.timeline.now(),
    hangs,
    status: 'InProgress',
  };
  world.operations.set(operation.id, operation);
  holder.busy = { operation, timers: new Set() };
  holder.state = state;
  holder.error = undefined;
  holder.etag = randomUUID();
  return operation;
}

/** Ends what holds `holder`, which then shows the outcome. */
export function settle(
  world: World,
  holder: Pool | Cluster,
  state: 'Succeeded' | 'Failed' | 'Canceled',
  error?: ProvisioningFailure,
): void {
  release(world, holder, state, error);
  holder.state = state;
  holder.error = error;
  holder.etag = randomUUID();
}

/** Ends the operation alone: a later one has taken over. */
export function release(
  world: World,
  holder: Pool | Cluster,
  status: 'Succeeded' | 'Failed' | 'Canceled',
  error?: ProvisioningFailure,
): void {
  if (holder.busy === undefined) return;
  const { operation, timers } = holder.busy;
  drop(timers);
  holder.busy = undefined;
  operation.status = status;
  operation.endTime = world.timeline.now();
  if (error !== undefined) operation.error = error;
}

/** The body of the operation's URL; HTTP 200 in every state. */
export function operationAnswer(world: World, id: string): Answer {
  const operation = known(world, id);
  const base: JsonObject = { name: operation.id, startTime: operation.startTime.toISOString() };
  if (operation.hangs || operation.endTime === undefined) {
    return { status: 200, body: { ...base, status: 'InProgress' } };
  }
  return {
    status: 200,
    body: {
      ...base,
      status: operation.status,
      endTime: operation.endTime.toISOString(),
      ...(operation.error === undefined ? {} : { error: { ...operation.error } }),
    },
  };
}

/** The body of `Location`: 202 while it runs, then 204 without a body. */
export function operationResultAnswer(world: World, id: string, self: string): Answer {
  const operation = known(world, id);
  const running = operation.hangs || operation.endTime === undefined;
  return running ? { status: 202, headers: { location: self } } : { status: 204 };
}

function known(world: World, id: string): Operation {
  const operation = world.operations.get(id);
  if (operation === undefined) throw aksRefusal(404, 'NotFound', 'The entity was not found.');
  return operation;
}

/** Absolute, signed and long as ARM's: 3.3 kB that nobody should store or log. */
export function operationUrl(
  world: World,
  origin: string,
  kind: 'operations' | 'operationresults',
  id: string,
): string {
  const { subscription, location } = world.identity;
  const certificate = `MII${filler(id, 2200)}`;
  const query = `api-version=2016-03-30&t=638${filler(id, 15)}&c=${certificate}&s=${filler(`s${id}`, 340)}&h=${filler(`h${id}`, 43)}`;
  return `${origin}/subscriptions/${subscription}/providers/Microsoft.ContainerService/locations/${location}/${kind}/${id}?${query}`;
}

function filler(seed: string, length: number): string {
  let text = '';
  for (let round = 0; text.length < length; round += 1) {
    text += createHash('sha512').update(`${seed}${round}`).digest('base64url');
  }
  return text.slice(0, length);
}
