// What is measured: each function plays one scene and gives rows of docs/DESIGN.md's "Numbers to hold".
import { writesOf, type KubeRequest } from './counting-proxy.ts';
import type { Times } from './fleet.ts';
import { machinesNamed } from './machine.ts';
import { countsBy, secondsOf, spread } from './numbers.ts';
import { openSession, type Session } from './session.ts';

export interface Row {
  readonly what: string;
  readonly hold: string;
  readonly measured: string;
}

/** AKS allows 100 pools a cluster, and one is the system's. */
const most = 99;
const survivors = 20;

/** One Machine from its creation to its end, with nothing else going on. */
export async function one(timeScale: number): Promise<readonly Row[]> {
  await using session = await openSession({ timeScale });
  const bootMs = await session.lead();
  const creation = await counted(session, timeScale, () => createAll(session, 'one', 1));
  const deletion = await counted(session, timeScale, () => deleteAll(session));
  const writes = writesOf([...creation.kube, ...deletion.kube]);
  return [
    { what: 'boot to leading, bundled', hold: 'under 1 s', measured: secondsOf(bootMs) },
    {
      what: 'ARM requests for one creation',
      hold: '1 PUT + a share of one LIST (2 requests) per 15 s',
      measured: creation.azure,
    },
    { what: 'first status after creation', hold: 'under 1 s', measured: spread(firstStatus(session)) },
    { what: 'Ready after the node was', hold: 'under 1 s', measured: spread(afterNode(session)) },
    { what: 'ARM requests for one deletion', hold: '1 GET + 1 DELETE + a share of the LIST', measured: deletion.azure },
    {
      what: 'API server writes in a whole life',
      hold: '16 at most (events, evictions, leases apart)',
      measured: `${writes.length}: ${countsBy(writes.map(describeWrite))}`,
    },
  ];
}

/** As many Machines as a cluster can have, all at once. */
export async function all(timeScale: number): Promise<readonly Row[]> {
  await using session = await openSession({ timeScale });
  await session.lead();
  const creation = await counted(session, timeScale, () => createAll(session, 'many', most));
  const memory = await session.memoryMiB();
  return [
    { what: `ARM requests, ${most} creations`, hold: '1 PUT each + one shared LIST', measured: creation.azure },
    { what: `first status, ${most} at once`, hold: 'under 1 s', measured: spread(firstStatus(session)) },
    { what: `Ready after the node was, ${most}`, hold: 'under 1 s at p99', measured: spread(afterNode(session)) },
    {
      what: `memory at ${most} Machines, bundled`,
      hold: 'under 150 MiB at 1,000',
      measured: memory === undefined ? 'unknown on this system' : `${memory.toFixed(0)} MiB`,
    },
    {
      what: 'API server writes until Ready',
      hold: 'part of 16 (events, evictions, leases apart)',
      measured: `${(writesOf(creation.kube).length / most).toFixed(1)} each`,
    },
  ];
}

/** A region without quota: how soon the Machine says so. */
export async function refusal(timeScale: number): Promise<readonly Row[]> {
  await using session = await openSession({ timeScale, script: { quotas: { regionalCores: 8 } } });
  await session.lead();
  for (const machine of machinesNamed('poor', 1)) await session.create(machine);
  await session.all('the refusal shows', ({ refusedMs }) => refusedMs !== undefined);
  const [times] = session.fleet.all();
  return [
    {
      what: 'ARM refusal of a PUT, on the Machine',
      hold: 'under 2 s, cause in the first 200 bytes',
      measured: `${spread(lags(session, 'postedMs', 'refusedMs'))} after creation: "${times?.message?.slice(0, 200)}"`,
    },
  ];
}

/** The controller dies without a word while pools are being created, and another one starts. */
export async function crash(timeScale: number): Promise<readonly Row[]> {
  await using session = await openSession({ timeScale });
  await session.lead();
  const machines = machinesNamed('crash', survivors);
  await Promise.all(machines.map((machine) => session.create(machine)));
  await session.sent('PUT', survivors);
  await session.kill();
  const leadMs = await session.lead();
  await session.all('every Machine is Ready', ({ readyMs }) => readyMs !== undefined);
  const puts = session.calls.filter(({ operation }) => operation === 'PUT').length;
  return [
    {
      what: `all Ready after a SIGKILL, ${survivors} Machines`,
      hold: 'the floor + 2 s, no second PUT',
      measured:
        `the node + ${spread(afterNode(session))}; ${puts - survivors} more PUT; ` +
        `the new process led after ${secondsOf(leadMs)} (a lease lasts 15 s)`,
    },
  ];
}

async function createAll(session: Session, prefix: string, count: number): Promise<void> {
  await Promise.all(machinesNamed(prefix, count).map((machine) => session.create(machine)));
  await session.all('every Machine is Ready', ({ readyMs }) => readyMs !== undefined);
}

async function deleteAll(session: Session): Promise<void> {
  await Promise.all(session.fleet.names().map((name) => session.delete(name)));
  await session.all('every Machine is gone', ({ goneMs }) => goneMs !== undefined);
}

interface Counted {
  /** Requests by operation, and in what time. */
  readonly azure: string;
  readonly kube: readonly KubeRequest[];
}

/** What was asked while `scene` was played. */
async function counted(session: Session, timeScale: number, scene: () => Promise<void>): Promise<Counted> {
  const calls = session.calls.length;
  const kube = session.kubeRequests.length;
  const startedMs = performance.now();
  await scene();
  const ms = performance.now() - startedMs;
  const azure = countsBy(session.calls.slice(calls).map(({ operation }) => operation));
  return {
    azure: `${azure} in ${secondsOf(ms)} = ${Math.round((ms * timeScale) / 1000)} s of Azure`,
    kube: session.kubeRequests.slice(kube),
  };
}

function firstStatus(session: Session): readonly number[] {
  return lags(session, 'postedMs', 'firstStatusMs');
}

function afterNode(session: Session): readonly number[] {
  return lags(session, 'nodeReadyMs', 'readyMs');
}

type Moment = Extract<keyof Times, `${string}Ms`>;

function lags(session: Session, from: Moment, to: Moment): readonly number[] {
  return session.fleet.all().map((times) => (times[to] ?? Number.NaN) - (times[from] ?? Number.NaN));
}

/** Such as `PATCH machines/status`: the verb and the kind, without names. */
function describeWrite({ method, path }: KubeRequest): string {
  const { pathname } = new URL(path, 'https://kubernetes');
  const [resource = '', , subresource] = pathname
    .replace(/^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?/, '')
    .split('/');
  return `${method} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
