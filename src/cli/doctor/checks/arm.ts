// Azure Resource Manager: the way to it, its clock, the cluster, what the identity may do there, and how many pools there are.
import { armGet } from '../../../azure/arm-get.ts';
import { ArmError, ArmNotNow } from '../../../azure/arm-errors.ts';
import { isPermitted, neededActions, readPermissions, type Permission } from '../../../azure/permissions.ts';
import { headlineOf, resourceIdOf, tokenFor, type Azure } from '../azure.ts';
import type { Case, Check } from '../check.ts';
import { verdictOnClock } from '../clock-skew.ts';
import { fail, pass, warn, type Finding } from '../finding.ts';

export const armReachable: Check = {
  room: 'Azure',
  name: 'arm',
  async look(the, signal) {
    const { cluster, endpoint } = the.azure();
    const path = `/subscriptions/${encodeURIComponent(cluster.subscriptionId)}?api-version=2022-12-01`;
    const sentAtMs = the.clock.now().getTime();
    try {
      // Without a token: any answer will do, and the clock of one that refuses is as good as another.
      const answer = await armGet({ endpoint, path, signal });
      const atMs = Date.parse(answer.header('date') ?? '');
      const { host } = new URL(endpoint.url);
      if (Number.isNaN(atMs)) return pass(`${host} answers`);
      // A Date header has whole seconds, and the way there and back is between the two.
      const nowMs = the.clock.now().getTime();
      const aheadMs = atMs + 1000 < sentAtMs ? atMs + 1000 - sentAtMs : Math.max(0, atMs - nowMs);
      const clock = verdictOnClock("Azure's", aheadMs);
      return clock.outcome === 'pass' ? pass(`${host} answers, and its clock agrees with ours`) : clock;
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return fail(headlineOf(error), {
        mend: [
          'Allow egress to port 443 (the chart: networkPolicy.additionalEgress), or set HTTPS_PROXY in controller.env',
        ],
      });
    }
  },
};

export const managedCluster: Check = {
  room: 'Azure',
  name: 'cluster',
  async look(the, signal) {
    const azure = the.azure();
    await tokenFor(azure);
    const { clusterName, resourceGroup } = azure.cluster;
    const named = `--resource-group ${resourceGroup} --name ${clusterName}`;
    try {
      const { power, state } = await azure.arm.cluster({ signal });
      if (power === 'stopped')
        return fail(`Cluster ${clusterName} is stopped: no pool can be created`, { mend: [`az aks start ${named}`] });
      if (state === 'Succeeded') return pass(`Cluster ${clusterName} runs, and no operation is under way`);
      if (state === 'Failed' || state === 'Canceled')
        return warn(`Cluster ${clusterName} is ${state}: nothing is replaced or collected until it is not`, {
          mend: [`az aks update ${named}    # without a change: it reconciles the cluster`],
        });
      return warn(`Cluster ${clusterName} is ${state}: another operation is under way, and pools wait for it`);
    } catch (error) {
      return ofArm(error, [`az aks show ${named} --query id    # compare with settings.azure of the chart`]);
    }
  },
};

export const actions: Check = {
  room: 'Azure',
  name: 'actions',
  async look(the, signal) {
    const azure = the.azure();
    const { endpoint, cluster } = azure;
    const token = await tokenFor(azure);
    const resourceId = resourceIdOf(cluster);
    let permissions: readonly Permission[];
    try {
      permissions = await readPermissions({ endpoint, resourceId, token, now: () => the.clock.now(), signal });
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return warn(`Not known what the identity may do: ${headlineOf(error)}`, {
        details: ['The checks "cluster" and "pools" show that it may read. Writing is not tried.'],
        mend: [assignmentsOf(the, resourceId)],
      });
    }
    const missing = neededActions.filter((action) => !isPermitted(action, permissions));
    if (missing.length === 0)
      return pass(`The identity has all ${neededActions.length} actions that the controller uses`);
    return fail(
      `The identity lacks ${missing.length} of the ${neededActions.length} actions that the controller uses`,
      {
        details: missing,
        mend: [...roleCommands(the, azure), assignmentsOf(the, resourceId)],
      },
    );
  },
};

function assignmentsOf({ options }: Case, resourceId: string): string {
  const who = options.clientId ?? 'CLIENT_ID';
  return `az role assignment list --assignee ${who} --scope ${resourceId} --include-inherited --output table`;
}

/** docs/azure-role.json as one command, so that nobody needs the file; a new role takes minutes to count. */
function roleCommands({ options }: Case, { cluster }: Azure): readonly string[] {
  const role = {
    Name: 'GPU provisioner',
    Actions: neededActions,
    AssignableScopes: [`/subscriptions/${cluster.subscriptionId}`],
  };
  const scope = resourceIdOf(cluster);
  return [
    `az role definition create --role-definition '${JSON.stringify(role)}'    # "update", where it exists`,
    `az role assignment create --assignee ${options.clientId ?? 'CLIENT_ID'} --role 'GPU provisioner' --scope ${scope}`,
  ];
}

// AKS allows so many in a cluster (learn.microsoft.com/azure/aks/quotas-skus-regions); each claim takes one.
const mostPools = 100;
const manyPools = 90;

export const pools: Check = {
  room: 'Azure',
  name: 'pools',
  async look(the, signal) {
    const azure = the.azure();
    await tokenFor(azure);
    const { clusterName, resourceGroup } = azure.cluster;
    try {
      const { length } = await azure.arm.list({ signal });
      const message = `The cluster has ${length} of at most ${mostPools} agent pools`;
      const mend = [
        `az aks nodepool list --resource-group ${resourceGroup} --cluster-name ${clusterName} --output table`,
        'Delete claims or pools that nobody needs; each claim takes one pool',
      ];
      if (length >= mostPools) return fail(`${message}: no claim gets another one`, { mend });
      return length >= manyPools ? warn(message, { mend }) : pass(message);
    } catch (error) {
      return ofArm(error, []);
    }
  },
};

/** Of a refusal; everything else is thrown on. */
function ofArm(error: unknown, mend: readonly string[]): Finding {
  if (error instanceof ArmNotNow) return warn(headlineOf(error));
  if (!(error instanceof ArmError)) throw error;
  return fail(headlineOf(error), mend.length === 0 ? {} : { mend });
}
