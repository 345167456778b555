// The table of agent pools: whose each is and what it costs, leaks first.
import type { FeedOwnership, FeedPool, StatusFeed } from '../feed.ts';
import { cell } from './claims.ts';
import { byId, element, KeyedList, named, setText, show, type View } from './dom.ts';
import { guideOf, isLeak, poolsByNeed } from './model.ts';
import { Cause } from './parts.ts';
import { countOf, countText, durationText, priceText, sizeText } from './words.ts';

interface PoolItem {
  readonly pool: FeedPool;
  readonly guides: StatusFeed['guides'];
}

export const ownershipWords: Readonly<Record<FeedOwnership, string>> = {
  owned: 'A claim has it',
  orphan: 'Leaked: its claim is gone',
  orphan_in_use: 'Leaked, and in use',
  ambiguous: 'Unclear: a person decides',
  unknown: 'Not known now',
  foreign: 'Other people’s',
};

export class PoolTable {
  readonly #rows = new KeyedList<PoolItem>(byId('pools-rows'), {
    keyOf: ({ pool }) => pool.name,
    create: () => new PoolRow(),
  });

  update({ azure, guides, omitted, pools }: StatusFeed): void {
    this.#rows.show(poolsByNeed(pools).map((pool) => ({ pool, guides })));
    setText(byId('pools-count'), pools.length === 0 ? '' : countText(pools.length + omitted.pools));
    show(byId('pools-table'), pools.length > 0);
    const none =
      azure.inventoryAgeSeconds === undefined
        ? 'Azure has not told of any pool yet.'
        : 'The cluster has no agent pool.';
    setText(byId('pools-none'), none);
    show(byId('pools-none'), pools.length === 0);
    setText(
      byId('pools-hidden'),
      omitted.pools === 0 ? '' : `${countOf(omitted.pools, 'pool')} left out of the answer.`,
    );
  }
}

class PoolRow implements View<PoolItem> {
  readonly node = element('tr', { role: 'row' });
  readonly #name = named('', { class: 'name' });
  readonly #whose = element('div');
  readonly #cause = new Cause();
  readonly #owner = named('');
  readonly #kind = element('div', { class: 'muted' });
  readonly #size = element('div');
  readonly #state = element('div');
  readonly #age = cell('num');
  readonly #price = cell('num');

  constructor() {
    this.#age.dataset['label'] = 'So for';
    this.#price.dataset['label'] = 'USD/h';
    this.node.append(
      element('th', { role: 'rowheader', scope: 'row' }, this.#name),
      cell('', this.#whose, this.#cause.node),
      cell('', this.#owner, this.#kind),
      cell('', this.#size),
      cell('', this.#state),
      this.#age,
      this.#price,
    );
  }

  update({ guides, pool }: PoolItem): void {
    const { ageSeconds, count, message, name, owner, ownership, reason, state, usdPerHour, vmSize } = pool;
    setText(this.#name, name);
    setText(this.#whose, ownershipWords[ownership]);
    this.#whose.classList.toggle('reason', isLeak(pool));
    const guide = guideOf({ guides }, reason);
    this.#cause.update({ reason, message, guide, waits: !isLeak(pool) });
    setText(this.#owner, owner?.name ?? '');
    setText(this.#kind, owner?.kind ?? '');
    setText(this.#size, `${countText(count)} × ${sizeText(vmSize)}`);
    setText(this.#state, state);
    setText(this.#age, durationText(ageSeconds));
    const isOthers = ownership === 'foreign' && usdPerHour === undefined;
    setText(this.#price, isOthers ? '' : priceText(usdPerHour));
  }
}
