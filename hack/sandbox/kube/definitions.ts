// Serves what CustomResourceDefinitions define, from the moment that they are stored until they are deleted.
import type { Env } from './call.ts';
import { compileCrd } from './crd/compile.ts';
import { customResources } from './custom-resources.ts';
import type { KubeObject } from './object.ts';

const bucket = 'customresourcedefinitions.apiextensions.k8s.io';

export function serveDefinitions({ storage, registry }: Env): () => void {
  const serve = (definition: KubeObject): void => {
    registry.setCustom(definition.metadata.name ?? '', customResources(definition, compileCrd(definition).versions));
  };
  return storage.subscribe(({ bucket: changed, type, object }) => {
    if (changed !== bucket) return;
    if (type === 'DELETED') registry.removeCustom(object.metadata.name ?? '');
    else serve(object);
  });
}
