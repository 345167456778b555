import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoolKnowledge, type Ticket, type WriteAnswer } from './pool-knowledge.ts';
import type { AgentPool, PoolPhase } from './pool.ts';

function pool(name: string, phase: PoolPhase = 'settled', changes: Partial<AgentPool> = {}): AgentPool {
  return {
    name,
    id: `/pools/${name}`,
    phase,
    state: phase,
    power: 'running',
    mode: 'User',
    vmSize: 'Standard_NC4as_T4_v3',
    count: 1,
    autoscaled: false,
    nodeLabels: {},
    nodeTaints: [],
    tags: {},
    etag: 'e-1',
    ...changes,
  };
}

function setUp(): { knowledge: PoolKnowledge; begin: (atMs?: number) => Ticket } {
  const knowledge = new PoolKnowledge();
  let now = 0;
  return { knowledge, begin: (atMs = (now += 10)) => knowledge.begin(atMs) };
}

describe('PoolKnowledge', () => {
  it('knows nothing before the first answer', () => {
    expect(setUp().knowledge.look('a')).toMatchObject({ seen: 'unknown' });
  });

  it('GPM17 GPN18 takes a complete LIST as proof of what it shows and of what it does not, also an empty one', () => {
    const { knowledge, begin } = setUp();
    const changed = knowledge.noteList(begin(), [pool('a')]);
    expect(changed).toEqual(['a']);
    expect(knowledge.look('A')).toMatchObject({ seen: 'present', live: false, startedAtMs: 10, sinceMs: 10 });
    expect(knowledge.look('b')).toEqual({ seen: 'absent', proof: 'list', startedAtMs: 10 });
    knowledge.noteList(begin(), []);
    expect(knowledge.look('a')).toMatchObject({ seen: 'absent', proof: 'list' });
  });

  it('keeps what the answer to a PUT put in against a LIST that began before the answer', () => {
    const { knowledge, begin } = setUp();
    const put = begin();
    const list = begin();
    expect(knowledge.noteAnswer(put, 'a', pool('a', 'creating'))).toEqual(['a']);
    expect(knowledge.noteList(list, [])).toEqual([]);
    expect(knowledge.look('a')).toMatchObject({ seen: 'present', pool: { phase: 'creating' } });
    expect(knowledge.noteList(begin(), [])).toEqual(['a']);
    expect(knowledge.look('a')).toMatchObject({ seen: 'absent', proof: 'list' });
  });

  it('keeps the answer although a LIST that began later than the PUT was noted first', () => {
    const { knowledge, begin } = setUp();
    const put = begin();
    knowledge.noteList(begin(), []);
    knowledge.noteAnswer(put, 'a', pool('a', 'creating'));
    expect(knowledge.look('a')).toMatchObject({ seen: 'present' });
  });

  it('keeps an accepted DELETE against a LIST that began before it was answered', () => {
    const { knowledge, begin } = setUp();
    knowledge.noteList(begin(), [pool('a')]);
    const remove = begin();
    const list = begin();
    expect(knowledge.noteAnswer(remove, 'a', 'deleting')).toEqual(['a']);
    knowledge.noteList(list, [pool('a')]);
    expect(knowledge.look('a')).toMatchObject({ seen: 'present', pool: { phase: 'deleting', state: 'Deleting' } });
    expect(knowledge.look('a')).not.toHaveProperty('pool.etag');
  });

  it('keeps a DELETE that found nothing against a LIST that began before it was answered', () => {
    const { knowledge, begin } = setUp();
    const remove = begin();
    const list = begin();
    knowledge.noteAnswer(remove, 'a', 'absent');
    knowledge.noteList(list, [pool('a')]);
    expect(knowledge.look('a')).toEqual({ seen: 'absent', proof: 'get404', startedAtMs: 10 });
  });

  it('does not know a pool whose DELETE was accepted unseen until a later LIST', () => {
    const { knowledge, begin } = setUp();
    knowledge.noteList(begin(), []);
    knowledge.noteAnswer(begin(), 'a', 'deleting');
    expect(knowledge.look('a')).toMatchObject({ seen: 'unknown' });
    knowledge.noteList(begin(), []);
    expect(knowledge.look('a')).toMatchObject({ seen: 'absent' });
  });

  it('lets a GET that began before a LIST change nothing', () => {
    const { knowledge, begin } = setUp();
    const get = begin();
    knowledge.noteList(begin(), [pool('a', 'failed')]);
    expect(knowledge.noteGet(get, 'a', undefined)).toEqual([]);
    expect(knowledge.look('a')).toMatchObject({ seen: 'present', pool: { phase: 'failed' } });
  });

  it('calls a GET live, and a LIST that shows the same no change', () => {
    const { knowledge, begin } = setUp();
    expect(knowledge.noteGet(begin(), 'a', pool('a'))).toEqual(['a']);
    expect(knowledge.look('a')).toMatchObject({ live: true, sinceMs: 10 });
    expect(knowledge.noteList(begin(), [pool('a', 'settled', { etag: 'e-2' })])).toEqual([]);
    expect(knowledge.look('a')).toMatchObject({ live: false, startedAtMs: 20, sinceMs: 10, pool: { etag: 'e-2' } });
  });

  it('counts a phase from the look that first showed it', () => {
    const { knowledge, begin } = setUp();
    knowledge.noteList(begin(), [pool('a', 'creating')]);
    knowledge.noteList(begin(), [pool('a', 'creating', { count: 2 })]);
    expect(knowledge.look('a')).toMatchObject({ sinceMs: 10 });
    knowledge.noteList(begin(), [pool('a', 'failed')]);
    expect(knowledge.look('a')).toMatchObject({ sinceMs: 30 });
  });

  it.each([
    ['its power', { power: 'stopped' as const }],
    ['its count', { count: 0 }],
    ['its tags', { tags: { a: 'b' } }],
    ['its labels', { nodeLabels: { a: 'b' } }],
    ['its error', { error: { code: 'X', message: 'y' } }],
  ])('tells of a pool that changed %s', (_what, change) => {
    const { knowledge, begin } = setUp();
    knowledge.noteList(begin(), [pool('a'), pool('b')]);
    expect(knowledge.noteList(begin(), [pool('a', 'settled', change), pool('b')])).toEqual(['a']);
  });

  it('knows, whatever the order of answers, what the newest request showed', () => {
    // A pool exists or not at each moment; each request sees one moment between its beginning and its end.
    const request = fc.record({
      kind: fc.constantFrom('list', 'get', 'write'),
      begins: fc.integer({ min: 0, max: 50 }),
      lasts: fc.integer({ min: 1, max: 20 }),
      shows: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const { knowledge } = setUp();
        const moments = requests
          .flatMap((each, id) => [
            { atMs: each.begins, id, ends: false },
            { atMs: each.begins + each.lasts, id, ends: true },
          ])
          .toSorted((a, b) => a.atMs - b.atMs || Number(a.ends) - Number(b.ends) || a.id - b.id);
        const tickets = new Map<number, Ticket>();
        let newest: { readonly place: number; readonly shows: boolean } | undefined;
        moments.forEach(({ atMs, id, ends }, place) => {
          const each = requests[id];
          const ticket = tickets.get(id);
          if (each === undefined) return;
          if (!ends || ticket === undefined) {
            tickets.set(id, knowledge.begin(atMs));
            return;
          }
          const shown = each.shows ? pool('a', 'settled', { count: id }) : undefined;
          if (each.kind === 'list') knowledge.noteList(ticket, shown === undefined ? [] : [shown]);
          else if (each.kind === 'get') knowledge.noteGet(ticket, 'a', shown);
          else knowledge.noteAnswer(ticket, 'a', shown ?? ('absent' satisfies WriteAnswer));
          // A look counts from its beginning, a write from its answer.
          const counts = each.kind === 'write' ? place : moments.findIndex((one) => one.id === id && !one.ends);
          if (newest === undefined || counts > newest.place) newest = { place: counts, shows: each.shows };
          expect(knowledge.look('a').seen).toBe(newest.shows ? 'present' : 'absent');
        });
      }),
    );
  });
});
