// The command `status`: the fleet at a glance.
import { machines } from '../apis/machine.ts';
import type { StatusOptions } from '../options.ts';
import { ask } from './asking/ask.ts';

export async function status(options: StatusOptions): Promise<number> {
  return ask(options, async ({ kube, signal }) => {
    const { items } = await kube.list(machines, { signal });
    for (const { metadata } of items) process.stdout.write(`machine/${metadata.name}\n`);
    return 0;
  });
}
