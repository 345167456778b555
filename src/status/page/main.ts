// The status page: shows the newest feed, says how old it is, and changes nothing anywhere.
import type { StatusFeed } from '../feed.ts';
import { ClaimTable } from './claims.ts';
import { byId, setText, show } from './dom.ts';
import { Notices, noticesOf, Surroundings } from './facts.ts';
import { FeedSource, type Answer } from './feed-source.ts';
import { Needs } from './needs.ts';
import { Overview } from './overview.ts';
import { PoolTable } from './pools.ts';
import { durationText } from './words.ts';

const sections = ['fleet', 'claims', 'pools', 'azure', 'usual'] as const;
/** Two answers may be lost before anybody is alarmed. */
const oldMs = 15_000;

const parts = [new Overview(), new Needs(), new ClaimTable(), new PoolTable(), new Surroundings()];
const notices = new Notices();
let newest: { readonly feed: StatusFeed; readonly atMs: number; readonly at: Date } | undefined;
let failure: string | undefined;

const source = new FeedSource(noteAnswer);
const pauseButton = byId('pause');
pauseButton.addEventListener('click', () => {
  source.paused = !source.paused;
  pauseButton.setAttribute('aria-pressed', String(source.paused));
  tick();
});
show(pauseButton, true);
setInterval(tick, 1000);
tick();
source.start();

function noteAnswer(answer: Answer): void {
  failure = answer.ok ? undefined : answer.why;
  if (answer.ok) {
    const { feed } = answer;
    newest = { feed, atMs: performance.now(), at: new Date() };
    for (const id of sections) show(byId(id), true);
    for (const part of parts) part.update(feed);
    document.title = titleOf(feed);
  }
  tick();
}

function tick(): void {
  const ageMs = newest === undefined ? undefined : performance.now() - newest.atMs;
  const isOld = ageMs !== undefined && ageMs >= oldMs;
  const live = byId('live');
  const [is, word] = stateOf(isOld);
  live.dataset['is'] = is;
  setText(live, word);
  setText(byId('age'), ageMs === undefined ? '' : ageMs < 1000 ? 'now' : `${durationText(ageMs / 1000)} ago`);
  const about = newest === undefined ? [] : noticesOf(newest.feed);
  notices.update([...oldNotice(), ...about]);
}

function stateOf(isOld: boolean): readonly [is: string, word: string] {
  if (source.paused) return ['paused', 'Paused'];
  if (newest === undefined) return failure === undefined ? ['asking', 'Asking'] : ['old', 'No answer'];
  return failure !== undefined || isOld ? ['old', 'Old'] : ['live', 'Live'];
}

function oldNotice(): readonly { readonly tone: 'bad'; readonly text: string }[] {
  if (failure === undefined) return [];
  if (newest === undefined)
    return [{ tone: 'bad', text: `The controller does not tell: ${failure}. It is asked again.` }];
  const time = newest.at.toLocaleTimeString();
  return [
    {
      tone: 'bad',
      text: `The controller does not tell any more: ${failure}. What is below is as of ${time}, and it is asked again.`,
    },
  ];
}

function titleOf({ claims, cluster }: StatusFeed): string {
  const stuck = claims.filter(({ attention }) => attention === 'stuck').length;
  return `${stuck === 0 ? '' : `(${stuck}) `}${cluster.name} – gpu-provisioner`;
}
