import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelServer } from './model-server.ts';

const server = createModelServer('phi-3');
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(path: string, body?: string): Promise<readonly [status: number, body: unknown]> {
  const answer = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', body });
  return [answer.status, await answer.json()];
}

describe('createModelServer', () => {
  it.each(['/healthz', '/health'])('is healthy at %s', async (path) => {
    expect(await ask(path)).toEqual([200, { status: 'Healthy' }]);
  });

  it('answers a question so that nobody takes it for a model', async () => {
    const answer = { Result: 'The stand-in for phi-3 was asked: who?' };
    expect(await ask('/chat', JSON.stringify({ prompt: 'who?' }))).toEqual([200, answer]);
  });

  it.each(['{}', 'no JSON', '[]'])('refuses %s for want of a prompt', async (body) => {
    expect(await ask('/chat', body)).toEqual([400, { detail: 'Text generation parameter prompt required' }]);
  });

  it('knows no other path, and no other verb', async () => {
    expect((await ask('/v1/chat/completions', '{}'))[0]).toBe(404);
    expect((await ask('/chat'))[0]).toBe(404);
  });
});
