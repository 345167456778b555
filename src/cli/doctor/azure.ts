// What the doctor knows of Azure here: the cluster's names, the identity, and whether anything may be asked of it.
import { createArmClient } from '../../azure/arm-adapter.ts';
import type { ArmClient } from '../../azure/arm-client.ts';
import { ArmError, localCodes } from '../../azure/arm-errors.ts';
import { causeOf } from '../../azure/causes.ts';
import { ConfigurationError } from '../../azure/configuration-error.ts';
import { createCredential, CredentialFailed } from '../../azure/credentials.ts';
import { endpointOf, type ArmEndpoint } from '../../azure/endpoint.ts';
import { checkProxy } from '../../azure/proxy-setting.ts';
import type { Clock } from '../../clock.ts';
import type { DoctorOptions } from '../../options.ts';
import { version } from '../../version.ts';
import { Unlooked } from './check.ts';
import { once } from './once.ts';

export interface ClusterName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly clusterName: string;
}

export interface Azure {
  readonly cluster: ClusterName;
  readonly endpoint: ArmEndpoint;
  readonly arm: ArmClient;
  /** Undefined where ARM is a loopback address, to which nothing is shown. Throws CredentialFailed. */
  readonly token: () => Promise<string | undefined>;
}

/** What is set of a workload identity, by the webhook or by a person. */
export function hasFederatedIdentity({ tenantId, clientId, federatedTokenFile }: DoctorOptions): boolean {
  return [tenantId, clientId, federatedTokenFile].every((each) => each !== undefined);
}

/** How the checks of Azure are made, for whoever asked from a place that has no identity. */
export function inTheCluster(namespace = 'NAMESPACE'): readonly string[] {
  return [
    `helm test gpu-provisioner --namespace ${namespace} --logs    # as a pod of the chart, as the controller`,
    `kubectl exec --namespace ${namespace} deploy/gpu-provisioner -- /nodejs/bin/node /app/main.mjs doctor`,
  ];
}

export interface AzureOptions {
  readonly options: DoctorOptions;
  readonly clock: Clock;
  /** In a pod the identity is meant to be had, so that its lack is a finding and no excuse. */
  readonly inPod: boolean;
}

/** Throws Unlooked where the cluster's names or the identity are missing, and ConfigurationError. */
export function azureOf({ options, clock, inPod }: AzureOptions): Azure {
  const { subscriptionId, resourceGroup, clusterName } = options;
  const endpoint = endpointOf({ cloud: options.cloud, armEndpoint: options.armEndpoint });
  const missing = Object.entries({
    ARM_SUBSCRIPTION_ID: subscriptionId,
    ARM_RESOURCE_GROUP: resourceGroup,
    AZURE_CLUSTER_NAME: clusterName,
  }).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const mayAsk = inPod || hasFederatedIdentity(options) || endpoint.authentication === 'none';
  if (!mayAsk) throw new Unlooked('Needs the identity of the controller; the check "identity" says who has it');
  if (subscriptionId === undefined || resourceGroup === undefined || clusterName === undefined)
    throw new Unlooked(`Needs ${missing.join(', ')}, which ${missing.length > 1 ? 'are' : 'is'} not set`);
  checkProxy(process.env);
  const cluster = { subscriptionId, resourceGroup, clusterName };
  const credential = createCredential({ ...options, cloud: endpoint.cloud, clock });
  return {
    cluster,
    endpoint,
    arm: createArmClient({ ...cluster, endpoint, credential, version, clock }),
    token: once(async () => {
      if (endpoint.authentication === 'none') return undefined;
      return (await credential.getToken([endpoint.cloud.scope]))?.token;
    }),
  };
}

/** The token, for a check that is about something else. Throws Unlooked where there is none. */
export async function tokenFor(azure: Azure): Promise<string | undefined> {
  try {
    return await azure.token();
  } catch (error) {
    if (error instanceof CredentialFailed)
      throw new Unlooked('Needs a token for Azure; the check "identity" says why there is none');
    throw error;
  }
}

export function resourceIdOf({ subscriptionId, resourceGroup, clusterName }: ClusterName): string {
  const parts = { subscriptions: subscriptionId, resourceGroups: resourceGroup };
  const scope = Object.entries(parts).map(([kind, name]) => `/${kind}/${encodeURIComponent(name)}`);
  const provider = '/providers/Microsoft.ContainerService/managedClusters/';
  return `${scope.join('')}${provider}${encodeURIComponent(clusterName)}`;
}

/** What went wrong in the words that the controller's claims have for it. */
export function headlineOf(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  return causeOf(error instanceof CredentialFailed ? asCall(error) : error).headline;
}

function asCall(error: CredentialFailed): ArmError {
  const { subcode, message } = error;
  const failure = { code: localCodes.credential, armMessage: message, ...(subcode === undefined ? {} : { subcode }) };
  return new ArmError({ operation: 'cluster' }, failure, { cause: error });
}
