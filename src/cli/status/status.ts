// The command `status`: the fleet at a glance, through the API server alone.
import type { StatusOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';
import { say } from '../printing/say.ts';
import { screenOf } from '../printing/screen.ts';
import { look } from './look.ts';
import { statusText } from './print.ts';
import { statusReport } from './report.ts';
import type { Fleet } from './report.ts';

/** Resolves to the exit code: 0 nothing is wrong, 1 nothing could be seen, 2 no usable kubeconfig, 3 something is wrong. */
export async function status(options: StatusOptions): Promise<number> {
  return ask(options, async (asking) => {
    const fleet = await look({ ...asking, namespace: options.namespace });
    const report = statusReport(fleet);
    const json = `${JSON.stringify(report, undefined, 2)}\n`;
    await say(options.output === 'json' ? json : statusText(report, screenOf(process.stdout, process.env)));
    if (sawNothing(fleet)) return 1;
    return report.problems.length === 0 ? 0 : 3;
  });
}

/** Every question was refused. */
function sawNothing({ controller, machines, nodeClaims, workspaces: seen }: Fleet): boolean {
  return [machines, nodeClaims, seen, controller.feed, controller.replicas].every(
    (answer) => !answer.known && answer.missing.because === 'refused',
  );
}
