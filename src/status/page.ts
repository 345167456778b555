// The status page as an answer: one document without anything from elsewhere, and a policy that lets it do nothing else.
import type { Reply } from '../runtime/http-server.ts';
import { pageHtml, pageIcon, scriptHash, styleHash } from './page.gen.ts';

/**
 * Its own script and style and nothing besides; it asks only this server, is shown in nobody's frame, and may turn no text
 * into markup.
 */
const policy = [
  "default-src 'none'",
  `script-src '${scriptHash}'`,
  `style-src '${styleHash}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

export function page(): Reply {
  return { status: 200, type: 'text/html; charset=utf-8', body: pageHtml, headers };
}

export function icon(): Reply {
  return { status: 200, type: 'image/svg+xml', body: pageIcon, headers };
}
