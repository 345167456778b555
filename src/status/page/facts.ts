// What stands around the claims: the gate, Azure, usual durations, who answers, and notices about what is out of order.
import type { FeedExpectation, StatusFeed } from '../feed.ts';
import { cell } from './claims.ts';
import { byId, element, KeyedList, named, setText, show, type View } from './dom.ts';
import { guideOf, shownWords } from './model.ts';
import { budgetText } from './overview.ts';
import { countText, durationText, sizeText } from './words.ts';

interface Fact {
  readonly label: string;
  readonly text: string;
}

interface Usual {
  readonly vmSize: string;
  readonly phases: readonly FeedExpectation[];
}

const usualPhases = ['launching', 'registering', 'initializing', 'ready', 'deleting'] as const;

export class Surroundings {
  readonly #facts = new KeyedList<Fact>(byId('azure-facts'), {
    keyOf: ({ label }) => label,
    create: () => new FactView(),
  });
  readonly #usual = new KeyedList<Usual>(byId('usual-rows'), {
    keyOf: ({ vmSize }) => vmSize,
    create: () => new UsualRow(),
  });

  update(feed: StatusFeed): void {
    const { build, cluster, expectations, instance, leads } = feed;
    this.#facts.show(factsOf(feed));
    this.#usual.show(bySize(expectations));
    show(byId('usual-table'), expectations.length > 0);
    show(byId('usual-none'), expectations.length === 0);
    setText(byId('cluster'), `${cluster.resourceGroup} / ${cluster.name}`);
    setText(
      byId('build'),
      `gpu-provisioner ${build}, ${instance}, ${leads ? 'which leads' : 'which stands by'}. Subscription ${cluster.subscriptionId}.`,
    );
  }
}

function bySize(expectations: readonly FeedExpectation[]): readonly Usual[] {
  return [...Map.groupBy(expectations, ({ vmSize }) => vmSize)].map(([vmSize, phases]) => ({ vmSize, phases }));
}

function factsOf({ azure, gate, guides }: StatusFeed): readonly Fact[] {
  const { detail, inventoryAgeSeconds, ok } = azure;
  const guide = guideOf({ guides }, gate.reason);
  return [
    {
      label: 'Gate',
      text:
        gate.state === 'open'
          ? 'Open: what is due is repaired, replaced and collected'
          : `${gate.state === 'closed' ? 'Closed' : 'Settling'}: ${gate.message ?? ''}`,
    },
    ...(guide === undefined ? [] : [{ label: 'What to do', text: guide.todo }]),
    { label: 'Azure', text: ok ? detail : `Does not answer: ${detail}` },
    {
      label: 'Pools as of',
      text: inventoryAgeSeconds === undefined ? 'never yet' : `${durationText(inventoryAgeSeconds)} ago`,
    },
    { label: 'Requests left', text: budgetText(azure) },
  ];
}

class FactView implements View<Fact> {
  // A list of terms takes groups of one div each.
  readonly node = element('div', { class: 'fact' });
  readonly #label = element('dt');
  readonly #text = element('dd', { dir: 'auto' });

  constructor() {
    this.node.append(this.#label, this.#text);
  }

  update({ label, text }: Fact): void {
    setText(this.#label, label);
    setText(this.#text, text);
  }
}

class UsualRow implements View<Usual> {
  readonly node = element('tr', { role: 'row' });
  readonly #size = named('');
  readonly #seen = element('div', { class: 'muted' });
  readonly #cells = usualPhases.map((phase) => {
    const half = element('div', { class: 'num' });
    const most = element('div', { class: 'muted num' });
    const whole = cell('', half, most);
    whole.dataset['label'] = phase === 'ready' ? 'Until Ready' : shownWords[phase];
    return { phase, half, most, whole };
  });

  constructor() {
    const cells = this.#cells.map(({ whole }) => whole);
    this.node.append(element('th', { role: 'rowheader', scope: 'row' }, this.#size, this.#seen), ...cells);
  }

  update({ phases, vmSize }: Usual): void {
    setText(this.#size, sizeText(vmSize));
    setText(this.#seen, `of ${countText(Math.max(...phases.map(({ count }) => count)))} seen`);
    for (const { half, most, phase } of this.#cells) {
      const known = phases.find((one) => one.phase === phase);
      setText(half, known === undefined ? '–' : durationText(known.p50Seconds));
      setText(most, known === undefined ? '' : `90% in ${durationText(known.p90Seconds)}`);
    }
  }
}

export interface Notice {
  readonly tone: 'bad' | 'warn' | 'plain';
  readonly text: string;
}

/** What a reader must know before anything below is believed. */
export class Notices {
  readonly #list = new KeyedList<Notice>(byId('notices'), {
    keyOf: ({ tone, text }) => `${tone} ${text}`,
    create: () => new NoticeView(),
  });

  update(notices: readonly Notice[]): void {
    this.#list.show(notices);
  }
}

export function noticesOf({ azure, gate, instance, lacks = [], leads }: StatusFeed): readonly Notice[] {
  const { throttledSeconds } = azure;
  return [
    ...lacks.map(({ detail, name }): Notice => ({
      tone: 'bad',
      text: `Not all is known or done here (${name}): ${detail}`,
    })),
    ...(azure.ok ? [] : [{ tone: 'bad', text: `Azure does not answer: ${azure.detail}` } as const]),
    ...(throttledSeconds === undefined
      ? []
      : [
          {
            tone: 'warn',
            text: `Azure throttles requests; the next ones go out in ${durationText(throttledSeconds)}.`,
          } as const,
        ]),
    ...(gate.state === 'closed'
      ? [{ tone: 'warn', text: `The gate is closed (${gate.reason ?? 'no reason'}): ${gate.message ?? ''}` } as const]
      : []),
    ...(leads
      ? []
      : [
          {
            tone: 'plain',
            text: `${instance} stands by: it shows what it sees and does nothing. Whose a pool is, the leader may know better.`,
          } as const,
        ]),
  ];
}

class NoticeView implements View<Notice> {
  readonly node = element('p', { class: 'notice', dir: 'auto' });

  update({ text, tone }: Notice): void {
    this.node.className = `notice ${tone}`;
    setText(this.node, text);
  }
}
