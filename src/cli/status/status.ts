// The command `status`: the fleet at a glance, through the API server alone.
import { workspaces } from '../../apis/workspace.ts';
import type { StatusOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';
import type { Asking } from '../asking/ask.ts';
import { attempt } from '../asking/answer.ts';
import { askClaims } from '../asking/claims.ts';
import { findController } from '../asking/controller.ts';
import { screenOf } from '../printing/screen.ts';
import { statusText } from './print.ts';
import { statusReport } from './report.ts';
import type { Fleet } from './report.ts';

/** Resolves to the exit code: 0 nothing is wrong, 1 nothing could be seen, 2 no usable kubeconfig, 3 something is wrong. */
export async function status(options: StatusOptions): Promise<number> {
  return ask(options, async (asking) => {
    const fleet = await look(asking, options.namespace);
    const report = statusReport(fleet);
    const json = `${JSON.stringify(report, undefined, 2)}\n`;
    process.stdout.write(options.output === 'json' ? json : statusText(report, screenOf(process.stdout, process.env)));
    if (sawNothing(fleet)) return 1;
    return report.problems.length === 0 ? 0 : 3;
  });
}

async function look({ kube, signal }: Asking, namespace: string | undefined): Promise<Fleet> {
  const [claims, seen, controller] = await Promise.all([
    askClaims(kube, { signal }),
    attempt('Workspaces', { verb: 'list', resource: 'workspaces.kaito.sh' }, async () => {
      const { items } = await kube.list(workspaces, { signal });
      return items;
    }),
    findController({ kube, signal, namespace }),
  ]);
  return { now: kube.serverNow(), ...claims, workspaces: seen, controller };
}

/** Every question was refused. */
function sawNothing({ controller, machines, nodeClaims, workspaces: seen }: Fleet): boolean {
  return [machines, nodeClaims, seen, controller.feed, controller.replicas].every(
    (answer) => !answer.known && answer.missing.because === 'refused',
  );
}
