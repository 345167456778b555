// What deletes and changes Nodes in real life, against the embedded API server: each by what it leaves there.
import { describe, expect, it } from 'vitest';
import { startAks, type Aks } from '../aks/aks.ts';
import type { AksScript } from '../aks/script.ts';
import { objectAt, textAt, textMapAt, type JsonObject } from '../aks/json.ts';
import { startKubeApi } from '../kube/server.ts';
import { ManualClock } from '../manual-clock.ts';
import { Api, itemsOf } from './api.ts';
import { readiness } from './node-reading.ts';
import { startVirtualNodes, type VirtualNodes } from './virtual-nodes.ts';

// A pool's 180 emulated seconds are 180 real milliseconds.
const timeScale = 1000;
const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 20 } as const;

interface Stage extends AsyncDisposable {
  readonly aks: Aks;
  readonly nodes: VirtualNodes;
  /** How often the cloud was asked for a machine. */
  looks(): number;
  /** The Node of nodepool1 with the lowest number, as it is now. */
  node(): Promise<JsonObject | undefined>;
  edit(patch: object): Promise<void>;
  /** `source reason` of the events about it. */
  words(): Promise<readonly string[]>;
}

interface Wish {
  readonly script?: AksScript;
  /** Default false: a Node that a test leaves NotReady stays so, however long the machine takes. */
  readonly autoRepair?: boolean;
  /** Absent: time runs by itself. It passes in steps, each when the test looks at the Node or for words about it. */
  readonly clock?: ManualClock;
}

const stepSeconds = 10;

async function aStage({ script = {}, autoRepair = false, clock }: Wish = {}): Promise<Stage> {
  const time = clock === undefined ? { timeScale } : { clock };
  await using stack = new AsyncDisposableStack();
  const kube = stack.adopt(await startKubeApi({ insecure: true }), (server) => server.close());
  const aks = stack.adopt(
    await startAks({ subscription: 's', resourceGroup: 'rg', cluster: 'mc', ...time, script }),
    (server) => server.close(),
  );
  const api = stack.adopt(new Api(kube), (client) => client.close());
  const errors: unknown[] = [];
  stack.defer(() => {
    if (errors.length > 0) throw new AggregateError(errors, 'The virtual nodes met errors');
  });
  let looks = 0;
  const cloud = {
    onInstance: aks.onInstance.bind(aks),
    repair: aks.repair.bind(aks),
    hasMachine: (idOrName: string) => {
      looks += 1;
      return aks.hasMachine(idOrName);
    },
  };
  const onError = (error: unknown): number => errors.push(error);
  const nodes = stack.adopt(
    await startVirtualNodes({ api: kube, aks: cloud, ...time, autoRepair, onError }),
    (started) => started.close(),
  );
  const node = async (): Promise<JsonObject | undefined> => {
    clock?.advance(stepSeconds);
    return itemsOf((await api.get('/api/v1/nodes', signal)).body)[0];
  };
  await expect.poll(async () => readiness(await node()), patience).toBe('True');
  await expect.poll(async () => objectAt(await node(), 'spec')['providerID'], patience).toBeTypeOf('string');
  const { name = '' } = textMapAt(await node(), 'metadata');
  const owned = stack.move();
  return {
    aks,
    nodes,
    looks: () => looks,
    node,
    edit: async (patch) => {
      expect((await api.merge(`/api/v1/nodes/${name}`, patch, signal)).status).toBe(200);
    },
    words: async () => {
      clock?.advance(stepSeconds);
      const { body } = await api.get('/api/v1/namespaces/default/events', signal);
      return itemsOf(body)
        .filter((event) => textAt(objectAt(event, 'involvedObject'), 'name') === name)
        .map((event) => `${textAt(objectAt(event, 'source'), 'component')} ${textAt(event, 'reason')}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function uidIn(node: JsonObject | undefined): string | undefined {
  return textAt(objectAt(node, 'metadata'), 'uid');
}

describe('the cloud controller manager', () => {
  it('leaves a NotReady Node alone whose machine is there', async () => {
    await using stage = await aStage();
    const [name = ''] = stage.nodes.names();
    await stage.nodes.setReady(name, false);
    const before = stage.looks();
    await expect.poll(() => stage.looks() - before, patience).toBeGreaterThan(2);
    expect(objectAt(await stage.node(), 'metadata')['deletionTimestamp']).toBeUndefined();
    expect(readiness(await stage.node())).toBe('False');
  });

  it('deletes a Node whose machine it does not find, once it is NotReady, and the kubelet does not bring it back', async () => {
    await using stage = await aStage();
    await stage.edit({ metadata: { finalizers: ['example.org/keep'] } });
    await stage.nodes.storm(stage.nodes.names());
    await expect
      .poll(async () => objectAt(await stage.node(), 'metadata')['deletionTimestamp'], patience)
      .toBeTypeOf('string');
    await stage.edit({ metadata: { finalizers: null } });
    await expect.poll(() => stage.node(), patience).toBeUndefined();
    const [name = ''] = stage.nodes.names();
    await stage.nodes.setReady(name, true);
    expect(await stage.node()).toBeUndefined();
    // The machine is there all the same: booted again it registers a new Node.
    expect(stage.aks.repair(name, 'reboot')).toBe(true);
    await expect.poll(async () => readiness(await stage.node()), patience).toBe('True');
  });
});

describe('the upgrader', () => {
  it('marks, drains and deletes the Node, says so, and the machine joins under its name with another UID', async () => {
    await using stage = await aStage({ script: { timing: { upgradeSeconds: 400 } } });
    const before = await stage.node();
    await stage.edit({ metadata: { finalizers: ['example.org/keep'] } });
    stage.aks.upgradePool('nodepool1');
    await expect
      .poll(async () => objectAt(await stage.node(), 'metadata')['deletionTimestamp'], patience)
      .toBeTypeOf('string');
    const marked = await stage.node();
    expect(objectAt(marked, 'spec')['unschedulable']).toBe(true);
    expect(textMapAt(objectAt(marked, 'metadata'), 'annotations')).toMatchObject({
      'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason': 'upgrade',
    });
    expect(await stage.words()).toEqual(['upgrader Drain', 'upgrader Upgrade']);
    await stage.edit({ metadata: { finalizers: null } });
    await expect
      .poll(async () => [uidIn(await stage.node()) === uidIn(before), readiness(await stage.node())], patience)
      .toEqual([false, 'True']);
  });
});

// A machine is away for 70 seconds, and after 600 the next remedy is due: a stall of ours must not bring it.
const repaired = (): Wish => ({ autoRepair: true, clock: new ManualClock() });

describe('auto-repair', () => {
  it('boots the machine of a Node again that stays NotReady for ten minutes', async () => {
    await using stage = await aStage(repaired());
    const before = await stage.node();
    const [name = ''] = stage.nodes.names();
    await stage.nodes.fail(name, 'reboot');
    await expect.poll(async () => readiness(await stage.node()), patience).toBe('True');
    expect(uidIn(await stage.node())).toBe(uidIn(before));
    await expect.poll(() => stage.words(), patience).toEqual(['aks-auto-repair NodeRebootStart']);
  });

  it('images a machine anew that a reboot did not cure: another Node of its name', async () => {
    await using stage = await aStage(repaired());
    const before = await stage.node();
    const [name = ''] = stage.nodes.names();
    await stage.nodes.fail(name, 'reimage');
    await expect
      .poll(async () => [uidIn(await stage.node()) === uidIn(before), readiness(await stage.node())], patience)
      .toEqual([false, 'True']);
    await expect
      .poll(() => stage.words(), patience)
      .toEqual(['aks-auto-repair NodeRebootStart', 'aks-auto-repair NodeReimageStart']);
  });
});

describe('/admin/nodes', () => {
  it('plays the same, and says what is not there', async () => {
    await using stage = await aStage();
    stage.aks.nodeDeeds = stage.nodes;
    const ask = (method: string, path: string, body?: object): Promise<Response> =>
      fetch(`${stage.aks.url}/admin/nodes${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const names: unknown = await (await ask('GET', '')).json();
    expect(names).toEqual(stage.nodes.names());
    const [name = ''] = stage.nodes.names();
    expect((await ask('POST', `/${name}/ready`, { ready: false })).status).toBe(204);
    expect(readiness(await stage.node())).toBe('False');
    expect((await ask('POST', `/${name}/reboot`)).status).toBe(204);
    await expect.poll(async () => readiness(await stage.node()), patience).toBe('True');
    expect((await ask('POST', '/storm', { nodes: ['nope'] })).status).toBe(404);
    expect((await ask('POST', '/nope/fail', { curedBy: 'reimage' })).status).toBe(404);
    expect((await ask('POST', '/nope/reimage')).status).toBe(404);
    stage.aks.nodeDeeds = undefined;
    expect((await ask('GET', '')).status).toBe(404);
  });
});
