// The lines of /readyz, case by case: what is missing, and what to do.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../claims/gate.ts';
import { Forbidden, NotFound, ServerError, Unreachable } from '../kube/errors.ts';
import { readinessOf, type ReadinessParts } from './readiness.ts';

const synced = { state: 'synced', failed: undefined } as const;
const parts: ReadinessParts = {
  machines: synced,
  nodeClaims: synced,
  nodes: synced,
  inventory: { health: { ok: true, detail: 'Azure shows 1 agent pool' } },
  gate: (): Gate => ({ state: 'open' }),
  denials: { said: undefined },
  elector: { failed: undefined, holder: 'other-1' },
  lease: 'here/lease',
  leads: () => false,
};
const denied = new Forbidden('Cannot list machines: machines is forbidden: User "x" cannot list resource "machines"', {
  status: 403,
});
const unreachable = new Unreachable('Cannot list machines: connect ECONNREFUSED 127.0.0.1:1', { status: 0 });

/** The line of one check, as /readyz prints it. */
function line(name: string, changed: Partial<ReadinessParts>): string {
  const check = readinessOf({ ...parts, ...changed }).find((each) => each.name === name);
  const { ok, detail = '' } = check?.check() ?? { ok: false, detail: 'there is no such check' };
  return `${ok ? '+' : '-'}${check?.required === true ? ' required' : ''} ${detail}`;
}

describe('readinessOf', () => {
  test('is well where nothing is missing', () => {
    expect(readinessOf(parts).map((each) => [each.name, each.check().ok])).toEqual(
      ['machines', 'nodeclaims', 'nodes', 'azure', 'gate', 'permissions', 'lease'].map((name) => [name, true]),
    );
  });

  test.each([
    ['not listed yet', { state: 'listing', failed: undefined }, /^- required no complete list yet$/],
    ['no right to list', { state: 'listing', failed: denied }, /^- required .*cannot list.*; give its ServiceAccount/],
    [
      'no API server',
      { state: 'listing', failed: unreachable },
      /^- required .*ECONNREFUSED.*; the API server does not/,
    ],
    ['a watch that broke', { state: 'synced', failed: unreachable }, /^\+ required listed; the watch is down: .*ECONN/],
    [
      'no CRD, beside the other kind',
      { state: 'absent', failed: undefined },
      /^\+ required not served as karpenter\.sh\/v1alpha5: its CRD is not installed, or lacks that version$/,
    ],
  ] as const)('machines: %s', (_, machines, expected) => {
    expect(line('machines', { machines })).toMatch(expected);
  });

  test('neither kind of claim is served: not ready, with what to install', () => {
    const absent = { state: 'absent', failed: undefined } as const;
    expect(line('nodeclaims', { machines: absent, nodeClaims: absent })).toMatch(/^- required .*; install it with/);
  });

  test.each<[string, Partial<ReadinessParts>, RegExp]>([
    ['this process leads', { leads: () => true }, /^\+ required this process leads$/],
    ['another one leads', {}, /stands by; "other-1" holds lease here\/lease/],
    ['nobody leads yet', { elector: { failed: undefined, holder: undefined } }, /stands by; nobody holds lease/],
    [
      'the namespace is missing',
      { elector: { failed: new NotFound('namespaces "here" not found', { status: 404 }), holder: undefined } },
      /^- required namespaces "here" not found; create the namespace, or name another one with LEADER_ELECTION_NAMESPACE/,
    ],
    ['no right to it', { elector: { failed: denied, holder: undefined } }, /^- required .*; give its ServiceAccount/],
    [
      'an API server that is ill cures itself',
      { elector: { failed: new ServerError('etcd', { status: 500 }), holder: undefined } },
      /^\+ required this process stands by; etcd$/,
    ],
  ])('lease: %s', (_, changed, expected) => {
    expect(line('lease', changed)).toMatch(expected);
  });

  test('Azure, a missing right and a gate that only a person opens are shown, and leave it ready', () => {
    const why = { reason: 'ClusterUnreadable', message: 'no role' };
    expect(line('azure', { inventory: { health: { ok: false, detail: 'no token' } } })).toBe('- no token');
    expect(line('permissions', { denials: { said: 'may not patch' } })).toBe('- may not patch');
    expect(line('gate', { gate: () => ({ state: 'closed', by: 'clusterUnreadable', forMs: 1, ...why }) })).toBe(
      '- closed: no role',
    );
    expect(line('gate', { gate: () => ({ state: 'closed', by: 'clusterStopped', forMs: 1, ...why }) })).toMatch(/^\+/);
  });
});
