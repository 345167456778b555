// The commands that mend or show a cause, by its reason: complete as far as the names are known.
import type { Taint } from '../../apis/wire.ts';
import { forceReleaseAnnotation, pauseAnnotation } from '../../claims/annotations.ts';
import type { StatusFeed } from '../../status/feed.ts';
import { shellWord } from '../printing/shell-word.ts';

export interface CommandContext {
  /** `machine/ws1`; absent where no claim is in question. */
  readonly claim?: string | undefined;
  readonly pool?: string | undefined;
  readonly node?: string | undefined;
  readonly vmSize?: string | undefined;
  /** That a device plugin must tolerate. */
  readonly taints?: readonly Taint[];
  /** Of the cause: names what stands in the way. */
  readonly message?: string | undefined;
  readonly cluster?: StatusFeed['cluster'] | undefined;
}

type Maker = (context: Words) => readonly string[];

/** The context with every name in it, quoted; capitals for those that nobody knows. */
interface Words {
  readonly claim: string;
  readonly pool: string;
  readonly node: string;
  readonly vmSize: string;
  readonly taints: readonly Taint[];
  readonly message: string;
  /** `--subscription S --resource-group G`, then what names the cluster. */
  readonly aks: string;
  readonly nodepool: string;
  readonly subscription: string;
}

const doctor: Maker = () => ['gpu-provisioner doctor'];
const describeNode: Maker = ({ node }) => [`kubectl describe node ${node}`];
const showPool: Maker = ({ nodepool, pool }) => [`az aks nodepool show ${nodepool} --name ${pool}`];
const showTags: Maker = ({ nodepool, pool }) => [`az aks nodepool show ${nodepool} --name ${pool} --query tags`];
const startCluster: Maker = ({ aks }) => [`az aks start ${aks}`];
const podsOfNode: Maker = ({ node }) => [
  `kubectl get pods --all-namespaces --output wide --field-selector spec.nodeName=${node}`,
];
const region = ({ aks }: Words): string => `"$(az aks show ${aks} --query location --output tsv)"`;

const makers: Readonly<Record<string, Maker>> = {
  QuotaExceeded: (words) => [
    `az vm list-usage --subscription ${words.subscription} --location ${region(words)} --output table`,
  ],
  SkuNotAvailable: (words) => [
    `az vm list-skus --subscription ${words.subscription} --location ${region(words)} --size ${words.vmSize} --all --output table`,
  ],
  AuthenticationFailed: doctor,
  AuthorizationFailed: doctor,
  AzureUnavailable: doctor,
  ClusterUnreadable: doctor,
  AnotherCluster: doctor,
  ParentNotFound: doctor,
  PoolLimitReached: ({ nodepool }) => [`az aks nodepool list ${nodepool} --output table`],
  ClusterStopped: startCluster,
  WaitingForCluster: startCluster,
  ClusterFailed: ({ aks }) => [`az aks update ${aks}`],
  PoolStopped: ({ nodepool, pool }) => [`az aks nodepool start ${nodepool} --name ${pool}`],
  PoolScaledToZero: ({ nodepool, pool }) => [`az aks nodepool scale ${nodepool} --name ${pool} --node-count 1`],
  NodeNotFound: showPool,
  PoolFailed: showPool,
  InstanceGone: showPool,
  NameConflict: showTags,
  PoolAmbiguous: showTags,
  OrphanPool: showTags,
  MassOrphan: ({ nodepool }) => [`az aks nodepool list ${nodepool} --output table`],
  OwnershipUnproven: (words) => [...showTags(words), `kubectl annotate ${words.claim} ${forceReleaseAnnotation}=true`],
  Paused: ({ claim }) => [`kubectl annotate ${claim} ${pauseAnnotation}-`],
  InvalidSpec: ({ claim }) => [`kubectl get ${claim} --output yaml`],
  NodeNotReady: describeNode,
  NodesDown: () => ['kubectl get nodes'],
  StartupTaintsExist: describeNode,
  KnownEphemeralTaintsExist: describeNode,
  ResourceNotRegistered: describeNode,
  DriverFailed: describeNode,
  GpuCountShort: describeNode,
  DevicePluginNotReady: podsOfNode,
  DevicePluginNotTolerating: ({ message }) => editDaemonSet(message),
  NoDevicePlugin: installDevicePlugin,
  DrainBlocked: blockedPod,
  OrphanPoolInUse: blockedPod,
  AwaitingVolumeDetachment: () => ['kubectl get volumeattachments'],
};

/** Empty where nothing is known that would help. */
export function commandsFor(reason: string, context: CommandContext): readonly string[] {
  const { cluster, message = '', taints = [] } = context;
  const subscription = shellWord(cluster?.subscriptionId ?? 'SUBSCRIPTION');
  const group = `--subscription ${subscription} --resource-group ${shellWord(cluster?.resourceGroup ?? 'RESOURCE_GROUP')}`;
  const name = shellWord(cluster?.name ?? 'CLUSTER');
  // A reason may be any word, also one that every object has.
  const maker = Object.hasOwn(makers, reason) ? makers[reason] : undefined;
  return (
    maker?.({
      claim: shellWord(context.claim ?? 'CLAIM'),
      pool: shellWord(context.pool ?? 'POOL'),
      node: shellWord(context.node ?? 'NODE'),
      vmSize: shellWord(context.vmSize ?? 'SIZE'),
      taints,
      message,
      subscription,
      aks: `${group} --name ${name}`,
      nodepool: `${group} --cluster-name ${name}`,
    }) ?? []
  );
}

const objectName = String.raw`([a-z0-9][-a-z0-9.]*)/([a-z0-9][-a-z0-9.]*)`;
const daemonSet = new RegExp(`DaemonSet ${objectName}`);
const pod = new RegExp(`[Pp]od "?${objectName}`);

/** Our message names it (gpu-readiness.ts). */
function editDaemonSet(message: string): readonly string[] {
  const [, namespace, name] = daemonSet.exec(message) ?? [];
  return name === undefined
    ? ['kubectl get daemonsets --all-namespaces']
    : [`kubectl edit daemonset ${name} --namespace ${namespace}`];
}

/** NVIDIA's own chart, with the tolerations that these Nodes need. */
function installDevicePlugin({ taints, vmSize }: Words): readonly string[] {
  if (/_MI\d+/i.test(vmSize)) return ['kubectl get daemonsets --all-namespaces'];
  const keys = [...new Set(['nvidia.com/gpu', ...taints.map(({ key }) => key)])].filter((key) =>
    /^[\w./-]+$/.test(key),
  );
  const tolerations = keys.map(
    (key, index) => `tolerations[${index}].key=${key},tolerations[${index}].operator=Exists`,
  );
  return [
    'helm repo add nvdp https://nvidia.github.io/k8s-device-plugin',
    `helm upgrade --install nvidia-device-plugin nvdp/nvidia-device-plugin --namespace kube-system --set '${tolerations.join(',')}'`,
  ];
}

/** The messages of drains and orphans name the pod. */
function blockedPod(words: Words): readonly string[] {
  const [, namespace, name] = pod.exec(words.message) ?? [];
  if (name === undefined) return podsOfNode(words);
  return [
    `kubectl get poddisruptionbudgets --namespace ${namespace}`,
    `kubectl get pod ${name} --namespace ${namespace} --output wide`,
  ];
}
