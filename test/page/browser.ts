// A headless browser, with what a page may never do: complain in the console, break its policy, ask another server.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
    headless: true,
  });
}

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, scripts that failed, and requests that left the server. */
  readonly complaints: readonly string[];
}

export interface VisitOptions extends BrowserContextOptions {
  readonly url: string;
  /** Resolves when the first feed is shown. Default true. */
  readonly untilShown?: boolean;
  /** Timers of the page run when the test says so. */
  readonly clock?: boolean;
}

export const desktop = { width: 1280, height: 900 } as const;
export const phone = { width: 375, height: 812 } as const;

const hourMs = 3_600_000;

export async function visit(
  browser: Browser,
  { clock = false, url, untilShown = true, ...context }: VisitOptions,
): Promise<Visit> {
  const opened = await browser.newContext({ viewport: desktop, locale: 'en-GB', timezoneId: 'UTC', ...context });
  const page = await opened.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked ${request.url()}`);
  });
  if (clock) {
    await page.clock.install();
    // It runs until it hears of the pause, and cannot stop at a time that is over.
    await page.clock.pauseAt(Date.now() + hourMs);
  }
  await page.goto(url);
  if (untilShown) await page.locator('#fleet').waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => opened.close() };
}
