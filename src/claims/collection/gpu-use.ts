// Whether somebody works on a pool's Nodes: a pod that asks for a GPU, has not ended and is not on its way out.
import { pods as podsResource } from '../../apis/resource.ts';
import type { Node, Pod } from '../../apis/wire.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { asksForGpu } from '../gpu-resources.ts';

export type GpuUse = 'none' | { readonly by: string } | { readonly unknown: string };

const pageSize = 500;

/** Asks the API server, once for each Node. What it does not say is unknown, never unused. */
export async function gpuUseOf(
  nodes: readonly Node[],
  { kube, signal }: { readonly kube: Pick<KubeClient, 'list'>; readonly signal: AbortSignal },
): Promise<GpuUse> {
  try {
    for (const { metadata } of nodes) {
      const selection = { fieldSelector: `spec.nodeName=${metadata.name}`, limit: pageSize, signal };
      let continueToken: string | undefined;
      do {
        const from = continueToken === undefined ? {} : { continueToken };
        const page = await kube.list(podsResource, { ...selection, ...from });
        const user = page.items.find((pod) => pod.spec?.nodeName === metadata.name && isUsing(pod));
        if (user !== undefined) return { by: `${user.metadata.namespace ?? ''}/${user.metadata.name}` };
        ({ continueToken } = page);
      } while (continueToken !== undefined);
    }
    return 'none';
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { unknown: error.message };
  }
}

function isUsing(pod: Pod): boolean {
  const hasEnded = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return !hasEnded && pod.metadata.deletionTimestamp === undefined && asksForGpu(pod);
}
