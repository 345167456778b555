// What needs somebody, first of all: a card for each cause, with whom it concerns and what to do.
import type { FeedClaim, FeedPool, StatusFeed } from '../feed.ts';
import { byId, element, KeyedList, named, setText, show, type View } from './dom.ts';
import { guideOf, needsOf, shownWords, type Need, type NeedGroup } from './model.ts';
import { ownershipWords } from './pools.ts';
import { countOf, countText, durationText, moneyText, secondsBetween, sizeText } from './words.ts';

interface CardItem {
  readonly group: NeedGroup;
  readonly feed: StatusFeed;
}

const cardsShown = 8;
const namesShown = 6;

export class Needs {
  readonly #cards = new KeyedList<CardItem>(byId('attention-list'), {
    keyOf: ({ group }) => group.key,
    create: () => new Card(),
  });

  update(feed: StatusFeed): void {
    const groups = needsOf(feed);
    const count = groups.reduce((sum, { needs }) => sum + needs.length, 0);
    const behind = groups.slice(cardsShown).reduce((sum, { needs }) => sum + needs.length, 0);
    this.#cards.show(groups.slice(0, cardsShown).map((group) => ({ group, feed })));
    show(byId('attention'), count > 0);
    setText(byId('attention-count'), countText(count));
    setText(byId('attention-more'), `${countText(behind)} more, for other reasons, are in the tables below.`);
    show(byId('attention-more'), behind > 0);
  }
}

class Card implements View<CardItem> {
  readonly node = element('li');
  readonly #names = element('span');
  readonly #facts = element('span', { class: 'muted' });
  readonly #reason = element('span', { class: 'reason' });
  readonly #message = element('span', { dir: 'auto' });
  readonly #todo = element('p', { class: 'todo' });
  #named = '';

  constructor() {
    this.node.append(
      element('p', { class: 'head' }, this.#names, this.#facts),
      element('p', { class: 'what' }, this.#reason, ' ', this.#message),
      this.#todo,
    );
  }

  update({ feed, group: { needs } }: CardItem): void {
    const [first] = needs;
    const { message, reason } = first.is === 'leak' ? first.pool : first.claim;
    this.node.dataset['is'] = first.is;
    this.#showNames(needs.map((need) => (need.is === 'leak' ? need.pool.name : need.claim.name)));
    setText(this.#facts, factsOf(needs, feed.at));
    setText(this.#reason, reason ?? '');
    setText(this.#message, message ?? '');
    const guide = guideOf(feed, reason);
    setText(this.#todo, guide === undefined ? '' : `What to do: ${guide.todo}`);
    show(this.#todo, guide !== undefined);
  }

  #showNames(names: readonly string[]): void {
    const text = names.join(' ');
    if (text === this.#named) return;
    this.#named = text;
    const shown = names.slice(0, namesShown).flatMap((name, index) => {
      const one = named(name, { class: 'name' });
      return index === 0 ? [one] : [', ', one];
    });
    const behind = names.length - namesShown;
    this.#names.replaceChildren(...shown, ...(behind > 0 ? [` and ${countText(behind)} more`] : []));
  }
}

/** The first one's, and of many their number and the one that has been so for longest. */
function factsOf(needs: NeedGroup['needs'], at: string): string {
  const [first] = needs;
  const lasts = Math.max(...needs.map((need) => secondsOf(need, at)));
  const price = needs.reduce((sum, need) => sum + ((need.is === 'leak' ? need.pool : need.claim).usdPerHour ?? 0), 0);
  const what =
    first.is === 'leak' ? leakFacts(first.pool, needs.length) : claimFacts(first.is, first.claim, needs.length);
  const forText = needs.length === 1 ? `for ${durationText(lasts)}` : `the longest for ${durationText(lasts)}`;
  return [...what, forText, ...(price === 0 ? [] : [`$${moneyText(price)}/h`])].join(' · ');
}

function leakFacts({ count, ownership, vmSize }: FeedPool, pools: number): readonly string[] {
  const size = pools === 1 ? [`${count} × ${sizeText(vmSize)}`] : [];
  return [pools === 1 ? 'Agent pool' : countOf(pools, 'agent pool'), ownershipWords[ownership], ...size];
}

function claimFacts(is: 'stuck' | 'late', { kind, phase, vmSize }: FeedClaim, claims: number): readonly string[] {
  const state = `${is} ${shownWords[phase].toLowerCase()}`;
  if (claims > 1) return [countOf(claims, 'claim'), state];
  return [kind, ...(vmSize === undefined ? [] : [sizeText(vmSize)]), state];
}

function secondsOf(need: Need, at: string): number {
  if (need.is === 'leak') return need.pool.ageSeconds;
  return secondsBetween(need.claim.timeline.at(-1)?.since ?? need.claim.createdAt, at);
}
