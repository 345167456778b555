// The pictures of docs/status-page.md. `PICTURES=write npm run test:page` takes them anew; otherwise they only have to be there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desktop, phone, startBrowser, visit, type VisitOptions } from './browser.ts';
import { anOrdinaryDay } from './feeds.ts';
import { servePage } from './served-page.ts';

const folder = join(import.meta.dirname, '../../docs/images');
const isWriting = process.env['PICTURES'] === 'write';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

interface Picture {
  readonly file: string;
  readonly options: Omit<VisitOptions, 'url'>;
  readonly size: { readonly width: number; readonly height: number };
}

const pictures: readonly Picture[] = [
  { file: 'status-page-light.png', options: { colorScheme: 'light' }, size: { width: 1280, height: 1500 } },
  { file: 'status-page-dark.png', options: { colorScheme: 'dark' }, size: desktop },
  {
    file: 'status-page-phone.png',
    options: { viewport: phone, colorScheme: 'light' },
    size: { width: phone.width, height: 1100 },
  },
];

/** Of a PNG: the first chunk has it. */
function sizeOf(png: Buffer): Picture['size'] {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

test.each(pictures)('$file is in the docs, and as large as it is taken', async ({ file, options, size }) => {
  await using served = await servePage(anOrdinaryDay());
  await using visited = await visit(browser, { ...served, ...options, clock: true, viewport: size });
  const taken = await visited.page.screenshot({
    animations: 'disabled',
    ...(isWriting ? { path: join(folder, file) } : {}),
  });
  expect(visited.complaints).toEqual([]);
  expect(sizeOf(taken)).toEqual(size);
  expect(sizeOf(await readFile(join(folder, file)))).toEqual(size);
});
