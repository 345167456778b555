// What stands before the resource provider: log, faults, credentials and throttling, in the order a request meets them.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { answerArm, parseBody } from './arm.ts';
import { ArmRefusal, refusalAnswer, type Answer } from './answer.ts';
import type { Emulation } from './emulation.ts';
import { insteadOf } from './fault-answers.ts';
import type { FaultEffect, FaultQueue } from './faults.ts';
import { objectAt, textAt } from './json.ts';
import type { ArmRequest, OpenRequest } from './request-log.ts';
import { checkRole } from './roles.ts';
import { routeOf, type Route } from './route.ts';
import type { HalfAnswer, HttpRequest, RawAnswer } from './server.ts';
import type { Throttle } from './throttle.ts';

export interface Gateway {
  readonly emulation: Emulation;
  readonly faults: FaultQueue;
  readonly throttle: Throttle;
  /** Throws the refusal of a request without valid credentials. */
  readonly authenticate: (authorization: string | undefined) => void;
  readonly log: OpenRequest[];
  /** Ends when the server closes: then nobody waits for a slow answer. */
  readonly signal: AbortSignal;
}

const longestLog = 100_000;

/** Undefined when the client gets no answer. */
export async function answerRequest(
  gateway: Gateway,
  request: HttpRequest,
): Promise<Answer | RawAnswer | HalfAnswer | undefined> {
  const route = routeOf(request.method, request.url.pathname);
  const effect = gateway.faults.take(route.operation, route.pool);
  const entry = note(gateway, request, route, effect);
  await wait(gateway.emulation.world.script.latencyMs ?? 0, gateway.signal);
  const instead = effect === undefined ? 'go on' : insteadOf(effect, request, gateway.emulation.world.identity);
  if (instead !== 'go on') {
    entry.status = instead?.status;
    return instead;
  }
  const answer = answered(gateway, request, route);
  const cut = await afterEffect(gateway, request, effect);
  if (cut) return undefined;
  entry.status = answer.status;
  const code = textAt(answer.body, 'code') ?? textAt(objectAt(answer.body, 'error'), 'code');
  if (answer.status >= 400 && code !== undefined) entry.code = code;
  if (effect?.kind !== 'half') return answer;
  const { end, encoding } = effect;
  return { whole: answer, end, ...(encoding === undefined ? {} : { encoding }) };
}

function answered(gateway: Gateway, request: HttpRequest, route: Route): Answer {
  const correlation = { 'x-ms-correlation-request-id': randomUUID() };
  let answer: Answer;
  const limits = gateway.throttle.take(route);
  try {
    gateway.authenticate(request.headers.authorization);
    checkRole(gateway.emulation.world, route);
    if (limits.refusal !== undefined) throw limits.refusal;
    answer = answerArm(gateway.emulation, route, {
      origin: request.origin,
      url: request.url,
      body: parseBody(request.text),
      preconditions: { ifMatch: request.headers['if-match'], ifNoneMatch: request.headers['if-none-match'] },
    });
  } catch (error) {
    if (!(error instanceof ArmRefusal)) throw error;
    answer = refusalAnswer(error.text);
  }
  return { ...answer, headers: { ...correlation, ...limits.headers, ...answer.headers } };
}

function note(gateway: Gateway, request: HttpRequest, route: Route, effect: FaultEffect | undefined): OpenRequest {
  const { headers, url, method, text } = request;
  const optional = {
    pool: route.pool,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    userAgent: headers['user-agent'],
    clientRequestId: headers['x-ms-client-request-id']?.toString(),
    fault: effect?.kind,
    body: text === '' ? undefined : text,
  };
  const entry: OpenRequest = {
    method,
    path: url.pathname + (route.id === undefined ? url.search : ''),
    operation: route.operation,
    status: undefined,
    at: gateway.emulation.world.timeline.now(),
    authorized: headers.authorization !== undefined,
    ...present(optional),
  };
  gateway.log.push(entry);
  if (gateway.log.length > longestLog) gateway.log.shift();
  return entry;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends Partial<ArmRequest>>(values: { [K in keyof T]: T[K] | undefined }): Present<T>;
function present(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** True when the client gets no answer although the request took effect. */
async function afterEffect(gateway: Gateway, request: HttpRequest, effect: FaultEffect | undefined): Promise<boolean> {
  if (effect?.kind === 'slow') await wait(effect.ms, gateway.signal);
  if (effect?.kind === 'reset') request.cut();
  return effect?.kind === 'reset' || effect?.kind === 'silent';
}

/** Ends early, without an error, when the server closes. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined);
}
