// Leader election with real requests: one leader at a time, whatever the clocks, the network and people do.
import { describe, expect, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { Gate } from '../../test/support/gate.ts';
import { StaticCredentials } from '../../test/support/kube-fixture.ts';
import { aCandidate, anApi, collection, key, path, specOf } from '../../test/support/leader-fixture.ts';
import { Forbidden } from '../kube/errors.ts';
import { LeaseLost, soleTerm } from './leader.ts';

describe('LeaderElector', () => {
  test('creates the lease, with times that the API server takes, and leads', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    expect(specOf(api)).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      renewTime: '2026-01-01T00:00:00.000000Z',
      acquireTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    expect(await candidate.metrics.text()).toContain('leader_election_master_status{name="gpu-provisioner"} 1');
  });

  test('renews each 2 s with one request', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    const before = api.requests.length;
    await candidate.clock.advanceUntil(() => api.requests.length >= before + 5);
    expect(api.requestsTo('PATCH', path)).toHaveLength(5);
    expect(candidate.clock.monotonicMs()).toBeGreaterThanOrEqual(10_000);
    expect(specOf(api)).toMatchObject({ acquireTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 0 });
    expect(candidate.leads()).toBe(true);
  });

  test('lets one of two lead, and the other take over at once when the first releases', async () => {
    const api = await anApi();
    const clock = new FakeClock();
    const first = aCandidate(api, 'one', { clock });
    await eventually(first.leads);
    const second = aCandidate(api, 'two', { clock });
    for (let elapsed = 0; elapsed < 6; elapsed++) {
      await clock.advanceUntil(() => true);
      await clock.advance(1000);
      expect(second.leads()).toBe(false);
    }
    first.stop.abort();
    await first.running;
    expect(first.state.outcome).toBe('ended');
    expect(first.leads()).toBe(false);
    const releasedMs = clock.monotonicMs();
    await clock.advanceUntil(second.leads);
    expect(clock.monotonicMs() - releasedMs).toBeLessThan(3000);
    expect(specOf(api)).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
  });

  test('takes over 15 s after the last sign of a holder that died, whatever the clocks say', async () => {
    const api = await anApi();
    // The dead holder's clock was an hour ahead: its renewTime is in our future.
    const hourAhead = '2026-01-01T01:00:00.000000Z';
    api.put(collection, {
      metadata: { name: 'gpu-provisioner', namespace: 'kube-system' },
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: hourAhead, leaseTransitions: 7 },
    });
    const candidate = aCandidate(api, 'one');
    await candidate.clock.advanceUntil(candidate.leads);
    expect(candidate.clock.monotonicMs()).toBeGreaterThanOrEqual(15_000);
    expect(candidate.clock.monotonicMs()).toBeLessThan(18_000);
    expect(specOf(api)).toMatchObject({ holderIdentity: 'one', leaseTransitions: 8 });
  });

  test('does not take over from a live holder whose clock is an hour behind', async () => {
    const api = await anApi();
    const behind = new FakeClock('2025-12-31T23:00:00Z');
    const holder = aCandidate(api, 'behind', { clock: behind });
    await eventually(holder.leads);
    const rival = aCandidate(api, 'rival');
    for (let elapsed = 0; elapsed < 60; elapsed++) {
      await Promise.all([behind.advance(1000), rival.clock.advance(1000)]);
      await rival.clock.advanceUntil(() => true);
      expect([holder.leads(), rival.leads()]).toEqual([true, false]);
    }
  });

  test('stops by itself 10 s after the start of the last good renewal, before anybody else may lead', async () => {
    const api = await anApi();
    const clock = new FakeClock();
    const holder = aCandidate(api, 'one', { clock });
    await eventually(holder.leads);
    const rival = aCandidate(api, 'two', { clock });
    await clock.advanceUntil(() => api.requestsTo('PATCH', path).length >= 2);
    api.fault = ({ method, body }) =>
      method === 'PATCH' && JSON.stringify(body).includes('"one"') ? { kind: 'hang' } : undefined;
    const cutMs = clock.monotonicMs();
    await clock.advanceUntil(() => !holder.leads());
    expect(clock.monotonicMs() - cutMs).toBeLessThanOrEqual(10_000);
    await clock.advanceUntil(() => holder.state.outcome !== undefined);
    expect(holder.state.outcome).toBeInstanceOf(LeaseLost);
    expect(holder.state.term?.signal.aborted).toBe(true);
    expect(holder.state.term?.signal.reason).toBeInstanceOf(LeaseLost);
    expect(rival.leads()).toBe(false);
    await clock.advanceUntil(rival.leads);
    expect(clock.monotonicMs() - cutMs).toBeGreaterThan(12_000);
  });

  test('stops by itself as early when new connections are accepted and not answered at TLS', async () => {
    const { ca, cert, key: tlsKey } = await loopbackCertificate('api');
    const api = await anApi({ cert, key: tlsKey });
    const gate = await Gate.before(api.url);
    const clock = new FakeClock();
    const route = { via: 'direct', tls: { ca } } as const;
    const holder = aCandidate(api, 'one', { clock, credentials: new StaticCredentials(gate.url, route) });
    await eventually(holder.leads);
    const rival = aCandidate(api, 'two', { clock, credentials: new StaticCredentials(api.url, route) });
    await clock.advanceUntil(() => api.requestsTo('PATCH', path).length >= 2);
    gate.shut();
    const cutMs = clock.monotonicMs();
    await clock.advanceUntil(() => !holder.leads());
    expect(clock.monotonicMs() - cutMs).toBeLessThanOrEqual(10_000);
    await clock.advanceUntil(() => holder.state.outcome !== undefined);
    expect(clock.monotonicMs() - cutMs).toBeLessThanOrEqual(10_100);
    expect(gate.held).toBeGreaterThan(0);
    expect(holder.state.term?.signal.reason).toBeInstanceOf(LeaseLost);
    expect(rival.leads()).toBe(false);
    await clock.advanceUntil(rival.leads);
    expect(clock.monotonicMs() - cutMs).toBeGreaterThan(12_000);
  });

  test('tries again on a new connection while there is time', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    let hung = 0;
    api.fault = ({ method }) => (method === 'PATCH' && hung++ === 0 ? { kind: 'hang' } : undefined);
    await candidate.clock.advanceUntil(() => hung >= 3);
    expect(candidate.leads()).toBe(true);
  });

  test('is lost at once when somebody else holds the lease', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    api.put(collection, {
      metadata: { name: 'gpu-provisioner', namespace: 'kube-system' },
      spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 },
    });
    await candidate.clock.advanceUntil(() => candidate.state.outcome !== undefined);
    expect(candidate.state.outcome).toBeInstanceOf(LeaseLost);
    expect(candidate.clock.monotonicMs()).toBeLessThan(4000);
    expect(specOf(api)).toMatchObject({ holderIdentity: 'thief' });
  });

  test('survives a person who edits the lease, or deletes it', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    const lease = api.object(collection, key);
    if (lease !== undefined)
      api.put(collection, { ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } });
    await candidate.clock.advance(2000);
    await candidate.clock.advanceUntil(() => api.requestsTo('PATCH', path).length >= 2);
    api.remove(collection, key);
    await candidate.clock.advanceUntil(() => specOf(api) !== undefined, { stepMs: 200 });
    // In steps: a renewal's answer is under way in our time.
    const madeMs = candidate.clock.monotonicMs();
    await candidate.clock.advanceUntil(() => candidate.clock.monotonicMs() >= madeMs + 20_000);
    expect(candidate.state.outcome).toBeUndefined();
  });

  test('does not take a lease that a person deleted while its holder may still write on the strength of it', async () => {
    const api = await anApi();
    const clock = new FakeClock();
    const held = {
      metadata: { name: 'gpu-provisioner', namespace: 'kube-system' },
      spec: { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
    };
    api.put(collection, held);
    const rival = aCandidate(api, 'rival', { clock });
    await eventually(() => api.requestsTo('GET', path).length > 0);
    api.remove(collection, key);
    await clock.advanceUntil(rival.leads);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(15_000);
    expect(clock.monotonicMs()).toBeLessThan(18_000);
  });

  test('knows its own lease again when the answer to a renewal was lost', async () => {
    const api = await anApi();
    const candidate = aCandidate(api, 'one');
    await eventually(candidate.leads);
    let lost = false;
    api.fault = ({ method }) => {
      if (method !== 'PATCH' || lost) return undefined;
      lost = true;
      const lease = api.object(collection, key);
      // It was written; only the answer does not come.
      if (lease !== undefined) api.put(collection, lease);
      return { kind: 'reset' };
    };
    await candidate.clock.advanceUntil(() => api.requestsTo('PATCH', path).length >= 5);
    expect(candidate.leads()).toBe(true);
  });

  test('keeps waiting while the API server is away, and ends when it is stopped', async () => {
    const api = await anApi();
    api.fault = () => ({ kind: 'answer', status: 500 });
    const candidate = aCandidate(api, 'one');
    await candidate.clock.advanceUntil(() => api.requests.length >= 3);
    expect(candidate.leads()).toBe(false);
    candidate.stop.abort();
    await candidate.running;
    expect(candidate.state.outcome).toBe('ended');
    expect(candidate.state.term).toBeUndefined();
  });

  test('holds the lease until lead has ended, then releases it', async () => {
    const api = await anApi();
    const drained = Promise.withResolvers<void>();
    const candidate = aCandidate(api, 'one', { lead: () => drained.promise });
    await eventually(candidate.leads);
    candidate.stop.abort();
    await candidate.clock.advanceUntil(() => api.requestsTo('PATCH', path).length >= 8);
    expect(candidate.leads()).toBe(true);
    expect(specOf(api)).toMatchObject({ holderIdentity: 'one' });
    drained.resolve();
    await candidate.running;
    expect(candidate.leads()).toBe(false);
    expect(specOf(api)).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(await candidate.metrics.text()).toContain('leader_election_master_status{name="gpu-provisioner"} 0');
  });

  test('releases the lease and passes the error on when lead fails', async () => {
    const api = await anApi();
    const failure = new Error('a worker died');
    const candidate = aCandidate(api, 'one', { lead: () => Promise.reject(failure) });
    await candidate.running;
    expect(candidate.state.outcome).toBe(failure);
    expect(specOf(api)).toMatchObject({ holderIdentity: '' });
  });
});

describe('what a candidate knows of the lease', () => {
  test('why it could not be taken, until it can, and who has it', async () => {
    const api = await anApi();
    api.fault = () => ({ kind: 'answer', status: 403 });
    const candidate = aCandidate(api, 'one');
    await eventually(() => candidate.elector.failed instanceof Forbidden);
    expect(candidate.elector.holder).toBeUndefined();
    api.fault = () => undefined;
    await candidate.clock.advanceUntil(candidate.leads);
    expect(candidate.elector.failed).toBeUndefined();
    const other = aCandidate(api, 'two');
    await eventually(() => other.elector.holder === 'one');
    expect(other.elector.failed).toBeUndefined();
  });
});

describe('soleTerm', () => {
  test('starts now and ends with its signal', async () => {
    const clock = new FakeClock();
    await clock.advance(500);
    const stop = new AbortController();
    const term = soleTerm({ clock, signal: stop.signal });
    expect([term.startedAtMs, term.mayWrite(), term.signal.aborted]).toEqual([500, true, false]);
    stop.abort();
    expect([term.mayWrite(), term.signal.aborted]).toEqual([false, true]);
  });
});
