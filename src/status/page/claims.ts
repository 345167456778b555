// The table of claims: those that need somebody first, a hundred at a time, narrowed by a filter.
import type { FeedClaim, StatusFeed } from '../feed.ts';
import { barOf, scaleOf } from './bars.ts';
import { byId, element, KeyedList, named, setText, show, type View } from './dom.ts';
import { guideOf, matches, shownOf, shownWords } from './model.ts';
import { Cause, PhaseMark, TimelineBar } from './parts.ts';
import { countOf, countText, durationText, priceText, secondsBetween, sizeText } from './words.ts';

interface ClaimItem {
  readonly claim: FeedClaim;
  readonly at: string;
  readonly scale: number;
  readonly guides: StatusFeed['guides'];
}

const rowsAtATime = 100;

export class ClaimTable {
  readonly #filter = inputOf('filter');
  readonly #rows = new KeyedList<ClaimItem>(byId('claims-rows'), {
    keyOf: ({ claim }) => `${claim.kind}/${claim.uid}`,
    create: () => new ClaimRow(),
  });
  #limit = rowsAtATime;
  #feed: StatusFeed | undefined;

  constructor() {
    this.#filter.addEventListener('input', () => {
      this.#limit = rowsAtATime;
      this.#draw();
    });
    byId('claims-show').addEventListener('click', () => {
      this.#limit += rowsAtATime;
      this.#draw();
    });
  }

  update(feed: StatusFeed): void {
    this.#feed = feed;
    this.#draw();
  }

  #draw(): void {
    if (this.#feed === undefined) return;
    const { at, claims, guides, lacks, omitted } = this.#feed;
    const filter = this.#filter.value;
    const found = claims.filter((claim) => matches(claim, filter));
    const shown = found.slice(0, this.#limit);
    const scale = scaleOf(shown, at);
    this.#rows.show(shown.map((claim) => ({ claim, at, scale, guides })));
    setText(byId('claims-count'), claims.length === 0 ? '' : countText(claims.length + omitted.claims));
    show(byId('claims-table'), shown.length > 0);
    setText(byId('claims-none'), claims.length === 0 ? emptyText(lacks) : `No claim matches “${filter}”.`);
    show(byId('claims-none'), shown.length === 0);
    const behind = found.length - shown.length;
    setText(
      byId('claims-hidden'),
      hiddenText({ behind, filtered: claims.length - found.length, omitted: omitted.claims }),
    );
    show(byId('claims-show'), behind > 0);
    setText(byId('claims-show'), `Show ${Math.min(behind, rowsAtATime)} more`);
  }
}

function emptyText(lacks: StatusFeed['lacks']): string {
  return lacks === undefined
    ? 'There are no claims. Create a Machine, a NodeClaim or a Workspace, and it appears here.'
    : 'No claim is known here.';
}

function inputOf(id: string): HTMLInputElement {
  const input = byId(id);
  if (!(input instanceof HTMLInputElement)) throw new RangeError(`"${id}" is no input`);
  return input;
}

interface Hidden {
  readonly behind: number;
  readonly filtered: number;
  readonly omitted: number;
}

function hiddenText({ behind, filtered, omitted }: Hidden): string {
  return [
    behind > 0 ? `${countOf(behind, 'more claim')} below.` : '',
    filtered > 0 ? `${countOf(filtered, 'claim')} hidden by the filter.` : '',
    omitted > 0 ? `${countOf(omitted, 'claim')} left out of the answer, for it is bounded.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

class ClaimRow implements View<ClaimItem> {
  readonly node = element('tr', { role: 'row' });
  readonly #name = named('', { class: 'name' });
  readonly #kind = element('div', { class: 'muted' });
  readonly #phase = new PhaseMark();
  readonly #since = element('div', { class: 'muted num' });
  readonly #bar = new TimelineBar();
  readonly #went = element('div', { class: 'muted num went' });
  readonly #size = element('div');
  readonly #gpus = element('div', { class: 'muted' });
  readonly #node = named('', { class: 'code' });
  readonly #cause = new Cause();
  readonly #price = cell('num');

  constructor() {
    this.#price.dataset['label'] = 'USD/h';
    this.node.append(
      element('th', { role: 'rowheader', scope: 'row' }, this.#name, this.#kind),
      cell('', this.#phase.node, this.#since),
      cell('', this.#bar.node, this.#went),
      cell('', this.#size, this.#gpus),
      cell('', this.#node, this.#cause.node),
      this.#price,
    );
  }

  update({ at, claim, guides, scale }: ClaimItem): void {
    const { attention, gpus, kind, message, name, node, phase, reason, timeline, usdPerHour, vmSize, workspace } =
      claim;
    setText(this.#name, name);
    setText(this.#kind, workspace === undefined ? kind : `${kind} of ${workspace}`);
    this.#phase.update(shownOf(claim), attention === 'stuck' ? `Stuck ${phase}` : shownWords[phase]);
    const since = timeline.at(-1)?.since ?? claim.createdAt;
    setText(
      this.#since,
      `for ${durationText(secondsBetween(since, at))}${attention === 'late' ? ', longer than usual' : ''}`,
    );
    const bar = barOf(claim, { at, scale });
    this.#bar.update(bar);
    setText(this.#went, bar.text);
    setText(this.#size, vmSize === undefined ? 'no size' : sizeText(vmSize));
    setText(this.#gpus, gpus === undefined ? '' : countOf(gpus, 'GPU'));
    setText(this.#node, node ?? '');
    const guide = guideOf({ guides }, reason);
    this.#cause.update({ reason, message, guide, waits: attention === 'none' });
    setText(this.#price, priceText(usdPerHour));
  }
}

export function cell(className: string, ...content: readonly (Node | string)[]): HTMLTableCellElement {
  return element('td', { role: 'cell', ...(className === '' ? {} : { class: className }) }, ...content);
}
