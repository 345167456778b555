import { describe, expect, it } from 'vitest';
import type { Milestone } from './milestones.ts';
import { Story, type Entry } from './story.ts';
import { World } from './world.ts';

const limitMs = 60_000;
const never = new AbortController().signal;

/** A story of milestones by name; `happen` makes one true and lets time pass. */
function aStory() {
  const facts = new Set<string>();
  const reached: Entry[] = [];
  let nowMs = 1000;
  const story = new Story({ world: new World('ws'), now: () => nowMs, onReached: (entry) => reached.push(entry) });
  return {
    story,
    reached,
    milestone: (title: string): Milestone => ({ title, reached: () => facts.has(title), detail: () => `${title}!` }),
    happen: (title: string, afterMs: number) => {
      nowMs += afterMs;
      facts.add(title);
      story.look();
    },
  };
}

describe('Story', () => {
  it('ends a chapter when every milestone was reached, and says when and how long each took', async () => {
    const { story, milestone, happen, reached } = aStory();
    const told = story.tell([milestone('a'), milestone('b')], { limitMs, signal: never });
    happen('a', 500);
    happen('b', 200);
    await told;
    expect(reached).toEqual([
      { title: 'a', atMs: 500, tookMs: 500, detail: 'a!' },
      { title: 'b', atMs: 700, tookMs: 200, detail: 'b!' },
    ]);
    expect(story.entries()).toEqual(reached);
  });

  it('takes milestones in any order and shows them in that of the chapter', async () => {
    const { story, milestone, happen } = aStory();
    const told = story.tell([milestone('a'), milestone('b')], { limitMs, signal: never });
    happen('b', 200);
    expect(story.entries()).toMatchObject([{ title: 'a' }, { title: 'b', atMs: 200 }]);
    expect(story.entries()[0]).not.toHaveProperty('atMs');
    happen('a', 100);
    await told;
    expect(story.entries()).toMatchObject([{ atMs: 300 }, { atMs: 200 }]);
  });

  it('keeps a milestone that is true no longer', async () => {
    const { story, milestone, happen } = aStory();
    const passing = {
      ...milestone('a'),
      reached: () => story.entries()[0]?.atMs === undefined && story.elapsedMs < 150,
    };
    const told = story.tell([passing, milestone('b')], { limitMs, signal: never });
    happen('b', 400);
    await told;
    expect(story.entries()[0]).toMatchObject({ title: 'a', atMs: 0 });
  });

  it('does not begin the next chapter before it is told', async () => {
    const { story, milestone, happen } = aStory();
    const first = story.tell([milestone('a')], { limitMs, signal: never });
    happen('a', 10);
    await first;
    happen('b', 10);
    const second = story.tell([milestone('b')], { limitMs, signal: never });
    await second;
    expect(story.entries()).toMatchObject([{ title: 'a' }, { title: 'b', atMs: 20, tookMs: 0 }]);
  });

  it('names the first milestone that was missed', async () => {
    const { story, milestone, happen } = aStory();
    const told = story.tell([milestone('a'), milestone('b'), milestone('c')], { limitMs: 1, signal: never });
    happen('a', 10);
    await expect(told).rejects.toMatchObject({ code: 'MilestoneMissed', message: 'Not reached within 0 s: b' });
  });

  it('ends with the reason of its signal', async () => {
    const { story, milestone } = aStory();
    const stop = new AbortController();
    const told = story.tell([milestone('a')], { limitMs, signal: stop.signal });
    stop.abort(new Error('the controller ended'));
    await expect(told).rejects.toThrow('the controller ended');
    await expect(story.tell([milestone('a')], { limitMs, signal: stop.signal })).rejects.toThrow(
      'the controller ended',
    );
  });
});
