// The rules of the built-in kinds, by group and kind.
import { definition } from './kinds/definition.ts';
import type { KubeObject } from './object.ts';
import type { Strategy } from './resource.ts';

interface Builtin extends Strategy {
  readonly toStored?: (object: KubeObject) => KubeObject;
  readonly fromStored?: (object: KubeObject) => KubeObject;
}

const strategies: { readonly [groupAndKind: string]: Builtin } = {
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
};

export function strategyOf(group: string, kind: string): Builtin {
  return strategies[`${group}/${kind}`] ?? {};
}
