// `npm run bench`: the numbers that this project holds itself to, measured with the built controller on the sandbox.
// It prints and does not judge: machines differ, and a slow one is no defect.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { all, crash, one, refusal, type Row } from './measurements.ts';

const usage = `npm run bench [-- [--time-scale N] [SCENE...]]

  --time-scale N   let N emulated seconds of Azure pass in one (default 5)
  SCENE            one, all, refusal, crash (default: each of them)
`;

const scenes = new Map([
  ['one', { title: 'One Machine', measure: one }],
  ['all', { title: '99 Machines at once', measure: all }],
  ['refusal', { title: 'A Machine that Azure refuses', measure: refusal }],
  ['crash', { title: 'A controller that is killed', measure: crash }],
]);

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = flags(argv);
  const timeScale = Number(values['time-scale']);
  const chosen = positionals.length === 0 ? [...scenes.keys()] : positionals;
  if (values.help === true || !(timeScale > 0) || chosen.some((name) => !scenes.has(name))) {
    process.stdout.write(usage);
    return values.help === true ? 0 : 2;
  }
  process.stdout.write(
    `Time scale ${timeScale}: ${timeScale} s of Azure and of the nodes pass in one, and the controller's LIST every 15 s ` +
      `comes every ${(15 / timeScale).toFixed(1)} s. All other times are real.\n` +
      `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}; the sandbox runs on the same machine.\n`,
  );
  for (const name of chosen) {
    const scene = scenes.get(name);
    if (scene !== undefined) process.stdout.write(`\n${scene.title}\n\n${tableOf(await scene.measure(timeScale))}`);
  }
  return 0;
}

function flags(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, 'time-scale': { type: 'string', default: '5' } },
  });
}

/** A table in Markdown, to paste into a page. */
function tableOf(rows: readonly Row[]): string {
  const cells = [{ what: 'what', hold: 'hold', measured: 'measured' }, ...rows];
  const width = { what: widest(cells.map(({ what }) => what)), hold: widest(cells.map(({ hold }) => hold)) };
  const lines = cells.map(
    ({ what, hold, measured }) => `| ${what.padEnd(width.what)} | ${hold.padEnd(width.hold)} | ${measured} |`,
  );
  const rule = `|${'-'.repeat(width.what + 2)}|${'-'.repeat(width.hold + 2)}|---|`;
  return [lines[0], rule, ...lines.slice(1), ''].join('\n');
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
