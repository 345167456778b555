import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askedBy, type Asked } from './audit.ts';
import { needs, type Grant } from './grants.ts';

const user = 'system:serviceaccount:gpu-provisioner:gpu-provisioner';

async function anAuditLog(...events: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'audit.log');
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
}

function anEvent(username: string, objectRef: object | undefined, decision = 'allow'): object {
  return {
    verb: 'patch',
    user: { username },
    ...(objectRef === undefined ? {} : { objectRef }),
    annotations: { 'authorization.k8s.io/decision': decision },
  };
}

test("askedBy reads a user's requests about resources, each once, and what was forbidden", async () => {
  const lease = { resource: 'leases', namespace: 'n', name: 'l', apiGroup: 'coordination.k8s.io', apiVersion: 'v1' };
  const eviction = { resource: 'pods', subresource: 'eviction', namespace: 'default', name: 'p', apiVersion: 'v1' };
  const file = await anAuditLog(
    anEvent(user, lease),
    anEvent(user, lease),
    anEvent(user, eviction, 'forbid'),
    anEvent(user, undefined),
    anEvent('admin', { resource: 'secrets' }),
    // Somebody who speaks of the user.
    { ...anEvent('admin', { resource: 'nodes' }), impersonatedUser: { username: user } },
  );

  expect(await askedBy(user, file)).toEqual([
    { verb: 'patch', group: 'coordination.k8s.io', resource: 'leases', namespace: 'n', name: 'l', allowed: true },
    { verb: 'patch', group: '', resource: 'pods/eviction', namespace: 'default', name: 'p', allowed: false },
  ]);
});

test('askedBy leaves out what came at another time', async () => {
  const at = (requestReceivedTimestamp: string, name: string): object => ({
    ...anEvent(user, { resource: 'nodes', name }),
    requestReceivedTimestamp,
  });
  const file = await anAuditLog(at('2026-03-01T12:00:00.000001Z', 'a'), at('2026-03-01T12:00:10.000001Z', 'b'));
  const later = await askedBy(user, file, (receivedMs) => receivedMs > Date.parse('2026-03-01T12:00:05Z'));
  expect(later.map(({ name }) => name)).toEqual(['b']);
});

test('askedBy leaves out a line that is still being written', async () => {
  const file = await anAuditLog(anEvent(user, { resource: 'nodes', name: 'a' }));
  await appendFile(file, JSON.stringify(anEvent(user, { resource: 'nodes', name: 'b' })).slice(0, -2));
  expect((await askedBy(user, file)).map(({ name }) => name)).toEqual(['a']);
});

const asked: Asked = {
  verb: 'get',
  group: 'coordination.k8s.io',
  resource: 'leases',
  namespace: 'gpu-provisioner',
  name: 'lease',
  allowed: true,
};
const grant: Grant = { ...asked, namespace: undefined, name: undefined, role: 'r' };

test.each<[what: string, granted: Partial<Grant>, needed: boolean]>([
  ['the same, whatever the namespace and the name', {}, true],
  ['its namespace and its name', { namespace: 'gpu-provisioner', name: 'lease' }, true],
  ['another verb', { verb: 'patch' }, false],
  ['another group', { group: '' }, false],
  ['a subresource', { resource: 'leases/status' }, false],
  ['another namespace', { namespace: 'default' }, false],
  ['another name', { name: 'other' }, false],
])('needs: a grant of %s', (_, granted, needed) => {
  expect(needs(asked, { ...grant, ...granted })).toBe(needed);
});
