// Questions to a real socket of the embedded API server, some of which it refuses.
import { describe, expect, test } from 'vitest';
import { anEmbeddedApi, type EmbeddedApi } from '../../../test/support/embedded-api.ts';
import { kaitoMachine } from '../../../test/support/machines.ts';
import { applyDefinitions } from '../../../hack/sandbox/definitions.ts';
import { machines } from '../../apis/machine.ts';
import { coreEvents, nodes, services } from '../../apis/resource.ts';
import type { Resource } from '../../apis/resource.ts';
import type { KubeObject } from '../../apis/wire.ts';
import { workspaces } from '../../apis/workspace.ts';
import { Forbidden } from '../../kube/errors.ts';
import { look } from '../status/look.ts';
import { statusReport } from '../status/report.ts';
import { answerTo } from './answer-to.ts';
import type { Question } from './answer-to.ts';
import type { Explanation } from './explanation.ts';
import { wantedOf } from './wanted.ts';

const { signal } = new AbortController();

/** An API server with the project's kinds. */
async function aCluster(): Promise<EmbeddedApi> {
  const world = await anEmbeddedApi();
  await applyDefinitions(world.api, new URL('../../../crds', import.meta.url).pathname);
  return world;
}

/** What a person may ask of it; these resources are refused. */
function asPerson({ client }: EmbeddedApi, ...refused: readonly string[]): Question {
  const check = <T extends KubeObject>({ plural }: Resource<T>): void => {
    if (refused.includes(plural)) throw new Forbidden(`Cannot list ${plural}: forbidden`, { status: 403 });
  };
  return {
    signal,
    namespace: undefined,
    kube: {
      serverNow: () => client.serverNow(),
      askService: (...question) => client.askService(...question),
      async get(resource, ...rest) {
        check(resource);
        return client.get(resource, ...rest);
      },
      async list(resource, ...rest) {
        check(resource);
        return client.list(resource, ...rest);
      },
    },
  };
}

async function ask(name: string, question: Question): Promise<Explanation> {
  const wanted = wantedOf(name);
  const answer = wanted === undefined ? 'no name' : await answerTo(wanted, question);
  if (typeof answer === 'string') throw new TypeError(answer);
  return answer;
}

function missed({ missing }: Pick<Explanation, 'missing'>): readonly string[] {
  return missing.map(({ what, because }) => `${what} ${because}`);
}

const aWorkspaceNamed = (name: string): object => ({
  metadata: { name, namespace: 'default' },
  resource: { labelSelector: { matchLabels: { a: 'b' } } },
  inference: { preset: { name: 'phi-3-mini-4k-instruct' } },
});

describe('answerTo', () => {
  test('without a controller a claim is explained all the same, and what the controller tells is missing', async () => {
    const world = await aCluster();
    await world.create(machines, kaitoMachine({ name: 'ws1' }));
    const told = await ask('ws1', asPerson(world));
    expect(told).toMatchObject({ kind: 'Machine', name: 'ws1', verdict: 'wrong', holds: ['No controller was found'] });
    expect(told.waitsFor).toBe('the controller, to look at it for the first time');
    expect(missed(told)).toEqual(['what the controller itself tells unreachable']);
  });

  test('what is refused is named with the verb that is needed, and the rest is told', async () => {
    const world = await aCluster();
    await world.create(machines, kaitoMachine({ name: 'ws1' }));
    const told = await ask('machine/ws1', asPerson(world, 'events', 'services', 'nodes', 'leases'));
    expect(told).toMatchObject({ kind: 'Machine', name: 'ws1' });
    expect(missed(told)).toEqual(['the controller’s Service refused', 'events refused']);
    expect(told.missing[1]?.mend).toBe('a role with the verb "list" on events in namespace "default"');
  });

  test('a cluster without any of the kinds has Nodes all the same', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, { metadata: { name: 'n1', labels: { agentpool: 'nodepool1' } } });
    const told = await ask('n1', asPerson(world));
    expect(told).toMatchObject({ kind: 'Node', headline: expect.stringContaining('is not of any claim') });
  });

  test('a name of several things is refused with what to type instead', async () => {
    const world = await aCluster();
    await world.create(machines, kaitoMachine({ name: 'phi' }));
    await world.create(workspaces, aWorkspaceNamed('phi'));
    await expect(ask('phi', asPerson(world))).rejects.toThrow(
      '"phi" is the name of several things: machine/phi, workspace/default/phi',
    );
    expect(await ask('default/phi', asPerson(world))).toMatchObject({ kind: 'Workspace', namespace: 'default' });
  });

  test('a pool is explained by the claim that has it, whatever the controller tells', async () => {
    const world = await aCluster();
    await world.create(machines, kaitoMachine({ name: 'ws1' }));
    expect(await ask('pool/ws1', asPerson(world))).toMatchObject({ kind: 'Machine', name: 'ws1' });
  });

  test('of a name that nobody has any more its events are told, oldest first', async () => {
    const world = await aCluster();
    const involvedObject = { kind: 'Machine', name: 'gone', uid: 'u', apiVersion: 'karpenter.sh/v1alpha5' };
    for (const [index, reason] of ['Ready', 'Deleting'].entries()) {
      const metadata = { name: `gone.${index}`, namespace: 'default' };
      const lastTimestamp = `2026-03-01T12:00:0${index}Z`;
      await world.create(coreEvents, { metadata, involvedObject, type: 'Normal', reason, message: 'm', lastTimestamp });
    }
    const told = await ask('gone', asPerson(world));
    expect(told).toMatchObject({ verdict: 'gone', headline: expect.stringContaining('"gone" is gone') });
    expect(told.events.map(({ reason }) => reason)).toEqual(['Ready', 'Deleting']);
    expect(await ask('never', asPerson(world))).toMatchObject({
      verdict: 'gone',
      headline: expect.stringContaining('There is no'),
    });
  });

  test('another program behind a Service of the same labels is not taken for the controller', async () => {
    const world = await aCluster();
    const labels = { 'app.kubernetes.io/name': 'gpu-provisioner' };
    const spec = { selector: labels, ports: [{ name: 'http-metrics', port: 8080 }] };
    await world.create(services, { metadata: { name: 's', namespace: 'default', labels }, spec });
    const told = await ask('never', asPerson(world));
    expect(told.missing).toMatchObject([{ because: 'unreachable', why: expect.stringContaining('no endpoints') }]);
  });
});

describe('look', () => {
  test('a cluster with nothing of ours is an empty fleet without a controller', async () => {
    const fleet = await look(asPerson(await anEmbeddedApi()));
    const report = statusReport(fleet);
    expect(report).toMatchObject({ claims: [], workspaces: [], problems: ['No controller was found'] });
    expect(missed(report)).toEqual([
      'Machines absent',
      'NodeClaims absent',
      'Workspaces absent',
      'what the controller itself tells unreachable',
    ]);
  });
});

describe('wantedOf', () => {
  test.each([
    ['ws1', { kinds: ['machine', 'nodeclaim', 'workspace', 'node', 'pool'], name: 'ws1' }],
    ['machine/ws1', { kinds: ['machine'], name: 'ws1' }],
    ['NodeClaims/ws1', { kinds: ['nodeclaim'], name: 'ws1' }],
    ['workspace/ns/phi', { kinds: ['workspace'], namespace: 'ns', name: 'phi' }],
    ['ns/phi', { kinds: ['workspace'], namespace: 'ns', name: 'phi' }],
    ['node/aks-ws1-1-vmss000000', { kinds: ['node'], name: 'aks-ws1-1-vmss000000' }],
    ['machine/ns/x', undefined],
    ['a/b/c/d', undefined],
    ['x,metadata.name!=y', undefined],
    ['', undefined],
    ['../secrets', undefined],
  ])('reads %j', (text, wanted) => {
    expect(wantedOf(text)).toEqual(wanted);
  });
});
