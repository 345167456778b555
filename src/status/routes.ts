// What the metrics port answers to people and to the CLI, beside its numbers.
import type { Reply, Routes } from '../runtime/http-server.ts';
import { feedPath, type StatusFeed } from './feed.ts';
import { icon, page } from './page.ts';
import type { StatusBoard, StatusIdentity } from './status-board.ts';

interface StatusRoutesOptions {
  readonly board: Pick<StatusBoard, 'feed'>;
  readonly identity: StatusIdentity;
  /** Whether people get a page of it too. */
  readonly page: boolean;
}

/** The feed, always. Anybody may ask for it, so that each is written out once: thousands of claims are megabytes. */
export function statusRoutes({ board, identity, page: isServed }: StatusRoutesOptions): Routes {
  let written: { readonly feed: StatusFeed; readonly text: string } | undefined;
  const textOf = (now: StatusFeed): string => {
    if (written?.feed !== now) written = { feed: now, text: `${JSON.stringify(now)}\n` };
    return written.text;
  };
  const feed = (): Reply => ({
    status: 200,
    type: 'application/json',
    body: textOf(board.feed(identity)),
    // No other site's page reads it through somebody's browser.
    headers: { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' },
  });
  return { [feedPath]: feed, ...(isServed ? { '/': page, '/icon.svg': icon } : {}) };
}
