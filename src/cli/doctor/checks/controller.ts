// The controller itself: its replicas, its leader, and what it tells of Azure, its gate and leaked pools.
import type { Deployment, Pod } from '../../../apis/wire.ts';
import type { FeedPool, StatusFeed } from '../../../status/feed.ts';
import { lasted } from '../../printing/lasted.ts';
import { shellWord } from '../../printing/shell-word.ts';
import type { Missing } from '../../asking/answer.ts';
import type { Controller } from '../../asking/controller.ts';
import type { Surroundings } from '../surroundings.ts';
import { feedOfPods } from '../pod-feed.ts';
import { Unlooked, type Case, type Check } from '../check.ts';
import { fail, pass, skip, warn, type Finding } from '../finding.ts';

export const replicas: Check = {
  room: 'Controller',
  name: 'replicas',
  async look(the) {
    the.kube();
    const surroundings = the.surroundings();
    const found = await surroundings.ours();
    const [deployment] = found;
    if (deployment === undefined) return missing(surroundings, await surroundings.controller());
    return verdict(deployment, await surroundings.pods());
  },
};

function missing({ namespace }: Surroundings, { leader: lease }: Controller): Finding {
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  if (lease.known && lease.value?.holder !== undefined && !lease.value.expired)
    return warn(`${lease.value.holder} leads, and no Deployment of it was found${where}`);
  return fail(`No controller is installed${where}`, {
    mend: ['helm install gpu-provisioner <chart> --namespace gpu-provisioner --create-namespace --values VALUES'],
  });
}

function verdict({ metadata, spec, status }: Deployment, pods: readonly Pod[]): Finding {
  const { name, namespace = '' } = metadata;
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  if (wanted === 0)
    return fail(`Deployment ${namespace}/${name} is scaled to 0: nobody works`, {
      mend: [`kubectl scale deployment ${name} --namespace ${namespace} --replicas 2`],
    });
  const message = `${ready} of ${wanted} pods of Deployment ${namespace}/${name} are ready`;
  if (ready >= wanted) return pass(message);
  const more = {
    details: pods.flatMap(troubleOf),
    mend: [`kubectl describe pods --namespace ${namespace} --selector ${selectorOf(spec)}`],
  };
  return ready === 0 ? fail(message, more) : warn(message, more);
}

function selectorOf(spec: Deployment['spec']): string {
  return Object.entries(spec?.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function troubleOf({ metadata, status }: Pod): readonly string[] {
  const waiting = (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? []);
  const unscheduled = (status?.conditions ?? []).filter(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  return [...waiting, ...unscheduled].map(
    ({ message, reason }) =>
      `Pod ${metadata.name}: ${[reason, message].filter((text) => (text ?? '') !== '').join(': ')}`,
  );
}

export const leader: Check = {
  room: 'Controller',
  name: 'leader',
  async look(the) {
    const kube = the.kube();
    const found = (await the.surroundings().controller()).leader;
    if (!found.known) return skip(found.missing.why, mendOf(found.missing));
    const lease = found.value;
    if (lease === undefined && (await the.surroundings().ours()).length === 0)
      throw new Unlooked('Needs a controller: no Deployment of one was found');
    if (lease === undefined)
      return fail('Nobody has led yet: there is no lease', {
        mend: ['kubectl get leases --all-namespaces | grep gpu-provisioner'],
      });
    const age = lease.renewedAt === undefined ? undefined : kube.serverNow().getTime() - Date.parse(lease.renewedAt);
    const details = age === undefined ? [] : [`renewed ${lasted(age)} ago, in namespace "${lease.namespace}"`];
    if (lease.holder !== undefined && !lease.expired) return pass(`${lease.holder} leads`, { details });
    return fail(
      lease.holder === undefined ? 'Nobody leads' : `Nobody leads: ${lease.holder} has let its lease expire`,
      {
        details,
        mend: [
          `kubectl logs --namespace ${lease.namespace} --selector app.kubernetes.io/name=gpu-provisioner --prefix`,
        ],
      },
    );
  },
};

/** Throws Unlooked where it cannot be had. */
async function feedOf(the: Case, signal: AbortSignal): Promise<StatusFeed> {
  the.kube();
  const surroundings = the.surroundings();
  const { feed } = await surroundings.controller();
  if (feed.known) return feed.value;
  if (!the.inPod) {
    const { mend, why } = feed.missing;
    throw new Unlooked(`Needs the status feed of the controller: ${why}`, mend === undefined ? [] : [mend]);
  }
  const [deployment] = await surroundings.ours();
  const direct = await feedOfPods(await surroundings.pods(), { deployment, signal });
  if (direct !== undefined) return direct;
  throw new Unlooked('Needs the status feed of the controller: none of its pods answers from here', [
    "Let this pod reach the controller's metrics port (the chart: networkPolicy.metricsFrom), or run it from outside",
  ]);
}

export const feed: Check = {
  room: 'Controller',
  name: 'status-feed',
  async look(the, signal) {
    const { azure, gate, instance } = await feedOf(the, signal);
    const findings: Finding[] = [pass(`${instance} tells how it is`)];
    if (!azure.ok)
      findings.push(
        fail(`The controller gets no answer from Azure: ${azure.detail}`, {
          mend: ['gpu-provisioner doctor    # as a pod: the checks of Azure'],
        }),
      );
    if (gate.state === 'closed')
      findings.push(
        warn(
          `The gate is closed: nothing is replaced or collected${gate.message === undefined ? '' : `: ${gate.message}`}`,
        ),
      );
    return findings;
  },
};

const leaks: ReadonlySet<FeedPool['ownership']> = new Set(['orphan', 'orphan_in_use', 'ambiguous'] as const);

export const orphans: Check = {
  room: 'Controller',
  name: 'orphan-pools',
  async look(the, signal) {
    const { cluster, pools } = await feedOf(the, signal);
    const found = pools.filter(({ ownership }) => leaks.has(ownership));
    if (found.length === 0) return pass('Every pool that was made for a claim has its claim');
    const usd = found.reduce((sum, { usdPerHour = 0 }) => sum + usdPerHour, 0);
    const what = found.length === 1 ? '1 pool has' : `${found.length} pools have`;
    const { name: clusterName, resourceGroup, subscriptionId } = cluster;
    const named = `--subscription ${shellWord(subscriptionId)} --resource-group ${shellWord(resourceGroup)} --cluster-name ${shellWord(clusterName)}`;
    return warn(`${what} no claim${usd > 0 ? `, for $${usd.toFixed(2)} an hour` : ''}`, {
      details: found
        .slice(0, 10)
        .map(({ ageSeconds, message, name, ownership, vmSize }) =>
          [`${name} (${vmSize}, ${ownership}, for ${lasted(ageSeconds * 1000)})`, message]
            .filter((text) => text !== undefined)
            .join(': '),
        ),
      mend: found
        .slice(0, 1)
        .flatMap(({ name }) => [
          `gpu-provisioner why ${shellWord(`pool/${name}`)}`,
          `az aks nodepool delete ${named} --name ${shellWord(name)}    # if nobody needs it`,
        ]),
    });
  },
};

function mendOf({ mend }: Missing): Pick<Finding, 'mend'> {
  return mend === undefined ? {} : { mend: [mend] };
}
