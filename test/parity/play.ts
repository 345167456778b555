// Sends the steps of one case to one server and notes, without what must differ, everything that comes back.
import { systemClock } from '../../src/clock.ts';
import type { Case, Request, Step, Until, Watch } from './case.ts';
import { Normaliser } from './normal.ts';
import type { Answer, Server } from './server.ts';
import { fieldAt, fill, mentionsNamespace, type Scope } from './template.ts';

const pollMs = 50;

class NeverHappened extends Error {
  readonly code = 'NeverHappened';
}

/** One entry for each step. `id` is new for each case and the same on both servers. */
export async function play(
  server: Server,
  { steps }: Case,
  options: { readonly id: string; readonly signal: AbortSignal },
): Promise<readonly unknown[]> {
  const bodies: unknown[] = [];
  const scope: Scope = { id: options.id, ns: options.id, answers: bodies };
  const normaliser = new Normaliser();
  const transcript: unknown[] = [];
  if (mentionsNamespace(steps)) await server.send(namespace(options.id), options);
  for (const step of steps) {
    const { raw, shown } = await perform(server, step, scope, options);
    bodies.push(raw);
    transcript.push(normaliser.normal(shown));
  }
  return transcript;
}

interface Performed {
  /** What later steps refer to. */
  readonly raw: unknown;
  readonly shown: unknown;
}

async function perform(
  server: Server,
  step: Step,
  scope: Scope,
  options: { readonly signal: AbortSignal },
): Promise<Performed> {
  if (step.kind === 'watch') return observe(server, fill(step, scope), scope, options);
  if (step.kind === 'request') {
    const answer = await server.send(fill(step, scope), options);
    return { raw: answer.body, shown: answer };
  }
  const answer = await repeat(server, fill(step, scope), options);
  // How an object got there is the business of different writers.
  return { raw: answer.body, shown: { status: answer.status, fields: step.fields ?? {} } };
}

async function observe(
  server: Server,
  step: Watch,
  scope: Scope,
  options: { readonly signal: AbortSignal },
): Promise<Performed> {
  const asked: Request = {
    kind: 'request',
    method: 'GET',
    path: step.path,
    ...(step.accept !== undefined && { accept: step.accept }),
  };
  const open = await server.watch(asked, options);
  try {
    for (const inner of step.during) await server.send(fill(inner, scope), options);
    const said: unknown[] = [];
    while (said.length < step.events) {
      const next = await open.next();
      if (next === undefined) break;
      said.push(next);
    }
    return { raw: said, shown: { status: open.status, said } };
  } finally {
    open.close();
  }
}

async function repeat(server: Server, step: Until, options: { readonly signal: AbortSignal }): Promise<Answer> {
  const fields = Object.entries(step.fields ?? {});
  let answer: Answer | undefined;
  while (!options.signal.aborted) {
    answer = await server.send({ kind: 'request', method: 'GET', path: step.path }, options);
    const { status, body } = answer;
    if (status === (step.status ?? 200) && fields.every(([path, value]) => fieldAt(body, path) === value))
      return answer;
    await systemClock.sleep(pollMs, options).catch(() => undefined);
  }
  throw new NeverHappened(`Cannot see ${JSON.stringify(step)} happen; the last answer was ${JSON.stringify(answer)}`);
}

function namespace(name: string): Request {
  return {
    kind: 'request',
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  };
}
