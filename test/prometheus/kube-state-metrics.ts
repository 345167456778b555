// What kube-state-metrics would tell of two claims with docs/kube-state-metrics.yaml, as a server that Prometheus scrapes.
import { once } from 'node:events';
import { createServer } from 'node:http';

const exposition = `
kube_machine_info{name="wsa",instance_type="Standard_NC6s_v3",node="aks-wsa-1",provider_id="azure:///wsa"} 1
kube_machine_status_condition{name="wsa",type="MachineLaunched",reason="Launched"} 1
kube_machine_status_condition{name="wsa",type="Ready",reason="NodeNotReady"} 0
kube_machine_created{name="wsa"} 1.7e9
kube_nodeclaim_info{name="wse",instance_type="Standard_NC6s_v3",node="",provider_id=""} 1
kube_nodeclaim_status_condition{name="wse",type="Ready",reason="QuotaExceeded"} 0
kube_nodeclaim_created{name="wse"} 1.7e9
`;

export interface Exposition extends AsyncDisposable {
  readonly port: number;
}

export async function serveKubeStateMetrics(): Promise<Exposition> {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/plain; version=0.0.4');
    answer.end(exposition.trimStart());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
