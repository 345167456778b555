import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { silent } from '../../../test/support/kube-fixture.ts';
import { MemoryKube } from '../../../test/support/memory-kube.ts';
import { aksNodeClass, kaitoNodeClaim } from '../../../test/support/nodeclaims.ts';
import { nodeClaims } from '../../apis/nodeclaim.ts';
import { checkObject } from '../../kube/answer.ts';
import { createMetrics } from '../../observability/metrics.ts';
import type { EventNote } from '../../runtime/event-object.ts';
import { soleTerm } from '../../runtime/leader.ts';
import { nodeClaimAdapter } from '../adapter.ts';
import { createClaimStore } from '../claim-controller.ts';
import type { Gate } from '../gate.ts';
import { defaultPolicies } from '../policies.ts';
import type { Policies } from '../policies.ts';
import { Restraint } from '../restraint.ts';
import { createDisruptionMetrics } from '../disruption-metrics.ts';
import { ExpirationController } from './expiration-controller.ts';

const hour = 3_600_000;
const minute = 60_000;
type Wish = Partial<Parameters<typeof kaitoNodeClaim>[0]>;

interface PlayOptions {
  readonly policies?: Partial<Policies>;
  readonly claims?: number;
}

/** A controller that runs at noon, with an API server in memory; the gate is open. */
function play({ policies = {}, claims: ours = 10 }: PlayOptions = {}) {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const claims = createClaimStore(nodeClaimAdapter, clock);
  const deletions: string[] = [];
  const kube = new MemoryKube(clock, (plural, object, isGone) => {
    if (plural !== nodeClaims.plural) return;
    const claim = checkObject(object, nodeClaims, 'watch');
    if (isGone) claims.remove(claim);
    else claims.upsert(claim);
    if (!isGone && claim.metadata.deletionTimestamp !== undefined) deletions.push(claim.metadata.name);
  });
  claims.replace([], '1');
  const all = { ...defaultPolicies, expireNodeClaims: true, ...policies };
  const metrics = createMetrics();
  const events: EventNote[] = [];
  const gate: { now: Gate } = { now: { state: 'open' } };
  const stop = new AbortController();
  const controller = new ExpirationController({
    adapter: nodeClaimAdapter,
    claims,
    kube,
    selects: () => true,
    policies: all,
    restraint: new Restraint({ clock, ours: () => ours, allowMass: () => all.allowMassDeletion, limits: all }),
    confirmGate: async () => Promise.resolve(gate.now),
    events: { record: (event) => events.push(event) },
    clock,
    log: silent,
    metrics,
    disrupted: createDisruptionMetrics(metrics),
    random: () => 0,
  });
  const running = controller.run(soleTerm({ clock, signal: stop.signal }), stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await clock.advance(minute);
    await running;
  });
  return {
    clock,
    deletions,
    events,
    gate,
    counted: async () =>
      /karpenter_nodeclaims_disrupted_total\{.*reason="expired".*\} (\d+)/u.exec(await metrics.text())?.[1],
    /** Created `ageMs` ago. */
    create: (ageMs: number, wish: Wish = {}, annotations: Readonly<Record<string, string>> = {}): void => {
      const object = kaitoNodeClaim({ name: 'ws1', expireAfter: '720h', ...wish });
      const { name } = { name: 'ws1', ...wish };
      kube.put(nodeClaims.plural, {
        ...object,
        metadata: {
          ...Object(Object(object).metadata),
          uid: `uid-${name}`,
          resourceVersion: '1',
          finalizers: ['karpenter.sh/termination'],
          annotations,
          creationTimestamp: new Date(Date.parse('2026-03-01T12:00:00Z') + clock.monotonicMs() - ageMs).toISOString(),
        },
      });
    },
  };
}

test('K17-EX01 K17-EX02 K17-EX03 a NodeClaim that is older than its expireAfter is deleted, told and counted', async () => {
  const { clock, create, deletions, events, counted } = play();
  create(721 * hour);
  await clock.advance(minute);
  expect(deletions).toEqual(['ws1']);
  expect(events).toMatchObject([{ reason: 'Expired', regarding: { kind: 'NodeClaim', name: 'ws1' } }]);
  await expect(counted()).resolves.toBe('1');
});

test('K17-EX04 an expired NodeClaim of another provisioner stays', async () => {
  const { clock, create, deletions } = play();
  create(721 * hour, { nodeClassRef: aksNodeClass, labels: {} });
  await clock.advance(hour);
  expect(deletions).toEqual([]);
});

test('K17-EX05 a NodeClaim that never expires stays', async () => {
  const { clock, create, deletions } = play();
  create(100_000 * hour, { expireAfter: 'Never' });
  await clock.advance(hour);
  expect(deletions).toEqual([]);
});

test('K17-EX06 K17-EX08 a NodeClaim is looked at again when it expires, and not deleted before', async () => {
  const { clock, create, deletions } = play();
  create(0, { expireAfter: '2h' });
  await clock.advance(2 * hour - 1000);
  expect(deletions).toEqual([]);
  await clock.advance(minute);
  expect(deletions).toEqual(['ws1']);
});

test('K17-EX07 the age of the claim counts, whatever is said of its Node', async () => {
  const { clock, create, deletions } = play();
  create(721 * hour, { labels: { 'karpenter.sh/registered': 'true' } });
  await clock.advance(minute);
  expect(deletions).toEqual(['ws1']);
});

test('K17-EX09 an expired NodeClaim is deleted once', async () => {
  const { clock, create, deletions, counted } = play();
  create(721 * hour);
  await clock.advance(48 * hour);
  expect(deletions).toEqual(['ws1']);
  await expect(counted()).resolves.toBe('1');
});

test('an expired NodeClaim stays while the gate is not open', async () => {
  const { clock, create, deletions, gate } = play();
  gate.now = { state: 'settling', reason: 'Settling', message: '' };
  create(721 * hour);
  await clock.advance(hour);
  expect(deletions).toEqual([]);
  gate.now = { state: 'open' };
  await clock.advance(2 * minute);
  expect(deletions).toEqual(['ws1']);
});

test.each([
  ['the claim is paused', {}, { 'gpu-provisioner.io/pause': 'true' }],
  ['everything is paused', { paused: true }, {}],
  ['deletions are only reported', { reportOnly: true }, {}],
] as const)('an expired NodeClaim stays while %s', async (_, policies, annotations) => {
  const { clock, create, deletions } = play({ policies });
  create(721 * hour, {}, annotations);
  await clock.advance(hour);
  expect(deletions).toEqual([]);
});

test('a fleet that is too old does not go on one morning: nothing, until a person allows it, and then a few at a time', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const held = play();
  for (const name of names) held.create(721 * hour, { name });
  await held.clock.advance(hour);
  expect(held.deletions).toEqual([]);

  const allowed = play({ policies: { allowMassDeletion: true } });
  for (const name of names) allowed.create(721 * hour, { name });
  await allowed.clock.advance(30_000);
  expect(allowed.deletions).toHaveLength(2);
  await allowed.clock.advance(5 * minute);
  expect(allowed.deletions.toSorted()).toEqual(names);
});
