// Whether the API server's cluster is the one whose pools are managed: with another's every pool would lack its claim.
import { nodes } from '../../../apis/resource.ts';
import type { Node } from '../../../apis/wire.ts';
import { ArmError, ArmNotNow } from '../../../azure/arm-errors.ts';
import { groupOfProviderId } from '../../../claims/provider-id.ts';
import type { RestClient } from '../../../kube/rest-client.ts';
import { tokenFor, type Azure } from '../azure.ts';
import { Unlooked, type Check } from '../check.ts';
import { fail, pass } from '../finding.ts';

export const sameCluster: Check = {
  room: 'Azure',
  name: 'nodes',
  async look(the, signal) {
    const azure = the.azure();
    const kube = the.kube();
    const group = await nodeGroupOf(azure, signal);
    const { clusterName, resourceGroup } = azure.cluster;
    const found = await firstOf(group, kube, signal);
    if (found !== undefined) return pass(`Node ${found.metadata.name} is a machine of cluster ${clusterName}`);
    return fail(`No Node of this API server is a machine of cluster ${clusterName}: they are two clusters`, {
      details: [`machines of the cluster are in ${group}`],
      mend: [
        'kubectl get nodes --output custom-columns=NODE:.metadata.name,MACHINE:.spec.providerID',
        `az aks get-credentials --resource-group ${resourceGroup} --name ${clusterName}    # of the cluster that is named`,
      ],
    });
  },
};

/** Throws Unlooked where Azure does not say it. */
async function nodeGroupOf(azure: Azure, signal: AbortSignal): Promise<string> {
  await tokenFor(azure);
  try {
    const { nodeGroup } = await azure.arm.cluster({ signal });
    if (nodeGroup !== undefined) return nodeGroup;
  } catch (error) {
    if (!(error instanceof ArmError) && !(error instanceof ArmNotNow)) throw error;
    throw new Unlooked('Needs the cluster; the check "cluster" says why Azure does not show it');
  }
  throw new Unlooked('Needs to know where the machines of the cluster are, which Azure does not say');
}

// The first page has one almost always: of thousands of Nodes the rest is not read.
const pageSize = 100;

async function firstOf(group: string, kube: RestClient, signal: AbortSignal): Promise<Node | undefined> {
  let continueToken: string | undefined;
  do {
    const from = continueToken === undefined ? {} : { continueToken };
    const page = await kube.list(nodes, { signal, limit: pageSize, ...from });
    const found = page.items.find(({ spec }) => groupOfProviderId(spec?.providerID ?? '') === group);
    if (found !== undefined) return found;
    ({ continueToken } = page);
  } while (continueToken !== undefined);
  return undefined;
}
