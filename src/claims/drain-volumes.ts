// Volumes are detached by others once their pods are gone; a Node goes after that, or the next Node waits minutes for them.
import { persistentVolumeClaims, volumeAttachments } from '../apis/resource.ts';
import type { Pod, VolumeAttachment } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { NotFound } from '../kube/errors.ts';
import { stays } from './drain-pod.ts';
import type { PodMoment } from './drain-pod.ts';

export interface VolumeQuestion {
  readonly nodeName: string;
  /** All pods of the Node. */
  readonly pods: readonly Pod[];
  readonly moment: PodMoment;
}

/**
 * The names of the VolumeAttachments of this Node that are still to go, without those of pods that stay on it. They cannot
 * be selected by Node, so all of the cluster's are listed, from the API server's cache: ask when the pods are gone.
 */
export async function attachedVolumes(
  { nodeName, pods, moment }: VolumeQuestion,
  { kube, signal }: { readonly kube: Pick<KubeClient, 'list' | 'get'>; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { items } = await kube.list(volumeAttachments, { resourceVersion: '0', signal });
  const here = items.filter(({ spec }) => spec.nodeName === nodeName);
  if (here.length === 0) return [];
  const kept = new Set<string>();
  for (const claim of pods.filter((pod) => stays(pod, moment)).flatMap(claimsOf)) {
    const volume = await volumeOf(claim, { kube, signal });
    if (volume !== undefined) kept.add(volume);
  }
  return here
    .filter((attachment) => !kept.has(persistentVolume(attachment) ?? ''))
    .map(({ metadata }) => metadata.name)
    .toSorted();
}

interface ClaimName {
  readonly name: string;
  readonly namespace: string;
}

function claimsOf({ metadata, spec }: Pod): readonly ClaimName[] {
  const namespace = metadata.namespace ?? '';
  return (spec?.volumes ?? []).flatMap(({ name, ephemeral, persistentVolumeClaim }) => {
    if (persistentVolumeClaim !== undefined) return [{ name: persistentVolumeClaim.claimName, namespace }];
    // A generic ephemeral volume has a claim that is named after its pod.
    return ephemeral === undefined ? [] : [{ name: `${metadata.name}-${name}`, namespace }];
  });
}

async function volumeOf(
  claim: ClaimName,
  { kube, signal }: { readonly kube: Pick<KubeClient, 'get'>; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { spec } = await kube.get(persistentVolumeClaims, claim, { signal });
    return spec?.volumeName;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

function persistentVolume({ spec }: VolumeAttachment): string | undefined {
  return spec.source.persistentVolumeName;
}
