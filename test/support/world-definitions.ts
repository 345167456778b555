// A definition that is taken out of a world, with every object of its kind, and put back.
import type { World } from './world.ts';

/** Resolves, when it is gone, with the way to bring it back. */
export async function removeDefinition(played: World, definition: string): Promise<() => Promise<void>> {
  const crd = await played.get('CustomResourceDefinition', definition);
  if (crd === undefined) throw new RangeError(`There is no definition "${definition}"`);
  const { metadata, spec } = crd;
  const { labels = {}, annotations = {} } = metadata;
  await played.remove('CustomResourceDefinition', definition);
  await played.until(`definition "${definition}" is gone`, async () => {
    return (await played.get('CustomResourceDefinition', definition)) === undefined;
  });
  return () =>
    played.create('CustomResourceDefinition', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: definition, labels, annotations },
      spec,
    });
}
