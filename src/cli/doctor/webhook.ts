// Whether the webhook of workload identity gave the controller's pods what they need for a token, seen from outside.
import type { Case } from './check.ts';
import { fail, type Finding } from './finding.ts';

const tokenVariable = 'AZURE_FEDERATED_TOKEN_FILE';
const useLabel = 'azure.workload.identity/use';

/** Undefined: nothing is missing, or there is no pod to tell. May throw what the API server refuses. */
export async function identityGap(the: Case, signal: AbortSignal): Promise<Finding | undefined> {
  signal.throwIfAborted();
  const pods = await the.surroundings().pods();
  const without = pods.find(({ spec }) => {
    const names = (spec?.containers ?? []).flatMap(({ env = [] }) => env.map(({ name }) => name));
    return !names.includes(tokenVariable);
  });
  if (without === undefined) return undefined;
  const { labels = {}, name, namespace = '' } = without.metadata;
  if (labels[useLabel] !== 'true')
    return fail(`Pod ${namespace}/${name} lacks the label ${useLabel}=true, so that it gets no token for Azure`, {
      mend: ['helm upgrade gpu-provisioner <chart> --reuse-values'],
    });
  return fail(`The webhook of workload identity did not touch pod ${namespace}/${name}: it has no ${tokenVariable}`, {
    mend: [
      'az aks update --resource-group GROUP --name CLUSTER --enable-oidc-issuer --enable-workload-identity',
      'kubectl get mutatingwebhookconfigurations azure-wi-webhook-mutating-webhook-configuration',
      `kubectl rollout restart deployment --namespace ${namespace} --selector app.kubernetes.io/name=gpu-provisioner`,
    ],
  });
}
