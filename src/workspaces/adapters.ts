// Adapters of a served model: each is an image whose files an init container copies to where the server looks.
import type { Workspace, WorkspaceAdapter } from '../apis/workspace.gen.ts';
import { emptyDir, type VolumeUse } from './pod-parts.ts';

const folder = '/mnt/adapter';

export interface AdapterParts {
  readonly initContainers: readonly object[];
  /** Strength by name: the server reads one variable for each adapter. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumes: readonly VolumeUse[];
  readonly pullSecrets: readonly string[];
}

/** What adapters add to a pod; nothing where there are none. */
export function adapterParts({ inference }: Workspace): AdapterParts {
  const adapters = inference?.adapters ?? [];
  if (adapters.length === 0) return { initContainers: [], env: [], volumes: [], pullSecrets: [] };
  const volume = emptyDir('adapter-volume', folder);
  return {
    initContainers: adapters.map((adapter) => initContainer(adapter, volume)),
    env: adapters.map(({ source, strength = '1.0' }) => ({ name: source.name ?? '', value: strength })),
    volumes: [volume],
    pullSecrets: adapters.flatMap(({ source }) => source.imagePullSecrets ?? []),
  };
}

function initContainer({ source }: WorkspaceAdapter, { mount }: VolumeUse): object {
  const target = `${folder}/${source.name ?? ''}`;
  return {
    name: source.name ?? '',
    image: source.image ?? '',
    imagePullPolicy: 'Always',
    // The name is a DNS label (CRD), so nothing in it means anything to the shell.
    command: ['/bin/sh', '-c', `mkdir -p ${target} && cp -r /data/* ${target}`],
    volumeMounts: [mount],
  };
}
