// Pieces of the page that more than one table shows: a phase, a bar, a cause.
import type { FeedGuide } from '../feed.ts';
import type { Bar } from './bars.ts';
import { element, setText, show, type View } from './dom.ts';
import { shownWords, type Shown } from './model.ts';

/** The word says it; the dot's shape and colour only help to find it. */
export class PhaseMark implements View<Shown> {
  readonly node = element('span');
  readonly #dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
  readonly #word = element('span');

  constructor() {
    this.node.append(this.#dot, this.#word);
  }

  update(shown: Shown, word = shownWords[shown]): void {
    this.#dot.dataset['phase'] = shown;
    setText(this.#word, word);
  }
}

/** The bar itself is for the eye: whoever shows it has its text beside it. */
export class TimelineBar implements View<Bar> {
  readonly node = element('div', { class: 'track', 'aria-hidden': 'true' });
  #drawn = '';

  update({ parts, rest }: Bar): void {
    const drawing = JSON.stringify([parts, rest]);
    if (drawing === this.#drawn) return;
    this.#drawn = drawing;
    const pieces = parts.map(({ isTail, shown, weight }) => {
      const piece = element('span', { class: isTail ? 'part tail' : 'part', 'data-phase': shown });
      piece.style.flexGrow = String(weight);
      return piece;
    });
    const empty = element('span');
    empty.style.flexGrow = String(rest);
    this.node.replaceChildren(...pieces, ...(rest > 0 ? [empty] : []));
  }
}

export interface Why {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly guide?: FeedGuide | undefined;
  /** Nothing is wrong: it is being waited for. */
  readonly waits: boolean;
}

/** A cause in two lines; opened, all of it, with what it means and what to do. */
export class Cause implements View<Why> {
  readonly node = element('details');
  readonly #reason = element('span', { class: 'reason' });
  readonly #message = element('span', { dir: 'auto' });
  readonly #means = element('p', { class: 'muted' });
  readonly #todo = element('p');

  constructor() {
    const line = element('span', { class: 'cut' }, this.#reason, ' ', this.#message);
    this.node.append(element('summary', {}, line), this.#means, this.#todo);
  }

  update({ guide, message = '', reason, waits }: Why): void {
    show(this.node, reason !== undefined || message !== '');
    this.node.classList.toggle('waits', waits);
    setText(this.#reason, reason ?? '');
    setText(this.#message, message);
    setText(this.#means, guide?.means ?? '');
    setText(this.#todo, guide === undefined ? '' : `What to do: ${guide.todo}`);
  }
}
