// The top of the page: the fleet in five figures and one bar.
import type { StatusFeed } from '../feed.ts';
import { byId, element, KeyedList, setText, show, type View } from './dom.ts';
import { fleetOf, shownOrder, shownWords, type Fleet, type Shown } from './model.ts';
import { PhaseMark, TimelineBar } from './parts.ts';
import { countOf, countText, moneyText } from './words.ts';

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

  constructor() {
    byId('phases').append(this.#bar.node, this.#legendNode);
  }

  update(feed: StatusFeed): void {
    const fleet = fleetOf(feed);
    this.#figures.show(figuresOf(fleet, feed));
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
  }
}

function figuresOf(fleet: Fleet, { azure, claims: all, omitted }: StatusFeed): readonly Figure[] {
  const { claims, gpusAsked, gpusReady, leaks, leakUsdPerHour, ready, unpriced, usdPerHour } = fleet;
  const troubled = all.filter(({ attention }) => attention !== 'none').length;
  const { reads, writes, deletes } = azure.remaining;
  const left = [reads, writes, deletes].filter((one) => one !== undefined);
  return [
    {
      label: 'Claims ready',
      value: `${countText(ready)} of ${countText(claims + omitted.claims)}`,
      note: troubled === 0 ? 'none is stuck or late' : `${countText(troubled)} stuck or late`,
    },
    {
      label: 'GPUs ready',
      value: `${countText(gpusReady)} of ${countText(gpusAsked)}`,
      note: 'as the sizes have them',
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
