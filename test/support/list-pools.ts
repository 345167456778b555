// A process that lists pools as the controller would, as often as its argument says: for tests of TLS and identity, which
// a process settles once and for all when it starts (NODE_EXTRA_CA_CERTS).
import { createArmClient } from '../../src/azure/arm-adapter.ts';
import { causeOf } from '../../src/azure/causes.ts';
import { createCredential } from '../../src/azure/credentials.ts';
import { endpointOf } from '../../src/azure/endpoint.ts';
import { systemClock } from '../../src/clock.ts';

const { env } = process;
const endpoint = endpointOf({ armEndpoint: env['ARM_ENDPOINT'] });
const arm = createArmClient({
  subscriptionId: 'sub',
  resourceGroup: 'rg',
  clusterName: 'mc',
  version: '1.2.3',
  clock: systemClock,
  endpoint,
  credential: createCredential({
    cloud: endpoint.cloud,
    clock: systemClock,
    tenantId: env['AZURE_TENANT_ID'],
    clientId: env['AZURE_CLIENT_ID'],
    federatedTokenFile: env['AZURE_FEDERATED_TOKEN_FILE'],
    authorityHost: env['AZURE_AUTHORITY_HOST'],
  }),
});

for (let i = 0; i < Number(process.argv[2] ?? 1); i += 1) {
  try {
    const pools = await arm.list({ signal: new AbortController().signal });
    console.log(JSON.stringify({ pools: pools.map(({ name }) => name) }));
  } catch (error) {
    console.log(JSON.stringify({ cause: causeOf(error) }));
  }
}
