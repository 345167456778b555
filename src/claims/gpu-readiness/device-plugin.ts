// A device plugin, which makes a Node's GPUs known to Kubernetes: how its DaemonSet is recognised, and whether it runs on a Node.
import type { DaemonSet, Node, Taint } from '../../apis/wire.ts';

type Vendor = 'NVIDIA' | 'AMD';
type PodSpec = NonNullable<NonNullable<DaemonSet['spec']>['template']['spec']>;
type Toleration = NonNullable<PodSpec['tolerations']>[number];
type Affinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
type Term = NonNullable<Affinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'][number];
type Expression = NonNullable<Term['matchExpressions']>[number];

/** What is kept of a DaemonSet: where its pods may run. */
export interface DevicePlugin {
  /** `namespace/name`. */
  readonly name: string;
  readonly vendor: Vendor;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** One of them has to match; none: every Node does. */
  readonly terms: readonly Term[];
  readonly tolerations: readonly Toleration[];
}

export type PluginFit =
  | { readonly fit: 'runs' }
  | { readonly fit: 'unselected' }
  | { readonly fit: 'repelled'; readonly by: Taint };

const makers: readonly (readonly [RegExp, Vendor])[] = [
  [/nvidia/i, 'NVIDIA'],
  [/amd|rocm/i, 'AMD'],
];

/**
 * By the name of the DaemonSet and the images of its containers, in which every known plugin calls itself so: NVIDIA's own,
 * the GPU operator's, KAITO's and Microsoft's copies of it, AMD's. Undefined: it is none.
 */
export function devicePluginOf({ metadata, spec }: DaemonSet): DevicePlugin | undefined {
  const pod = spec?.template.spec;
  if (pod === undefined) return undefined;
  const names = [metadata.name, ...pod.containers.flatMap(({ image, name }) => [name, image ?? ''])];
  if (!names.some((name) => /device-?plugin/i.test(name))) return undefined;
  const vendor = makers.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  if (vendor === undefined) return undefined;
  return {
    name: `${metadata.namespace ?? ''}/${metadata.name}`,
    vendor,
    nodeSelector: pod.nodeSelector ?? {},
    terms: pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
    tolerations: pod.tolerations ?? [],
  };
}

/** As the DaemonSet controller decides it; what passes by itself, such as a Node's not-ready taint, repels nobody. */
export function fitOf(plugin: DevicePlugin, node: Node): PluginFit {
  const labels = node.metadata.labels ?? {};
  const isSelected = Object.entries(plugin.nodeSelector).every(([key, value]) => labels[key] === value);
  const isWanted = plugin.terms.length === 0 || plugin.terms.some((term) => matches(term, node));
  if (!isSelected || !isWanted) return { fit: 'unselected' };
  const by = (node.spec?.taints ?? []).find(
    (taint) => repels(taint) && !plugin.tolerations.some((toleration) => tolerates(toleration, taint)),
  );
  return by === undefined ? { fit: 'runs' } : { fit: 'repelled', by };
}

function repels({ effect, key }: Taint): boolean {
  const passes = key.startsWith('node.kubernetes.io/') || key.startsWith('node.cloudprovider.kubernetes.io/');
  return !passes && effect !== 'PreferNoSchedule';
}

function tolerates({ effect, key, operator, value }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key === taint.key && (value ?? '') === (taint.value ?? ''));
}

/** A term without a requirement matches nothing. */
function matches({ matchExpressions = [], matchFields = [] }: Term, { metadata }: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((expression) => holds(expression, metadata.labels?.[expression.key])) &&
    matchFields.every((expression) => holds(expression, expression.key === 'metadata.name' ? metadata.name : undefined))
  );
}

function holds({ operator, values = [] }: Expression, value: string | undefined): boolean {
  const [first = ''] = values;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(first);
    case 'Lt':
      return value !== undefined && Number(value) < Number(first);
    default:
      return false;
  }
}
