// Makes the status page one string: markup, style and script of src/status/page, with the hashes that its content security policy needs.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';

export interface PageSources {
  /** Folder of the page, absolute. */
  readonly folder: string;
  readonly html: string;
  readonly css: string;
  readonly icon: string;
}

/** A module for the controller. The same sources and esbuild make the same text, wherever it runs. */
export async function pageModule({ css, folder, html, icon }: PageSources): Promise<string> {
  const [script, style] = await Promise.all([
    bundled({ stdin: { contents: "import './main.ts';", resolveDir: folder, loader: 'ts' } }),
    bundled({ stdin: { contents: css, resolveDir: folder, loader: 'css' } }),
  ]);
  const markup = html.replace(/\n\s+/g, '\n');
  // As functions, since a text would read "$&" in a script as an order.
  const page = markup
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  return [
    '// Made from src/status/page by "npm run generate". Do not edit.',
    `export const pageHtml =\n  ${JSON.stringify(page)};`,
    `export const pageIcon =\n  ${JSON.stringify(icon.trim())};`,
    `export const scriptHash = '${hashOf(script)}';`,
    `export const styleHash = '${hashOf(style)}';`,
    '',
  ].join('\n');
}

async function bundled(entry: Pick<Parameters<typeof build>[0], 'stdin'>): Promise<string> {
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    // Browsers of two years ago.
    target: ['chrome120', 'firefox121', 'safari17'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [{ text } = { text: '' }] = outputFiles ?? [];
  return text.trim();
}

/** As a content security policy writes it; over the text between the tags. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
