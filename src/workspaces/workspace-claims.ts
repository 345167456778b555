// The claims of a Workspace: one for each node that is missing, under a name that is the same however often it is asked for.
import { createHash } from 'node:crypto';
import type { Claim, ClaimKind } from '../apis/claim.ts';
import { machines } from '../apis/machine.ts';
import { apiVersionOf } from '../apis/resource.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, nodeLabelsOf, sizeOf } from '../apis/workspace.ts';
import { hasGpu } from '../azure/catalogue.ts';

export const workspaceLabel = 'kaito.sh/workspace';
export const workspaceNamespaceLabel = 'kaito.sh/workspacenamespace';
/** On a claim: whose it is, since a Workspace of the same name may come after this one. */
export const workspaceUidAnnotation = 'gpu-provisioner.io/workspace-uid';

/** An AKS pool's name has 12 characters at most; KAITO's claims have 11, of this shape (contract/kaito.md 2.1). */
const hexDigits = 9;

/** The same for ever for this Workspace and slot, so that a crash between two creations never doubles one. */
export function claimNameOf({ metadata }: Workspace, slot: number): string {
  return `ws${createHash('sha256').update(`${metadata.uid}/${slot}`).digest('hex').slice(0, hexDigits)}`;
}

/** Claims that were made here for more nodes than it asks for now: its CRD let a lower count pass, as KAITO's own does. */
export function surplusOf(workspace: Workspace, claims: readonly Claim[]): readonly Claim[] {
  const slots = Array.from({ length: countOf(workspace) }, (_, slot) => claimNameOf(workspace, slot));
  return claims.filter(
    ({ name, annotations, deletingSince }) =>
      annotations[workspaceUidAnnotation] === workspace.metadata.uid &&
      deletingSince === undefined &&
      !slots.includes(name),
  );
}

/** As KAITO makes them (contract/kaito.md 2.1, 2.7); `disk` is the preset's text, 0 for none. */
export function claimFor(
  workspace: Workspace,
  { slot, kind, disk }: { readonly slot: number; readonly kind: ClaimKind; readonly disk: string },
): object {
  const { name, namespace = '', uid } = workspace.metadata;
  const size = sizeOf(workspace);
  const own = { [workspaceLabel]: name, [workspaceNamespaceLabel]: namespace };
  const pool =
    kind === 'Machine' ? { 'karpenter.sh/provisioner-name': 'default' } : { 'karpenter.sh/nodepool': 'kaito' };
  const claimName = claimNameOf(workspace, slot);
  const machineType = hasGpu(size) ? 'gpu' : 'cpu';
  const metadata = {
    name: claimName,
    // Its own labels win: by them the node is known not to be another Workspace's.
    labels: { ...nodeLabelsOf(workspace), ...pool, 'kaito.sh/machine-type': machineType, ...own },
    annotations: { [workspaceUidAnnotation]: uid },
  };
  const common = {
    requirements: [
      requirement('node.kubernetes.io/instance-type', size),
      ...Object.entries(pool).map(([key, value]) => requirement(key, value)),
      requirement('kaito.sh/machine-type', machineType),
      requirement('kubernetes.io/arch', 'amd64'),
      requirement('kubernetes.io/os', 'linux'),
    ],
    taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
    resources: { requests: { storage: disk } },
  };
  return kind === 'Machine'
    ? {
        apiVersion: apiVersionOf(machines),
        kind,
        metadata,
        spec: { machineTemplateRef: { name: claimName }, ...common },
      }
    : {
        apiVersion: 'karpenter.sh/v1',
        kind,
        metadata,
        spec: {
          nodeClassRef: { group: 'kaito.sh', kind: 'KaitoNodeClass', name: 'default' },
          ...common,
          expireAfter: 'Never',
        },
      };
}

function requirement(key: string, value: string): object {
  return { key, operator: 'In', values: [value] };
}
