// What a client gets instead of the true answer when a fault hits its request.
import { aksRefusal, armRefusal, refusalAnswer, type Answer } from './answer.ts';
import type { FaultEffect } from './faults.ts';
import type { HttpRequest, RawAnswer } from './server.ts';
import type { ClusterIdentity } from './world.ts';

/** `go on` when the request still takes effect; undefined when no answer comes. */
export function insteadOf(
  effect: FaultEffect,
  request: HttpRequest,
  { subscription }: ClusterIdentity,
): Answer | RawAnswer | 'go on' | undefined {
  switch (effect.kind) {
    case 'reset':
      if (effect.when === 'after') return 'go on';
      request.cut();
      break;
    case 'silent':
      if (effect.when === 'after') return 'go on';
      break;
    case 'half':
    case 'slow':
      return 'go on';
    case 'armThrottled': {
      const message = `Number of requests for subscription '${subscription}' and operation '${request.method}' exceeded the backend storage limit. Please try again later.`;
      return refusalAnswer(
        armRefusal(429, 'SubscriptionRequestsThrottled', message, retryAfter(effect.retryAfterSeconds)).text,
      );
    }
    case 'aksThrottled': {
      const message = `The request limit has been exceeded for SubID='${subscription}', please retry again in ${effect.retryAfterSeconds ?? 60} seconds. For more details, please refer to aka.ms/aks/throttling`;
      return refusalAnswer(aksRefusal(429, 'Throttled', message, retryAfter(effect.retryAfterSeconds)).text);
    }
    case 'broken':
      return broken(effect.status, effect.body);
    case 'refuse': {
      const { status, code, message, by } = effect;
      return refusalAnswer({ status, code, message, by, ...retryAfter(effect.retryAfterSeconds) });
    }
  }
  return undefined;
}

function broken(status: number, body: 'html' | 'brokenJson' | 'empty'): RawAnswer {
  if (body === 'empty') return { status, text: '' };
  if (body === 'brokenJson')
    return { status, headers: { 'content-type': 'application/json' }, text: '{"error":{"code":' };
  const text = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>Microsoft-Azure-Application-Gateway/v2</center></body></html>`;
  return { status, headers: { 'content-type': 'text/html' }, text };
}

function retryAfter(seconds: number | undefined): { readonly headers?: { readonly 'retry-after': string } } {
  return seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } };
}
