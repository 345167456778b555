// The schemas that every kind refers to: metadata of objects and lists, patches and the status of a request.
import {
  anything,
  flag,
  metaPackage,
  object,
  refs,
  text,
  textMap,
  texts,
  time,
  type Definition,
} from './definition.ts';

export const metadataDefinitions: Readonly<Record<string, Definition>> = {
  [`${metaPackage}.ObjectMeta`]: object('What every object has, whatever its kind.', {
    annotations: textMap('Data for tools and libraries, by key; nothing selects by it.'),
    creationTimestamp: time('When the server created the object. Read-only.'),
    deletionGracePeriodSeconds: {
      type: 'integer',
      format: 'int64',
      description: 'How long the object may take to go, in seconds, once it is being deleted. Read-only.',
    },
    deletionTimestamp: time('When the object will be or should have been gone; set by a deletion. Read-only.'),
    finalizers: texts('What must happen before the object may go; each is removed by the one who did it.'),
    generateName: text('A prefix from which the server makes a name when there is none.'),
    generation: {
      type: 'integer',
      format: 'int64',
      description: 'How often the desired state has changed. Read-only.',
    },
    labels: textMap('Keys and values to select the object by.'),
    managedFields: refs(`${metaPackage}.ManagedFieldsEntry`, 'Who set which fields, for server-side apply.'),
    name: text('The name, unique among the objects of its kind in its namespace. It never changes.'),
    namespace: text('The namespace; empty for what belongs to the whole cluster. It never changes.'),
    ownerReferences: refs(`${metaPackage}.OwnerReference`, 'The objects without which this one is of no use.'),
    resourceVersion: text('Changes with each write; an opaque value to detect changes by. Read-only.'),
    uid: text('Tells this object apart from all others, before and after it, of the same name. Read-only.'),
  }),
  [`${metaPackage}.OwnerReference`]: {
    ...object('An object that this one depends on.', {
      apiVersion: text('API version of the owner.'),
      blockOwnerDeletion: flag('Whether a foreground deletion of the owner waits for this object.'),
      controller: flag('Whether the owner manages this object.'),
      kind: text('Kind of the owner.'),
      name: text('Name of the owner.'),
      uid: text('UID of the owner.'),
    }),
    required: ['apiVersion', 'kind', 'name', 'uid'],
  },
  [`${metaPackage}.ManagedFieldsEntry`]: object('The fields that one manager set in one way.', {
    apiVersion: text('The version that the fields are named in.'),
    fieldsType: text('How fieldsV1 is written.'),
    fieldsV1: anything('The fields, as a tree.'),
    manager: text('The name of the manager.'),
    operation: text('Apply or Update.'),
    subresource: text('The subresource that was written to, or nothing.'),
    time: time('When the manager changed a field last.'),
  }),
  [`${metaPackage}.ListMeta`]: object('What every list has.', {
    continue: text('Where the next page starts; empty on the last one.'),
    remainingItemCount: { type: 'integer', format: 'int64', description: 'How many items the next pages hold.' },
    resourceVersion: text('The version of the whole that the list shows; a watch may start from it.'),
  }),
  [`${metaPackage}.Patch`]: { type: 'object', description: 'What to change, in the form that the content type names.' },
  [`${metaPackage}.Status`]: object('The outcome of a request that returned no object.', {
    code: { type: 'integer', format: 'int32', description: 'The HTTP status.' },
    message: text('What happened, for people.'),
    reason: text('What happened, as one word for programs.'),
    status: text('Success or Failure.'),
  }),
};
