// A whole cluster with Azure behind it, in which scenarios are played: what people do in it, and what they can see.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { stringify } from 'yaml';
import type { ArmRequest } from '../../hack/sandbox/aks/request-log.ts';
import type { OperationName } from '../../hack/sandbox/aks/route.ts';
import type { AksScript } from '../../hack/sandbox/aks/script.ts';
import { Api, expectStatus, itemsOf, type Reply } from '../../hack/sandbox/nodes/api.ts';
import { sandboxBackEnd, type BackEnd, type MakeBackEnd, type WorkspaceClaims } from './world-back-end.ts';
import { WorldClock } from './world-clock.ts';
import { startAsProcess, startInProcess, type RunningController } from './world-controller.ts';
import { History } from './world-history.ts';
import { ApiProxy } from './world-proxy.ts';
import { busyStatus, claimKinds, isThing, isTrue, kinds, says, type KindName, type Thing } from './world-things.ts';

export interface WorldOptions {
  /** What Azure is like. */
  readonly script?: AksScript;
  /** Of each controller that is started. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds of the world in one of ours. */
  readonly rate?: number;
  /** Whether the nodes' GPUs appear. Default true. */
  readonly devicePlugin?: boolean;
  /** Whether AKS repairs nodes that stay NotReady for ten minutes. Default false. */
  readonly autoRepair?: boolean;
  /** Whether Deployments, StatefulSets and Jobs get pods. Default false. */
  readonly workloads?: boolean;
  /** What the module of Workspaces asks for. Default machine. */
  readonly workspaceClaims?: WorkspaceClaims;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** As a process of its own, that can be killed. */
  readonly killable?: boolean;
  /** Its way to the API server is cut from the start. */
  readonly withoutApi?: boolean;
}

/** It did not happen in a time that is far longer than it ever takes. */
class NeverHappened extends Error {
  readonly code = 'NeverHappened';
}

/** Who speaks to Azure and is no controller. */
const personsAgent = 'a person';
/** Seconds of the world in one of ours. */
export const usualRate = 20;
// Of our own time and of the world's, whichever is longer: a busy machine must not fail a scenario.
const patienceMs = { ours: 40_000, world: 300_000 } as const;
const glanceMs = 10;

/** A world without a controller in it. Dispose it: whatever it started ends. */
export async function startWorld(
  { env = {}, rate = usualRate, ...rest }: WorldOptions = {},
  makeBackEnd: MakeBackEnd = sandboxBackEnd,
): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const clock = stack.adopt(new WorldClock({ rate }), (own) => own.keepPace());
  const backEnd = stack.adopt(await makeBackEnd({ clock, script: {}, devicePlugin: true, ...rest }), (started) =>
    started.close(),
  );
  if (backEnd.startController === undefined) clock.spareStalls();
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'gpu-provisioner-world-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const api = stack.adopt(new Api(backEnd.api), (client) => client.close());
  const history = new History(() => clock.now());
  const watching = stack.adopt(new AbortController(), (controller) => controller.abort());
  void history.run(api, watching.signal); // it keeps its failure for check()
  return new World({ clock, backEnd, folder, api, history, env, stack: stack.move() });
}

interface Parts {
  readonly clock: WorldClock;
  readonly backEnd: BackEnd;
  readonly folder: string;
  readonly api: Api;
  readonly history: History;
  readonly env: Readonly<Record<string, string>>;
  readonly stack: AsyncDisposableStack;
}

export class World implements AsyncDisposable {
  readonly clock: WorldClock;
  /** Everything that was seen of the API server. */
  readonly history: History;
  readonly controllers: RunningController[] = [];
  readonly #parts: Parts;
  readonly #life = new AbortController();

  constructor(parts: Parts) {
    this.clock = parts.clock;
    this.history = parts.history;
    this.#parts = parts;
  }

  get azure(): BackEnd['azure'] {
    return this.#parts.backEnd.azure;
  }

  get nodes(): BackEnd['nodes'] {
    return this.#parts.backEnd.nodes;
  }

  /** The newest controller. */
  get controller(): RunningController {
    const controller = this.controllers.at(-1);
    if (controller === undefined) throw new RangeError('No controller was started');
    return controller;
  }

  /** By any of its controllers. */
  get leaseWasLost(): boolean {
    return this.controllers.some((each) => each.leaseWasLost?.() === true);
  }

  /** Resolves when its servers listen. It leads at once, unless the environment asks for an election. */
  async startController({
    env = {},
    killable = false,
    withoutApi = false,
  }: StartOptions = {}): Promise<RunningController> {
    const { backEnd, clock, folder } = this.#parts;
    const proxy = await ApiProxy.start({ target: backEnd.api, now: () => clock.now() });
    if (withoutApi) proxy.cut();
    // It is not to be ahead of the world.
    if (killable) clock.keepPace();
    const kubeconfig = join(folder, `kubeconfig-${this.controllers.length}`);
    await writeFile(kubeconfig, kubeconfigOf(proxy.url, backEnd.controllerToken), { mode: 0o600 });
    const start = backEnd.startController ?? (killable ? startAsProcess : startInProcess);
    const controller = await start({
      api: proxy,
      clock,
      env: {
        ...backEnd.controllerEnv,
        KUBECONFIG: kubeconfig,
        BIND_ADDRESS: '127.0.0.1',
        METRICS_PORT: '0',
        HEALTH_PROBE_PORT: '0',
        LEADER_ELECT: 'false',
        LEADER_ELECTION_NAMESPACE: 'default',
        ARM_POLL_FAST: '5s',
        ARM_POLL_IDLE: '60s',
        // A failed pool is cleaned up, and a lost one replaced, only in a cluster that was seen settled for so long.
        GATE_SETTLE: '10s',
        ...this.#parts.env,
        ...env,
      },
    });
    this.controllers.push(controller);
    return controller;
  }

  async create(kind: KindName, object: object): Promise<void> {
    const post = (): Promise<Reply> => this.#parts.api.post(kinds[kind], object, this.#life.signal);
    expectStatus(await this.#patiently(post), `create a ${kind}`, 201);
  }

  /** A merge patch. */
  async edit(kind: KindName, name: string, patch: object): Promise<void> {
    const path = `${kinds[kind]}/${name}`;
    const merge = (): Promise<Reply> => this.#parts.api.merge(path, patch, this.#life.signal);
    expectStatus(await this.#patiently(merge), `edit ${kind} "${name}"`, 200);
  }

  /** The same for what a kubelet or a controller says of it. */
  async editStatus(kind: KindName, name: string, patch: object): Promise<void> {
    const path = `${kinds[kind]}/${name}/status`;
    const merge = (): Promise<Reply> => this.#parts.api.merge(path, patch, this.#life.signal);
    expectStatus(await this.#patiently(merge), `edit ${kind} "${name}"`, 200);
  }

  async remove(kind: KindName, name: string): Promise<void> {
    const path = `${kinds[kind]}/${name}`;
    const remove = (): Promise<Reply> => this.#parts.api.delete(path, {}, this.#life.signal);
    expectStatus(await this.#patiently(remove), `delete ${kind} "${name}"`, 200, 202);
  }

  /** Whether objects of this kind can be asked for now. */
  async isServed(kind: KindName): Promise<boolean> {
    return (await this.#parts.api.get(kinds[kind], this.#life.signal)).status === 200;
  }

  /** As it is now; undefined when there is none, which an API server that is busy does not say. */
  async get(kind: KindName, name: string): Promise<Thing | undefined> {
    const { status, body } = await this.#read(`${kinds[kind]}/${name}`, 200, 404);
    return status === 200 && isThing(body) ? body : undefined;
  }

  /** As they are now: what was seen of one kind may be a moment behind what was seen of another. */
  async list(kind: KindName, labels = ''): Promise<readonly Thing[]> {
    const { body } = await this.#read(`${kinds[kind]}?labelSelector=${encodeURIComponent(labels)}`, 200);
    const items: readonly unknown[] = itemsOf(body);
    return items.filter(isThing);
  }

  /** The Nodes of a pool, as they are now. */
  nodesNow(pool: string): Promise<readonly Thing[]> {
    return this.list('Node', `agentpool=${pool}`);
  }

  /** As last seen. */
  machine(name: string): Thing | undefined {
    return this.history.get('Machine', name);
  }

  /** The claim of that name, whatever its kind, as last seen. */
  claim(name: string): Thing | undefined {
    return claimKinds.map((kind) => this.history.get(kind, name)).find((thing) => thing !== undefined);
  }

  /** The Nodes of a pool, as last seen. */
  nodesOf(pool: string): readonly Thing[] {
    return this.history.list('Node').filter(({ metadata }) => metadata.labels?.['agentpool'] === pool);
  }

  /** What was told about an object so far. */
  eventsOf(name: string): readonly Thing[] {
    return this.history.list('Event').filter(({ regarding }) => regarding?.name === name);
  }

  /** What the controllers asked of Azure about one pool, or all, in the order of arrival. */
  calls(operation: OperationName, pool?: string): readonly ArmRequest[] {
    return this.azure.log.filter(
      (call) =>
        call.operation === operation &&
        call.userAgent !== personsAgent &&
        (pool === undefined || call.pool?.toLowerCase() === pool),
    );
  }

  /** A pool that somebody else makes, with what Azure needs to know of it. */
  async makePool(name: string, properties: object): Promise<void> {
    const { ARM_SUBSCRIPTION_ID, ARM_RESOURCE_GROUP, AZURE_CLUSTER_NAME } = this.#parts.backEnd.controllerEnv;
    const cluster = `/subscriptions/${ARM_SUBSCRIPTION_ID}/resourceGroups/${ARM_RESOURCE_GROUP}/providers/Microsoft.ContainerService/managedClusters/${AZURE_CLUSTER_NAME}`;
    const { url, ca } = this.azure;
    const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
    const { statusCode, body } = await request(`${url}${cluster}/agentPools/${name}?api-version=2025-05-01`, {
      dispatcher,
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.azure.issueToken()}`,
        'content-type': 'application/json',
        'user-agent': personsAgent,
      },
      body: JSON.stringify({ properties: { count: 1, mode: 'User', vmSize: 'Standard_NC6s_v3', ...properties } }),
    });
    const text = await body.text();
    await dispatcher.close();
    if (statusCode !== 201) throw new RangeError(`Azure does not make pool "${name}": ${text}`);
  }

  /** The pool's provisioningState; undefined when there is none. */
  poolState(pool: string): string | undefined {
    const found = this.azure.pools().find(({ name }) => name === pool);
    const { provisioningState } = Object(found?.['properties']);
    return typeof provisioningState === 'string' ? provisioningState : undefined;
  }

  /** Resolves with the first value that is neither undefined nor false; throws NeverHappened with all that is known. */
  async until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
    const deadline = performance.now() + Math.max(patienceMs.ours, patienceMs.world / this.clock.time.rate);
    for (;;) {
      this.history.check();
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > deadline) throw new NeverHappened(`Never happened: ${what}\n${this.#describe()}`);
      await pause(glanceMs, undefined, { signal: this.#life.signal });
    }
  }

  /** Resolves with the claim when its condition says so. */
  untilCondition(name: string, type: string, status: string, reason?: string): Promise<Thing> {
    return this.until(`${type} of claim "${name}" is ${status}/${reason ?? 'any'}`, () => {
      const claim = this.claim(name);
      return says(claim, { type, status, reason }) && claim;
    });
  }

  untilReady(name: string): Promise<Thing> {
    return this.until(`claim "${name}" is Ready`, () => {
      const claim = this.claim(name);
      return isTrue(claim, 'Ready') && claim;
    });
  }

  async untilGone(kind: KindName, name: string): Promise<void> {
    await this.until(`${kind} "${name}" is gone`, () => this.history.get(kind, name) === undefined);
  }

  untilEvent(about: string, reason: string): Promise<Thing> {
    return this.until(`event ${reason} about "${about}"`, () =>
      this.eventsOf(about).find((event) => event.reason === reason),
    );
  }

  /** Resolves when Azure has had so many such requests. */
  async untilCalls(operation: OperationName, pool: string | undefined, count: number): Promise<void> {
    await this.until(`${count} ${operation} of ${pool}`, () => this.calls(operation, pool).length >= count);
  }

  /** Resolves when so much of the world's time has passed, for what must not happen meanwhile. */
  async pass(seconds: number): Promise<void> {
    await this.clock.sleep(seconds * 1000, { signal: this.#life.signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    // What a scenario broke or holds must not keep a controller from its end.
    for (const { api } of this.controllers) api.cut();
    try {
      await Promise.all(this.controllers.map((controller) => controller.stop()));
      await Promise.all(this.controllers.map(({ api }) => api.close()));
    } finally {
      // Others may wait for the back end, however the controllers ended.
      await this.#parts.stack.disposeAsync();
    }
  }

  async #read(path: string, ...expected: readonly number[]): Promise<Reply> {
    const get = (): Promise<Reply> => this.#parts.api.get(path, this.#life.signal);
    return expectStatus(await this.#patiently(get), `read ${path}`, ...expected);
  }

  /** Until it was carried out or refused: an API server that is too busy has done nothing. */
  async #patiently(call: () => Promise<Reply>): Promise<Reply> {
    for (;;) {
      const reply = await call();
      if (reply.status !== busyStatus) return reply;
      await pause(glanceMs, undefined, { signal: this.#life.signal });
    }
  }

  #describe(): string {
    const things = [...claimKinds, 'Pod' as const]
      .flatMap((kind) => this.history.list(kind))
      .map(({ metadata, spec, status }) => {
        const { managedFields: _, ...told } = { managedFields: undefined, ...metadata };
        return `${metadata.name}: ${JSON.stringify({ metadata: told, node: Object(spec)['nodeName'], status })}`;
      });
    const calls = this.azure.log
      .filter(({ operation }) => operation !== 'LIST')
      .slice(-20)
      .map(({ operation, pool, status, code }) => `${operation} ${pool ?? ''} ${status ?? 'unanswered'} ${code ?? ''}`);
    const log = this.controllers.at(-1)?.lines.slice(-25) ?? [];
    const mishaps = this.#parts.backEnd.mishaps.slice(-25);
    return ['Claims and pods:', ...things, 'Azure:', ...calls, 'Stand-ins:', ...mishaps, 'Controller:', ...log].join(
      '\n',
    );
  }
}

function kubeconfigOf(server: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'world', cluster: { server } }],
    users: [{ name: 'world', user: { token } }],
    contexts: [{ name: 'world', context: { cluster: 'world', user: 'world' } }],
    'current-context': 'world',
  });
}
