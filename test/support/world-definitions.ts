// A definition that is taken out of a world, with every object of its kind, and put back; or another one in its place.
import { isObject, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import type { World } from './world.ts';
import type { KindName } from './world-things.ts';

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

export interface Replacement {
  readonly definition: string;
  /** What it defines. */
  readonly kind: KindName;
  /** Of the other one, from what is defined now. */
  readonly spec: (spec: JsonObject) => JsonObject;
}

/** Resolves, when the kind is served by the other definition, with the way back. No chart left a mark on that one. */
export async function replaceDefinition(
  played: World,
  { definition, kind, spec: change }: Replacement,
): Promise<() => Promise<void>> {
  const crd = await played.get('CustomResourceDefinition', definition);
  const spec: unknown = crd?.spec;
  const bringBack = await removeDefinition(played, definition);
  await played.create('CustomResourceDefinition', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: definition },
    spec: change(isObject(spec) ? spec : {}),
  });
  await played.until(`"${definition}" is served`, () => played.isServed(kind));
  return async () => {
    await removeDefinition(played, definition);
    await bringBack();
    await played.until(`"${definition}" is served again`, () => played.isServed(kind));
  };
}
