// `npm run demo`: a Machine becomes a GPU node and goes away again, with the built controller, in front of your eyes.
import { BadArguments, demoArguments, usage, type DemoArguments } from './arguments.ts';
import { perform } from './perform.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let demo: DemoArguments | undefined;
  try {
    demo = demoArguments(argv);
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (demo !== undefined) return perform(demo, process.stdout);
  process.stdout.write(usage);
  return 0;
}
