// The options that say which cluster, as whom, and through which endpoints of Azure.
import { duration, oneOf, text, webAddress } from './kinds.ts';
import { defaulted, optional, required, type Table } from './table.ts';

// The names are those of the Go provisioner's environment (Azure/gpu-provisioner pkg/auth/config.go and its chart).
export const azure = {
  subscriptionId: required('arm-subscription-id', text, 'Subscription of the cluster'),
  resourceGroup: required('arm-resource-group', text, 'Resource group of the cluster'),
  clusterName: required('azure-cluster-name', text, 'Name of the cluster'),
  location: optional('location', text, "Accepted for the Go provisioner's sake, without effect"),
  tenantId: optional('azure-tenant-id', text, 'Tenant of the identity'),
  clientId: optional('azure-client-id', text, 'Client id of the identity'),
  federatedTokenFile: optional('azure-federated-token-file', text, 'File with the token for workload identity'),
  authorityHost: optional('azure-authority-host', webAddress, 'Token endpoint, if not the one of the cloud'),
  cloud: optional('azure-environment', text, 'Cloud, such as AzurePublicCloud or AzureChinaCloud'),
  deploymentMode: defaulted(
    'deployment-mode',
    oneOf(['self-hosted', 'managed']),
    'self-hosted',
    'Whether the identity comes from a federated token or from the host',
  ),
  armEndpoint: optional('arm-endpoint', webAddress, 'Azure Resource Manager; plain http on loopback only'),
  armPollFastMs: defaulted('arm-poll-fast', duration(), 15_000, 'Between LISTs while something is in flight'),
  armPollIdleMs: defaulted(
    'arm-poll-idle',
    duration(),
    300_000,
    'Between LISTs at rest, and between looks at the cluster; five times as often while it is not settled',
  ),
} satisfies Table;
