// The command `why`: one thing explained in one screen, through the API server alone.
import type { WhyOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';
import { say } from '../printing/say.ts';
import { screenOf } from '../printing/screen.ts';
import { answerTo } from './answer-to.ts';
import type { Explanation, Verdict } from './explanation.ts';
import { whyText } from './print.ts';
import { wantedOf } from './wanted.ts';

const exitCodes: Readonly<Record<Verdict, number>> = { well: 0, waiting: 0, gone: 1, wrong: 3 };

/** Resolves to the exit code: 0 nothing is wrong, 1 there is no such thing, 2 a name of several or of none, 3 something is wrong. */
export async function why(options: WhyOptions): Promise<number> {
  const wanted = wantedOf(options.name);
  if (wanted === undefined) {
    process.stderr.write(`${JSON.stringify(options.name)} cannot be the name of anything (see why --help)\n`);
    return 2;
  }
  return ask(options, async (asking) => {
    const answer = await answerTo(wanted, { ...asking, namespace: options.namespace });
    if (typeof answer === 'string') {
      process.stderr.write(`${answer}\n`);
      return 2;
    }
    const screen = screenOf(process.stdout, process.env);
    await say(options.output === 'json' ? jsonOf(answer) : whyText(answer, screen));
    return exitCodes[answer.verdict];
  });
}

/** The answer first, for people who read it all the same. */
function jsonOf({ version, at, kind, namespace, name, verdict, headline, ...rest }: Explanation): string {
  return `${JSON.stringify({ version, at, kind, namespace, name, verdict, headline, ...rest }, undefined, 2)}\n`;
}
