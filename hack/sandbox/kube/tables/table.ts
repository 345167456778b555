// A list of objects as the Table that kubectl prints.
import type { Column } from './column.ts';

export interface TableInput {
  readonly resource: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly kind: string;
    readonly namespaced: boolean;
  };
  /** The columns of a CRD; built-in kinds bring their own. */
  readonly columns?: readonly Column[] | undefined;
  readonly items: readonly object[];
  readonly listMeta: { readonly resourceVersion?: string | undefined; readonly continue?: string | undefined };
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  readonly now: Date;
  /** Leaves out the column definitions, as all events of a watch but the first do. */
  readonly noHeaders?: boolean;
}

/** The meta.k8s.io/v1 Table of `items`, in their order. */
export function tableOf({ items, listMeta, noHeaders }: TableInput): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    ...(!noHeaders && {
      columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }],
    }),
    rows: items.map((object) => ({
      cells: [
        'metadata' in object && object.metadata && typeof object.metadata === 'object' && 'name' in object.metadata
          ? object.metadata.name
          : '',
      ],
      object,
    })),
  };
}
