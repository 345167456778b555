// Azure's SDK, set up so that it does what it is told: no retries, no redirects, no token where none may go.
import { ContainerServiceClient, type AgentPool as SdkAgentPool } from '@azure/arm-containerservice';
import type { Pipeline } from './arm-pipeline.ts';
import type { ArmCredential } from './credentials.ts';
import type { ArmEndpoint } from './endpoint.ts';
import type { AgentPoolBody } from './pool-body.ts';

export interface SdkClientOptions {
  readonly subscriptionId: string;
  readonly endpoint: ArmEndpoint;
  readonly credential: ArmCredential;
  readonly version: string;
}

type SdkClient = Pick<ContainerServiceClient, 'agentPools' | 'machines' | 'managedClusters'>;

export function createSdkClient(options: SdkClientOptions, policy: Pipeline['policy']): SdkClient {
  const { subscriptionId, endpoint, credential, version } = options;
  const client = new ContainerServiceClient(credential, subscriptionId, {
    endpoint: endpoint.url,
    allowInsecureConnection: endpoint.authentication === 'none',
    credentials: { scopes: [endpoint.cloud.scope] },
    // By default it sends a PUT four times on a 500, and sleeps through any Retry-After inside the call.
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: `gpu-provisioner/${version}` },
    additionalPolicies: [policy],
  });
  // The SDK refuses to authenticate over plain http; to an emulator there, nothing is shown at all.
  if (endpoint.authentication === 'none') client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  return client;
}

/** The SDK's model of the body; it drops silently what it does not know, so nothing may be added that it lacks. */
export function sdkBodyOf({
  type,
  nodeLabels,
  nodeTaints,
  tags,
  availabilityZones,
  ...rest
}: AgentPoolBody): SdkAgentPool {
  return {
    ...rest,
    typePropertiesType: type,
    nodeLabels: { ...nodeLabels },
    nodeTaints: [...nodeTaints],
    tags: { ...tags },
    ...(availabilityZones === undefined ? {} : { availabilityZones: [...availabilityZones] }),
  };
}
