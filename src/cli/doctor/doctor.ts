// The command `doctor`: whether what the controller leans on is in order.
import { nodes } from '../../apis/resource.ts';
import type { DoctorOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';

/** Resolves to the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  return ask(options, async ({ kube, signal }) => {
    await kube.list(nodes, { signal, limit: 1 });
    process.stdout.write('The API server answers\n');
    return 0;
  });
}
