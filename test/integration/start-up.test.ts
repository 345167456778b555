// A controller that lacks something at its start: it lives, says what is missing wherever people look, and goes on by itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, onTestFinished, type ExpectStatic } from 'vitest';
import { writeFederatedToken } from '../../hack/sandbox/aks/federated-token.ts';
import type { PolicyRule } from '../../hack/sandbox/kube/access/rules.ts';
import type { AksScript } from '../../hack/sandbox/aks/script.ts';
import { kaitoMachine } from '../support/machines.ts';
import { startUpWorld, type StartUpWorld } from '../support/start-up-world.ts';
import { holdsPromises } from '../support/promises.ts';
import { scenarioTime } from '../support/scenario.ts';
import { conditionOf } from '../support/world-things.ts';

const name = 'ws6fa1b2c3d';
const agentPools = 'Microsoft.ContainerService/managedClusters/agentPools';
/** Seconds of the world in one of ours: processes start slowly on a busy machine, and a lease is lost within ten of them. */
const rates = { usual: 10, rights: 5, lease: 2 } as const;
const brief = { timing: { createSeconds: 6, allocateSeconds: 2, joinSeconds: 4 } } as const;

interface Lack {
  readonly what: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: AksScript;
  /** The cause, first in each place. */
  readonly says: RegExp;
  /** Absent: only another start can have it. */
  readonly mend?: (world: StartUpWorld, tokenFile: string) => Promise<void> | void;
}

const aDeployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'gpu-provisioner', namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'gpu-provisioner' } },
    template: {
      metadata: { labels: { app: 'gpu-provisioner' } },
      spec: { containers: [{ name: 'controller', image: 'controller' }] },
    },
  },
};

const soon = new Date(Date.now() + 24 * 3_600_000);

const lacks: readonly Lack[] = [
  {
    what: 'no identity in the environment',
    env: { AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_FEDERATED_TOKEN_FILE: '' },
    says: /^No token for Azure: AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE not set.*; set up workload/,
  },
  {
    what: 'a token file that is not there yet',
    says: /^No token for Azure: cannot read the federated token file ".*" \(ENOENT\); the webhook/,
    mend: ({ identity }, tokenFile) => writeFederatedToken(tokenFile, identity, { expires: soon }),
  },
  {
    what: 'a role without the right to see pools',
    script: { deny: [`${agentPools}/read`] },
    says: /^The identity lacks the action Microsoft\.ContainerService\/managedClusters\/agentPools\/read; give it a role/,
    mend: ({ world }) => world.azure.setScript({ ...world.azure.script, deny: [] }),
  },
  {
    what: 'a cluster that is not there',
    env: { AZURE_CLUSTER_NAME: 'other' },
    says: /^Subscription, resource group or cluster not found \(ResourceNotFound\); check their names/,
  },
];

interface MissingRight {
  readonly what: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the API server lets the controller do. */
  readonly rules?: readonly PolicyRule[];
  readonly status: number;
  readonly reason: string;
  readonly says: RegExp;
  readonly mend: (world: StartUpWorld) => Promise<void> | void;
}

const everything = { verbs: ['*'], resources: ['*'] } as const;
const groups = ['', 'apps', 'storage.k8s.io', 'events.k8s.io', 'apiextensions.k8s.io'];
const allowAll = (world: StartUpWorld): void => world.allow();

const rights: readonly MissingRight[] = [
  {
    what: 'the namespace of its lease',
    env: { LEADER_ELECT: 'true', LEADER_ELECTION_NAMESPACE: 'nowhere' },
    status: 503,
    reason: 'LeaseUnavailable',
    says: /lease failed: .*namespaces "nowhere" not found; create the namespace, or name another/,
    mend: ({ world }) =>
      world.create('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nowhere' } }),
  },
  {
    what: 'the right to its lease',
    env: { LEADER_ELECT: 'true' },
    rules: [{ ...everything, apiGroups: [...groups, 'karpenter.sh'] }],
    status: 503,
    reason: 'LeaseUnavailable',
    says: /lease failed: .*cannot get resource "leases".*; give its ServiceAccount the roles of the chart/,
    mend: allowAll,
  },
  {
    what: 'the right to see claims',
    rules: [{ ...everything, apiGroups: [...groups, 'coordination.k8s.io'] }],
    status: 503,
    reason: 'NotWatching',
    says: /machines failed: .*cannot list resource "machines".*; give its ServiceAccount the roles of the chart/,
    mend: allowAll,
  },
  {
    what: 'the right to say anything on a claim',
    rules: [
      { ...everything, apiGroups: [...groups, 'coordination.k8s.io'] },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['karpenter.sh'], resources: ['machines', 'nodeclaims'] },
    ],
    status: 200,
    reason: 'PermissionMissing',
    says: /permissions failed \(not required\): .*cannot patch resource "machines.*; give its ServiceAccount/,
    mend: allowAll,
  },
];

async function startIn({ world }: StartUpWorld, env: Readonly<Record<string, string>>): Promise<void> {
  await world.create('Deployment', aDeployment);
  await world.create('Machine', kaitoMachine({ name }));
  const own = { DEPLOYMENT_NAME: aDeployment.metadata.name, DEPLOYMENT_NAMESPACE: 'default' };
  await world.startController({ killable: true, env: { ...own, ...env } });
}

async function untilTold({ world }: StartUpWorld, reason: string, says: RegExp): Promise<void> {
  await world.until(`event ${reason} on the Deployment says ${says}`, () =>
    world
      .eventsOf(aDeployment.metadata.name)
      .some(
        (event) => event.reason === reason && event.regarding?.kind === 'Deployment' && says.test(event.note ?? ''),
      ),
  );
}

async function untilReadyz({ world }: StartUpWorld, status: number, says: RegExp): Promise<void> {
  await world.until(`readyz answers ${status} and says ${says}`, async () => {
    const answer = await world.controller.health('/readyz?verbose');
    return answer.status === status && says.test(answer.body);
  });
}

/** The same cause at any place in a line. */
const within = ({ source }: RegExp): RegExp => new RegExp(source.replace(/^\^/, ''));

async function goesOn(all: StartUpWorld, expect: ExpectStatic): Promise<void> {
  const { world } = all;
  await world.untilReady(name);
  expect(world.calls('PUT')).toHaveLength(1);
  holdsPromises(world);
}

describe('a controller starts without', () => {
  it.for(lacks)('$what', scenarioTime, async ({ env, script, says, mend }, { expect }) => {
    await using all = await startUpWorld({ rate: rates.usual, ...(script === undefined ? {} : { script }) });
    const { world } = all;
    const folder = await mkdtemp(join(tmpdir(), 'start-up-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const tokenFile = join(folder, 'token');
    await startIn(all, env ?? (script === undefined ? { AZURE_FEDERATED_TOKEN_FILE: tokenFile } : {}));
    const waiting = await world.until(`MachineLaunched says ${says}`, () => {
      const launched = conditionOf(world.machine(name), 'MachineLaunched');
      return says.test(launched?.message ?? '') && launched;
    });
    expect(waiting).toMatchObject({ status: 'Unknown', reason: 'AwaitingAzure' });
    // KAITO shows 256 bytes.
    expect(Buffer.byteLength(waiting.message ?? '')).toBeLessThanOrEqual(200);
    await untilReadyz(all, 200, new RegExp(`\\[-\\]azure failed \\(not required\\): ${within(says).source}`));
    await untilTold(all, 'AzureUnavailable', within(says));
    expect([...world.calls('PUT'), ...world.calls('DELETE')]).toEqual([]);
    if (mend !== undefined) {
      await mend(all, tokenFile);
      await goesOn(all, expect);
      await untilTold(all, 'AzureAnswers', /Azure shows/);
    }
    expect(await world.controller.stop()).toBe(0);
  });

  it.for(rights)('$what', scenarioTime, async ({ env, rules, status, reason, says, mend }, { expect }) => {
    const holdsLease = env?.['LEADER_ELECT'] === 'true';
    await using all = await startUpWorld(holdsLease ? { rate: rates.lease, script: brief } : { rate: rates.rights });
    const { world } = all;
    all.allow(rules);
    await startIn(all, env ?? {});
    await untilReadyz(all, status, says);
    await untilTold(all, reason, new RegExp(says.source.replace(/^(\w+) failed( \\\(not required\\\))?: /, '$1: ')));
    expect([...world.calls('PUT'), ...world.calls('DELETE')]).toEqual([]);
    await mend(all);
    await goesOn(all, expect);
    await untilReadyz(all, 200, /readyz check passed/);
    expect(await world.controller.stop()).toBe(0);
  });
});
