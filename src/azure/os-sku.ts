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
  /** Absent: AKS's default. */
  readonly osSKU?: NonNullable<AgentPoolBody['osSKU']>;
  readonly warnings: readonly PlanWarning[];
}

/** Machines have no such annotation; a family that is unknown is left out and warned about. */
export function imageFamilyOf({ kind, annotations }: Pick<Claim, 'kind' | 'annotations'>): ImageFamily {
  const family = kind === 'NodeClaim' ? annotations[annotation] : undefined;
  if (family === undefined || family === '') return { warnings: [] };
  const osSKU = families.get(family.toLowerCase());
  if (osSKU !== undefined) return { osSKU, warnings: [] };
  const message = `Annotation "${annotation}: ${family}" is neither ubuntu nor azurelinux; AKS chooses the image`;
  return { warnings: [{ reason: 'UnknownImageFamily', message }] };
}
