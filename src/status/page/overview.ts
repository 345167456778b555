// The top of the page: the fleet in six figures and one bar, and what needs somebody.
import type { StatusFeed } from '../feed.ts';
import { byId, element, KeyedList, named, setText, show, type View } from './dom.ts';
import { fleetOf, needsOf, shownOrder, shownWords, type Fleet, type Need, type Shown } from './model.ts';
import { PhaseMark, TimelineBar } from './parts.ts';
import { ownershipWords } from './pools.ts';
import { countOf, countText, durationText, moneyText, secondsBetween, sizeText } from './words.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

interface Counted {
  readonly shown: Shown;
  readonly count: number;
}

interface NeedItem {
  readonly need: Need;
  readonly feed: StatusFeed;
}

const cardsShown = 8;

export class Overview {
  readonly #figures = new KeyedList<Figure>(byId('figures'), {
    keyOf: ({ label }) => label,
    create: () => new FigureView(),
  });
  readonly #bar = new TimelineBar();
  readonly #legendNode = element('ul', { class: 'legend' });
  readonly #legend = new KeyedList<Counted>(this.#legendNode, {
    keyOf: ({ shown }) => shown,
    create: () => new LegendEntry(),
  });
  readonly #cards = new KeyedList<NeedItem>(byId('attention-list'), {
    keyOf: ({ need }) => (need.is === 'leak' ? `pool/${need.pool.name}` : `claim/${need.claim.uid}`),
    create: () => new Card(),
  });

  constructor() {
    byId('phases').append(this.#bar.node, this.#legendNode);
  }

  update(feed: StatusFeed): void {
    const fleet = fleetOf(feed);
    const needs = needsOf(feed);
    this.#figures.show(figuresOf(fleet, feed, needs.length));
    const counts = shownOrder.flatMap((shown) => {
      const count = fleet.counts.get(shown) ?? 0;
      return count === 0 ? [] : [{ shown, count }];
    });
    show(byId('phases'), counts.length > 0);
    this.#bar.update({
      parts: counts.map(({ shown, count }) => ({ shown, weight: count, isTail: false })),
      rest: 0,
      text: '',
    });
    this.#legend.show(counts);
    this.#cards.show(needs.slice(0, cardsShown).map((need) => ({ need, feed })));
    show(byId('attention'), needs.length > 0);
    setText(byId('attention-count'), countText(needs.length));
    setText(byId('attention-more'), `${countText(needs.length - cardsShown)} more of them are in the tables below.`);
    show(byId('attention-more'), needs.length > cardsShown);
  }
}

function figuresOf(fleet: Fleet, { azure, omitted }: StatusFeed, needs: number): readonly Figure[] {
  const { claims, gpusAsked, gpusReady, leaks, leakUsdPerHour, ready, unpriced, usdPerHour } = fleet;
  const { reads, writes, deletes } = azure.remaining;
  const left = [reads, writes, deletes].filter((one) => one !== undefined);
  return [
    {
      label: 'Claims ready',
      value: `${countText(ready)} of ${countText(claims + omitted.claims)}`,
      note: needs === 0 ? 'nobody is needed' : `${countText(needs)} in need of somebody`,
    },
    {
      label: 'GPUs ready',
      value: `${countText(gpusReady)} of ${countText(gpusAsked)}`,
      note: 'of sizes that are known',
    },
    {
      label: 'Cost an hour',
      value: `$${moneyText(usdPerHour)}`,
      note: unpriced === 0 ? 'list price, claims and leaks' : `and ${countOf(unpriced, 'pool')} of unknown price`,
    },
    {
      label: 'Leaked pools',
      value: countText(leaks.length),
      note: leaks.length === 0 ? 'every pool has its owner' : `$${moneyText(leakUsdPerHour)} an hour`,
      isBad: leaks.length > 0,
    },
    {
      label: 'Azure requests left',
      value: left.length === 0 ? '–' : countText(Math.min(...left)),
      note: budgetText(azure),
    },
  ];
}

export function budgetText({ remaining: { reads, writes, deletes } }: StatusFeed['azure']): string {
  const said = [
    reads === undefined ? '' : `${countText(reads)} reads`,
    writes === undefined ? '' : `${countText(writes)} writes`,
    deletes === undefined ? '' : `${countText(deletes)} deletes`,
  ].filter(Boolean);
  return said.length === 0 ? 'Azure has not said' : said.join(', ');
}

class FigureView implements View<Figure> {
  readonly node = element('div');
  readonly #label = element('dt');
  readonly #value = element('dd', { class: 'value' });
  readonly #note = element('dd', { class: 'note' });

  constructor() {
    this.node.append(this.#label, this.#value, this.#note);
  }

  update({ isBad = false, label, note, value }: Figure): void {
    setText(this.#label, label);
    setText(this.#value, value);
    setText(this.#note, note);
    this.#value.classList.toggle('bad', isBad);
  }
}

class LegendEntry implements View<Counted> {
  readonly node = element('li');
  readonly #mark = new PhaseMark();

  constructor() {
    this.node.append(this.#mark.node);
  }

  update({ count, shown }: Counted): void {
    this.#mark.update(shown, `${countText(count)} ${shownWords[shown].toLowerCase()}`);
  }
}

class Card implements View<NeedItem> {
  readonly node = element('li');
  readonly #name = named('', { class: 'name' });
  readonly #facts = element('span', { class: 'muted' });
  readonly #reason = element('span', { class: 'reason' });
  readonly #message = element('span', { dir: 'auto' });
  readonly #todo = element('p', { class: 'todo' });

  constructor() {
    this.node.append(
      element('p', { class: 'head' }, this.#name, this.#facts),
      element('p', { class: 'what' }, this.#reason, ' ', this.#message),
      this.#todo,
    );
  }

  update({ feed, need }: NeedItem): void {
    const { name, reason, message } = need.is === 'leak' ? need.pool : need.claim;
    this.node.dataset['is'] = need.is;
    setText(this.#name, name);
    setText(this.#facts, factsOf(need, feed.at));
    setText(this.#reason, reason ?? '');
    setText(this.#message, message ?? '');
    const guide = reason === undefined ? undefined : feed.guides[reason];
    setText(this.#todo, guide === undefined ? '' : `What to do: ${guide.todo}`);
    show(this.#todo, guide !== undefined);
  }
}

function factsOf(need: Need, at: string): string {
  if (need.is === 'leak') {
    const { ageSeconds, count, ownership, usdPerHour, vmSize } = need.pool;
    const price = usdPerHour === undefined ? 'price unknown' : `$${moneyText(usdPerHour)}/h`;
    return `agent pool · ${ownershipWords[ownership]} · ${count} × ${sizeText(vmSize)} · ${price} · for ${durationText(ageSeconds)}`;
  }
  const { createdAt, kind, phase, timeline, usdPerHour, vmSize } = need.claim;
  const since = timeline.at(-1)?.since ?? createdAt;
  const lasts = `${need.is} ${shownWords[phase].toLowerCase()} for ${durationText(secondsBetween(since, at))}`;
  const price = usdPerHour === undefined || usdPerHour === 0 ? [] : [`$${moneyText(usdPerHour)}/h`];
  return [kind, ...(vmSize === undefined ? [] : [sizeText(vmSize)]), lasts, ...price].join(' · ');
}
