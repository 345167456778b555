// Printers of volumes: claims, volumes, attachments and classes.
import { at, listAt, textAt, type Json, type JsonObject } from '../json.ts';
import { ageOf, column, integer, nameColumn, nameOf, textOr, textsAt, wide, type Printer } from './printer.ts';

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(object: Json, ...path: readonly string[]): string {
  const modes = new Set(textsAt(object, ...path));
  return Object.entries(shortModes)
    .filter(([mode]) => modes.has(mode))
    .map(([, short]) => short)
    .join(',');
}

function isDeleting(object: JsonObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function phaseOf(object: JsonObject): string {
  return isDeleting(object) ? 'Terminating' : (textAt(object, 'status', 'phase') ?? '');
}

export const claimPrinter: Printer = {
  columns: [
    nameColumn,
    ...['Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age'].map((name) =>
      column(name),
    ),
    wide('VolumeMode'),
  ],
  cells: (claim, now) => {
    const volume = textAt(claim, 'spec', 'volumeName') ?? '';
    return [
      nameOf(claim),
      phaseOf(claim),
      volume,
      volume === '' ? '' : (textAt(claim, 'status', 'capacity', 'storage') ?? ''),
      volume === '' ? '' : accessModes(claim, 'status', 'accessModes'),
      textAt(claim, 'spec', 'storageClassName') ?? '',
      textOr('<unset>', claim, 'spec', 'volumeAttributesClassName'),
      ageOf(claim, now),
      textOr('<unset>', claim, 'spec', 'volumeMode'),
    ];
  },
};

export const volumePrinter: Printer = {
  columns: [
    nameColumn,
    ...['Capacity', 'Access Modes', 'Reclaim Policy', 'Status', 'Claim', 'StorageClass'].map((name) => column(name)),
    ...['VolumeAttributesClass', 'Reason', 'Age'].map((name) => column(name)),
    wide('VolumeMode'),
  ],
  cells: (volume, now) => {
    const claim = at(volume, 'spec', 'claimRef');
    return [
      nameOf(volume),
      textAt(volume, 'spec', 'capacity', 'storage') ?? '',
      accessModes(volume, 'spec', 'accessModes'),
      textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Retain',
      phaseOf(volume),
      claim === undefined ? '' : `${textAt(claim, 'namespace') ?? ''}/${textAt(claim, 'name') ?? ''}`,
      textAt(volume, 'spec', 'storageClassName') ?? '',
      textOr('<unset>', volume, 'spec', 'volumeAttributesClassName'),
      textAt(volume, 'status', 'reason') ?? '',
      ageOf(volume, now),
      textOr('<unset>', volume, 'spec', 'volumeMode'),
    ];
  },
};

export const attachmentPrinter: Printer = {
  columns: [
    nameColumn,
    column('Attacher', { format: 'name' }),
    column('PV'),
    column('Node'),
    column('Attached', { type: 'boolean' }),
    column('Age'),
  ],
  cells: (attachment, now) => [
    nameOf(attachment),
    textAt(attachment, 'spec', 'attacher') ?? '',
    textAt(attachment, 'spec', 'source', 'persistentVolumeName') ?? '',
    textAt(attachment, 'spec', 'nodeName') ?? '',
    at(attachment, 'status', 'attached') === true,
    ageOf(attachment, now),
  ],
};

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

export const storageClassPrinter: Printer = {
  columns: [
    nameColumn,
    ...['Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'].map((name) => column(name)),
  ],
  cells: (storageClass, now) => {
    const isDefault = textAt(storageClass, 'metadata', 'annotations', defaultClass) === 'true';
    return [
      `${nameOf(storageClass)}${isDefault ? ' (default)' : ''}`,
      textAt(storageClass, 'provisioner') ?? '',
      textAt(storageClass, 'reclaimPolicy') ?? 'Delete',
      textAt(storageClass, 'volumeBindingMode') ?? 'Immediate',
      at(storageClass, 'allowVolumeExpansion') === true,
      ageOf(storageClass, now),
    ];
  },
};

export const csiNodePrinter: Printer = {
  columns: [nameColumn, integer('Drivers'), column('Age')],
  cells: (node, now) => [nameOf(node), listAt(node, 'spec', 'drivers').length, ageOf(node, now)],
};
