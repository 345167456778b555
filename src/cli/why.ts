// The command `why`: one thing explained.
import { machines } from '../apis/machine.ts';
import type { WhyOptions } from '../options.ts';
import { ask } from './asking/ask.ts';

export async function why(options: WhyOptions): Promise<number> {
  return ask(options, async ({ kube, signal }) => {
    const { metadata } = await kube.get(machines, { name: options.name }, { signal });
    process.stdout.write(`machine/${metadata.name}\n`);
    return 0;
  });
}
