// A CustomResourceDefinition, ready to serve: one compiled version for each that it declares.
import type { Column } from '../tables/column.ts';
import type { FieldError } from './field-error.ts';

export interface ListType {
  readonly type: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly hasStatus: boolean;
  readonly schema: object | undefined;
  readonly columns: readonly Column[];
  prune(object: object): { object: object; unknownFields: string[] };
  applyDefaults(object: object): object;
  validate(object: object, old?: object): FieldError[];
  listTypeAt(path: readonly string[]): ListType | undefined;
}

/** `errors` says why the CRD itself is invalid; `versions` is then empty. */
export function compileCrd(crd: unknown): { versions: readonly CrdVersion[]; errors: FieldError[] } {
  const spec = crd && typeof crd === 'object' && 'spec' in crd ? crd.spec : undefined;
  const versions: unknown = spec && typeof spec === 'object' && 'versions' in spec ? spec.versions : undefined;
  if (!Array.isArray(versions)) {
    return { versions: [], errors: [{ field: 'spec.versions', type: 'Required', message: '' }] };
  }
  return {
    versions: versions.map((version) => ({
      name: version.name,
      served: version.served === true,
      storage: version.storage === true,
      hasStatus: version.subresources?.status !== undefined,
      schema: version.schema?.openAPIV3Schema,
      columns: version.additionalPrinterColumns ?? [],
      prune: (object) => ({ object, unknownFields: [] }),
      applyDefaults: (object) => object,
      validate: () => [],
      listTypeAt: () => undefined,
    })),
    errors: [],
  };
}
