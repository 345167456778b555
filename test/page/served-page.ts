// The page as the controller serves it, over a feed that the test holds in its hands.
import { silent } from '../support/kube-fixture.ts';
import { serve } from '../../src/runtime/http-server.ts';
import { feedPath, type StatusFeed } from '../../src/status/feed.ts';
import { statusRoutes } from '../../src/status/routes.ts';

export interface ServedPage extends AsyncDisposable {
  readonly url: string;
  /** What the next question is answered. */
  feed: StatusFeed;
  /** What `/status` is answered in place of a feed. */
  broken: { readonly status: number; readonly body: string } | undefined;
  /** Questions so far. */
  readonly asked: number;
}

export async function servePage(feed: StatusFeed): Promise<ServedPage> {
  let asked = 0;
  const routes = statusRoutes({
    board: { feed: () => held.feed },
    identity: { build: '', cluster: feed.cluster, budget: () => ({ remaining: {} }) },
    page: true,
  });
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    log: silent,
    routes: {
      ...routes,
      '/metrics': () => ({ status: 200, type: 'text/plain', body: '' }),
      '/status': (url) => {
        asked += 1;
        if (held.broken !== undefined) return { ...held.broken, type: 'application/json' };
        const answer = routes[feedPath];
        if (answer === undefined) throw new RangeError('There is no feed');
        return answer(url);
      },
    },
  });
  const held: ServedPage = {
    url: `http://127.0.0.1:${server.port}/`,
    feed,
    broken: undefined,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  return held;
}
