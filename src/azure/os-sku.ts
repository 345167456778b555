// The OS image family of a NodeClaim's nodes, which KAITO writes into an annotation.
import type { Claim } from '../apis/claim.ts';
import type { AgentPoolBody } from './pool-body.ts';
import type { PlanWarning } from './vm-size.ts';

const annotation = 'kaito.sh/node-image-family';

const families: ReadonlyMap<string, NonNullable<AgentPoolBody['osSKU']>> = new Map([
  ['ubuntu', 'Ubuntu'],
  ['azurelinux', 'AzureLinux'],
]);

export interface ImageFamily {
  /** Absent on Machines, whose image AKS chooses, as it always did. */
  readonly osSKU?: NonNullable<AgentPoolBody['osSKU']>;
  readonly warnings: readonly PlanWarning[];
}

/** NodeClaims get Ubuntu unless the annotation says otherwise; a family that is unknown is warned about. */
export function imageFamilyOf({ kind, annotations }: Pick<Claim, 'kind' | 'annotations'>): ImageFamily {
  if (kind !== 'NodeClaim') return { warnings: [] };
  const family = annotations[annotation] ?? '';
  const osSKU = families.get(family.toLowerCase());
  if (osSKU !== undefined) return { osSKU, warnings: [] };
  if (family === '') return { osSKU: 'Ubuntu', warnings: [] };
  const message = `Annotation "${annotation}: ${family}" is neither ubuntu nor azurelinux; Ubuntu is used`;
  return { osSKU: 'Ubuntu', warnings: [{ reason: 'UnknownImageFamily', message }] };
}
