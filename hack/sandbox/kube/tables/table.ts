// A list of objects as the Table that kubectl prints.
import { isObject, type JsonObject } from '../json.ts';
import { bindingPrinter, datedPrinter, plainPrinter } from './access.ts';
import {
  budgetPrinter,
  eventPrinter,
  leasePrinter,
  namespacePrinter,
  nodePrinter,
  priorityClassPrinter,
  quotaPrinter,
} from './cluster.ts';
import type { Column } from './column.ts';
import { customPrinter } from './custom.ts';
import { podPrinter } from './pods.ts';
import type { Printer } from './printer.ts';
import {
  configMapPrinter,
  endpointSlicePrinter,
  endpointsPrinter,
  secretPrinter,
  serviceAccountPrinter,
  servicePrinter,
} from './services.ts';
import { attachmentPrinter, claimPrinter, csiNodePrinter, storageClassPrinter, volumePrinter } from './volumes.ts';
import {
  controllerRevisionPrinter,
  cronJobPrinter,
  daemonSetPrinter,
  deploymentPrinter,
  jobPrinter,
  replicaSetPrinter,
  replicationControllerPrinter,
  statefulSetPrinter,
} from './workloads.ts';

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

const printers: Readonly<Record<string, Printer>> = {
  '/nodes': nodePrinter,
  '/pods': podPrinter,
  '/namespaces': namespacePrinter,
  '/events': eventPrinter,
  'events.k8s.io/events': eventPrinter,
  '/resourcequotas': quotaPrinter,
  '/limitranges': datedPrinter,
  '/replicationcontrollers': replicationControllerPrinter,
  '/services': servicePrinter,
  '/endpoints': endpointsPrinter,
  'discovery.k8s.io/endpointslices': endpointSlicePrinter,
  '/configmaps': configMapPrinter,
  '/secrets': secretPrinter,
  '/serviceaccounts': serviceAccountPrinter,
  '/persistentvolumeclaims': claimPrinter,
  '/persistentvolumes': volumePrinter,
  'storage.k8s.io/volumeattachments': attachmentPrinter,
  'storage.k8s.io/csinodes': csiNodePrinter,
  'storage.k8s.io/storageclasses': storageClassPrinter,
  'apps/deployments': deploymentPrinter,
  'apps/replicasets': replicaSetPrinter,
  'apps/statefulsets': statefulSetPrinter,
  'apps/daemonsets': daemonSetPrinter,
  'apps/controllerrevisions': controllerRevisionPrinter,
  'batch/jobs': jobPrinter,
  'batch/cronjobs': cronJobPrinter,
  'coordination.k8s.io/leases': leasePrinter,
  'policy/poddisruptionbudgets': budgetPrinter,
  'scheduling.k8s.io/priorityclasses': priorityClassPrinter,
  'rbac.authorization.k8s.io/rolebindings': bindingPrinter,
  'rbac.authorization.k8s.io/clusterrolebindings': bindingPrinter,
  'rbac.authorization.k8s.io/roles': datedPrinter,
  'rbac.authorization.k8s.io/clusterroles': datedPrinter,
  'apiextensions.k8s.io/customresourcedefinitions': datedPrinter,
};

function printerOf({ resource, columns }: TableInput): Printer {
  if (columns !== undefined) return customPrinter(columns);
  return printers[`${resource.group}/${resource.plural}`] ?? plainPrinter;
}

function shownObject(object: JsonObject, include: TableInput['includeObject']): JsonObject | null {
  if (include === 'None') return null;
  if (include === 'Object') return object;
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** The meta.k8s.io/v1 Table of `items`, in their order. Ages are as of `now`. */
export function tableOf(input: TableInput): object {
  const printer = printerOf(input);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: input.listMeta,
    columnDefinitions: input.noHeaders === true ? null : printer.columns,
    rows: input.items.filter(isObject).map((object) => {
      const conditions = printer.conditions?.(object) ?? [];
      return {
        cells: printer.cells(object, input.now),
        ...(conditions.length > 0 && { conditions }),
        object: shownObject(object, input.includeObject),
      };
    }),
  };
}
