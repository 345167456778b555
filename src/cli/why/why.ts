// The command `why`: one thing explained in one screen, through the API server alone.
import type { WhyOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';
import type { Asking } from '../asking/ask.ts';
import { findController } from '../asking/controller.ts';
import { screenOf } from '../printing/screen.ts';
import type { Explanation, Verdict } from './explanation.ts';
import { find, wordFor } from './find.ts';
import { explain, explainNobody } from './look.ts';
import { whyText } from './print.ts';
import { wantedOf } from './wanted.ts';
import type { Wanted } from './wanted.ts';

const exitCodes: Readonly<Record<Verdict, number>> = { well: 0, waiting: 0, gone: 1, wrong: 3 };

/** Resolves to the exit code: 0 nothing is wrong, 1 there is no such thing, 2 a name of several or of none, 3 something is wrong. */
export async function why(options: WhyOptions): Promise<number> {
  const wanted = wantedOf(options.name);
  if (wanted === undefined) {
    process.stderr.write(`${JSON.stringify(options.name)} cannot be the name of anything (see why --help)\n`);
    return 2;
  }
  return ask(options, async (asking) => {
    const answer = await answerTo(wanted, options, asking);
    if (typeof answer === 'string') {
      process.stderr.write(`${answer}\n`);
      return 2;
    }
    const json = `${JSON.stringify(answer, undefined, 2)}\n`;
    process.stdout.write(options.output === 'json' ? json : whyText(answer, screenOf(process.stdout, process.env)));
    return exitCodes[answer.verdict];
  });
}

/** A text is a complaint: the name means several things. */
async function answerTo(
  wanted: Wanted,
  { namespace }: Pick<WhyOptions, 'namespace'>,
  { kube, signal }: Asking,
): Promise<Explanation | string> {
  const controller = await findController({ kube, signal, namespace });
  const { found, missing } = await find(wanted, { kube, signal, feed: controller.feed });
  const [first, ...others] = found;
  const asking = { kube, signal, controller };
  if (first === undefined) return explainNobody(wanted.name, { namespace: wanted.namespace, missing }, asking);
  if (others.length === 0) return explain(first, asking);
  return `"${wanted.name}" is the name of several things: ${found.map(wordFor).join(', ')}`;
}
