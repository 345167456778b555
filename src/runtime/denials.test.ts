// What RBAC refuses is kept until it is allowed: no log has to be read for it.
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryKube } from '../../test/support/memory-kube.ts';
import { machines } from '../apis/machine.ts';
import { leases, nodes } from '../apis/resource.ts';
import { Forbidden } from '../kube/errors.ts';
import { Denials } from './denials.ts';

const { signal } = new AbortController();

/** A client whose patches are refused as `refusal` says. */
function refusing() {
  const clock = new FakeClock();
  const kube = new MemoryKube(clock, () => {});
  kube.put('machines', {
    apiVersion: 'karpenter.sh/v1alpha5',
    kind: 'Machine',
    metadata: { name: 'a', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  });
  const state: { refusal: string | undefined } = { refusal: undefined };
  kube.beforeWrite = ({ verb, plural }) => {
    if (state.refusal !== undefined) throw new Forbidden(`Cannot ${verb} ${plural}: ${state.refusal}`, { status: 403 });
  };
  const denials = new Denials({ client: kube, clock });
  const patch = async (subresource?: 'status'): Promise<void> => {
    const options = subresource === undefined ? { signal } : { signal, subresource };
    await denials.client
      .patch(machines, { name: 'a' }, { type: 'merge', body: { metadata: { labels: { b: 'c' } } } }, options)
      .catch(() => undefined);
  };
  return { clock, denials, patch, state };
}

const rbac = 'User "x" cannot patch resource "machines"';

describe('Denials', () => {
  test('says what is refused and what to do, until the same is allowed', async () => {
    const { denials, patch, state } = refusing();
    await patch();
    expect(denials.said).toBeUndefined();
    state.refusal = rbac;
    await patch();
    await patch('status');
    expect(denials.said).toMatch(
      /^Cannot patch machines: User "x" cannot patch.*; give its ServiceAccount.*\(and 1 more\)$/,
    );
    state.refusal = undefined;
    await patch('status');
    expect(denials.said).not.toContain('more');
    await patch();
    expect(denials.said).toBeUndefined();
  });

  test('forgets after ten minutes what was not tried again', async () => {
    const { clock, denials, patch, state } = refusing();
    state.refusal = rbac;
    await patch();
    await clock.advance(600_000);
    expect(denials.said).toBeDefined();
    await clock.advance(1);
    expect(denials.said).toBeUndefined();
  });

  test('takes no admission plugin, and no namespace that is going, for a missing right', async () => {
    const { denials, patch, state } = refusing();
    state.refusal = 'admission webhook "policy" denied the request';
    await patch();
    expect(denials.said).toBeUndefined();
  });

  test('leaves answers and errors as they are, of a watch too', async () => {
    const clock = new FakeClock();
    const refusal = new Forbidden('Cannot watch nodes: User "x" cannot watch resource "nodes"', { status: 403 });
    const kube = Object.assign(new MemoryKube(clock, () => {}), {
      // eslint-disable-next-line require-yield
      async *watch(): AsyncGenerator<never, void, void> {
        throw await Promise.resolve(refusal);
      },
    });
    const denials = new Denials({ client: kube, clock });
    const watching = async (): Promise<void> => {
      const options = { resourceVersion: '1', timeoutSeconds: 1, idleMs: 1, signal };
      for await (const _ of denials.client.watch(nodes, options)) throw new RangeError('Nothing was to be seen');
    };
    await expect(watching()).rejects.toBe(refusal);
    expect(denials.said).toContain('cannot watch resource "nodes"');
    await expect(denials.client.get(leases, { name: 'a', namespace: 'b' }, { signal })).rejects.toMatchObject({
      code: 'KUBE_NOT_FOUND',
    });
  });
});
