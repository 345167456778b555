// Other provisioners in the cluster: two that serve the same claim would buy its node twice, or delete it under the other.
import type { Deployment } from '../../../apis/wire.ts';
import { isKaito } from '../../../workspaces/kaito-presence.ts';
import type { Check } from '../check.ts';
import { fail, pass, type Finding } from '../finding.ts';
import { isOurs, settingOf } from '../surroundings.ts';

// Azure's own, and what people build of it; this controller's may be called so as well.
const goProvisioner = /(^|\/)gpu-provisioner[:@]/;
const karpentersImage = /(^|\/)karpenter(\/controller|-provider-[\w-]+)?[:@]|\/aks\/karpenter[/:@]/;
/** Of node autoprovisioning: its Karpenter runs outside of the cluster, and shows by its definitions alone. */
const azuresKarpenter = { group: 'karpenter.azure.com', versions: ['v1beta1', 'v1alpha2'], plural: 'aksnodeclasses' };

export const rivals: Check = {
  room: 'Kubernetes',
  name: 'other-provisioners',
  async look(the, signal) {
    const kube = the.kube();
    const running = (await the.surroundings().deployments()).filter(runs);
    const serves = await Promise.all(
      azuresKarpenter.versions.map((version) =>
        kube.serves({ ...azuresKarpenter, version, kind: 'AKSNodeClass', namespaced: false }, { signal }),
      ),
    );
    return verdict({ running, autoprovisioning: serves.includes(true) });
  },
};

interface Found {
  readonly running: readonly Deployment[];
  readonly autoprovisioning: boolean;
}

function verdict({ running, autoprovisioning }: Found): readonly Finding[] {
  const findings: Finding[] = [];
  const ours = running.filter(isOurs);
  const azures = running.filter((each) => !isOurs(each) && usesImage(each, goProvisioner));
  for (const each of azures)
    findings.push(
      fail(`Azure's gpu-provisioner runs as Deployment ${nameOf(each)}: it serves the same Machines and NodeClaims`, {
        mend: [
          `kubectl scale deployment ${commandName(each)} --replicas 0    # then docs/migration.md`,
          'az aks update --resource-group GROUP --name CLUSTER --disable-ai-toolchain-operator    # where the AKS add-on keeps it',
        ],
      }),
    );
  const [first, second] = ours;
  if (first !== undefined && second !== undefined)
    findings.push(
      fail(`This controller is installed ${ours.length} times, with a lease each: both serve the same claims`, {
        details: ours.map((each) => `Deployment ${nameOf(each)}`),
        mend: [`helm uninstall RELEASE --namespace ${second.metadata.namespace ?? ''}    # all but one`],
      }),
    );
  const kaito = running.find(isKaito);
  if (kaito !== undefined && settingOf(first, 'WORKSPACES') === 'true')
    findings.push(
      fail(`KAITO's workspace controller runs as Deployment ${nameOf(kaito)}: Workspaces are left to it`, {
        mend: ['helm upgrade gpu-provisioner <chart> --reuse-values --set workspace.enabled=false'],
      }),
    );
  if (findings.length > 0) return findings;
  const neighbours = [
    ...(kaito === undefined
      ? []
      : [`Deployment ${nameOf(kaito)} is KAITO's workspace controller: it makes claims, and serves none`]),
    ...running
      .filter((each) => usesImage(each, karpentersImage))
      .map((each) => `Deployment ${nameOf(each)} is Karpenter: its NodeClaims have another node class than ours`),
    ...(autoprovisioning
      ? ['AKS node autoprovisioning is on: its NodeClaims have the class AKSNodeClass, which is left to it']
      : []),
  ];
  return [pass('No other provisioner serves the claims of this one'), ...neighbours.map((each) => pass(each))];
}

function runs({ spec }: Deployment): boolean {
  return spec?.replicas !== 0;
}

function usesImage({ spec }: Deployment, pattern: RegExp): boolean {
  return spec?.template.spec?.containers.some(({ image = '' }) => pattern.test(image)) ?? false;
}

function nameOf({ metadata }: Deployment): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function commandName({ metadata }: Deployment): string {
  return `${metadata.name} --namespace ${metadata.namespace ?? ''}`;
}
