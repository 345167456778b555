// Creating an object: what every kind goes through before it is stored.
import { randomInt, randomUUID } from 'node:crypto';
import type { Call, Env } from '../call.ts';
import { ownedAfterWrite } from '../apply/ownership.ts';
import { finalizerWarnings, metadataCauses } from '../metadata.ts';
import { keyOf, timestamp, type KubeObject } from '../object.ts';
import { ApiError, alreadyExists, badRequest, forbidden, invalid, notFound } from '../status.ts';
import { validatedKind, type Resource } from '../resource.ts';
import { validationCauses } from '../validation.ts';

// The alphabet of k8s.io/apimachinery's rand: no vowels, so no words.
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const longestBase = 58;

function generated(base: string): string {
  const suffix = Array.from({ length: 5 }, () => suffixAlphabet[randomInt(suffixAlphabet.length)]).join('');
  return `${base.slice(0, longestBase)}${suffix}`;
}

/** Throws unless the namespace of a request exists and takes new objects. */
function checkNamespace(env: Env, resource: Resource, meta: { name?: string; namespace?: string }): void {
  if (!resource.namespaced || meta.namespace === undefined) return;
  const namespace = env.storage.get('namespaces', meta.namespace);
  if (namespace === undefined) throw notFound({ group: '', plural: 'namespaces' }, meta.namespace);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${meta.namespace} because it is being terminated`;
  const name = meta.name ?? '';
  throw new ApiError(403, 'Forbidden', forbidden(resource, name, why).message, {
    name,
    group: resource.group,
    kind: resource.plural,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${meta.namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

/** Throws while the definition of a custom resource is on its way out. */
function checkDefinition(env: Env, resource: Resource, name: string): void {
  if (resource.custom === undefined) return;
  const definition = env.storage.get('customresourcedefinitions.apiextensions.k8s.io', resource.bucket);
  if (definition?.metadata.deletionTimestamp === undefined) return;
  throw forbidden(resource, name, 'create not allowed while custom resource definition is terminating');
}

/** Gives the object the namespace of the request, or throws a 400 when it names another one. */
export function matchNamespace(object: KubeObject, requested: string | undefined): void {
  const { metadata } = object;
  if (requested === undefined) delete metadata.namespace;
  else if (metadata.namespace === undefined) metadata.namespace = requested;
  else if (metadata.namespace !== requested) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** Stores a new object that came in the resource's own version, and returns it as that version shows it. */
export function createObject(env: Env, call: Call, object: KubeObject, { applied = false } = {}): KubeObject {
  const { resource, request } = call;
  matchNamespace(object, request.namespace);
  checkNamespace(env, resource, object.metadata);
  checkDefinition(env, resource, object.metadata.name ?? '');
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined) {
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  }
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (resource.tracksGeneration) delete metadata.generation;
  if (metadata.name === undefined && metadata.generateName !== undefined)
    metadata.name = generated(metadata.generateName);
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(env.now());
  // Ownership is about what the client sent, before admission and the kind's own rules add to it.
  const managedFields = applied
    ? metadata.managedFields
    : ownedAfterWrite({ call, now: env.now(), live: undefined, next: object }).metadata.managedFields;
  if (managedFields === undefined) delete metadata.managedFields;
  else metadata.managedFields = managedFields;
  if (resource.tracksGeneration) metadata.generation = 1;
  if (resource.custom !== undefined && resource.hasStatus) delete object['status'];
  resource.strategy.onCreate?.(object, env.now());
  resource.strategy.defaults?.(object);
  const causes = [...metadataCauses(object, resource), ...validationCauses(resource, object, undefined)];
  if (causes.length > 0) throw invalid(validatedKind(resource), metadata.name ?? '', causes);
  if (resource.custom !== undefined) call.warnings.push(...finalizerWarnings(object));
  const existing = env.storage.get(resource.bucket, keyOf(metadata));
  if (existing !== undefined) {
    throw alreadyExists(resource, existing.metadata, { generated: metadata.generateName !== undefined });
  }
  if (call.dryRun) return object;
  return resource.fromStored(env.storage.put(resource.bucket, resource.toStored(object)));
}
