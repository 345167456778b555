import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { startClockFront } from './clock-front.ts';

const worldStart = Date.parse('2030-01-01T00:00:00Z');

// Our own time stands still, at a whole second: how long a test takes is no matter of how old its objects are.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 1000) * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An API server that answers so, behind a front whose world stands at the given second of 2030. */
async function aFront(
  answer: RequestListener,
  { bookmarkMs = 60_000 }: { readonly bookmarkMs?: number } = {},
): Promise<{ readonly url: string; readonly setSecond: (second: number) => void }> {
  const { ca, cert, key } = await loopbackCertificate('front test');
  const server = createServer({ cert, key }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  let second = 0;
  const front = await startClockFront({
    target: { url: `https://127.0.0.1:${port}`, ca, token: '' },
    now: () => new Date(worldStart + second * 1000),
    bookmarkMs,
  });
  onTestFinished(async () => {
    await front.close();
    server.closeAllConnections();
    server.close();
  });
  return { url: front.url, setSecond: (value) => (second = value) };
}

function stamp(agoSeconds = 0): string {
  return new Date(Date.now() - agoSeconds * 1000).toISOString().replace(/\.\d+Z$/u, 'Z');
}

function machine(creationTimestamp: string, uid = 'u1'): object {
  return { kind: 'Machine', metadata: { name: 'm', uid, creationTimestamp, labels: { at: creationTimestamp } } };
}

test('ClockFront shows what was made just now as made now in the world, and the same ever after', async () => {
  const made = stamp();
  const front = await aFront((_, outgoing) => outgoing.end(JSON.stringify(machine(made))));

  front.setSecond(10);
  const first = await (await fetch(front.url)).json();
  front.setSecond(500);
  const later = await (await fetch(front.url)).json();

  // Only what the server stamps is in the world's time.
  expect(first).toEqual({
    kind: 'Machine',
    metadata: { name: 'm', uid: 'u1', creationTimestamp: '2030-01-01T00:00:10Z', labels: { at: made } },
  });
  expect(later).toEqual(first);
});

test('ClockFront keeps the age of what is old and the grace of what is to go, in lists, too', async () => {
  const list = {
    kind: 'PodList',
    items: [
      machine(stamp(3600), 'old'),
      { metadata: { uid: 'p', creationTimestamp: stamp(), deletionTimestamp: stamp(-30) } },
    ],
  };
  const front = await aFront((_, outgoing) => outgoing.end(JSON.stringify(list)));

  const { items } = Object(await (await fetch(front.url)).json());

  expect(Date.parse(items[0].metadata.creationTimestamp)).toBe(worldStart - 3_600_000);
  expect(items[1].metadata.creationTimestamp).toBe('2030-01-01T00:00:00Z');
  expect(Date.parse(items[1].metadata.deletionTimestamp)).toBe(worldStart + 30_000);
});

test('ClockFront passes a text, a status and the authorization on, and dates the answer in the world', async () => {
  const front = await aFront((incoming, outgoing) => {
    outgoing.writeHead(403, { 'content-type': 'text/plain' });
    outgoing.end(`no, ${incoming.headers.authorization}`);
  });

  const answer = await fetch(`${front.url}/healthz`, { headers: { authorization: 'Bearer t' } });

  expect(answer.status).toBe(403);
  expect(await answer.text()).toBe('no, Bearer t');
  expect(answer.headers.get('date')).toBe(new Date(worldStart).toUTCString());
});

test('ClockFront gives a watch its events one by one, and bookmarks of the last version between them', async () => {
  const event = {
    type: 'ADDED',
    object: { metadata: { uid: 'u1', resourceVersion: '7', creationTimestamp: stamp() } },
  };
  const front = await aFront(
    (_, outgoing) => {
      const text = `${JSON.stringify(event)}\n`;
      // In two pieces: half a line is no line.
      outgoing.write(text.slice(0, 20));
      setImmediate(() => outgoing.write(text.slice(20)));
    },
    { bookmarkMs: 20 },
  );
  const stop = new AbortController();
  onTestFinished(() => stop.abort());

  const answer = await fetch(`${front.url}/watch?watch=true&allowWatchBookmarks=true&resourceVersion=5`, stop);

  const seen: string[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    seen.splice(0, seen.length, ...text.split('\n').slice(0, -1));
    if (seen.some((line) => line.includes('BOOKMARK') && line.includes('"7"'))) break;
  }
  const events = seen.map((line) => JSON.parse(line)).filter(({ object }) => object.metadata.resourceVersion === '7');
  expect(events[0]).toEqual({
    type: 'ADDED',
    object: { metadata: { uid: 'u1', resourceVersion: '7', creationTimestamp: '2030-01-01T00:00:00Z' } },
  });
  expect(events[1]).toEqual({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '7' } } });
});
