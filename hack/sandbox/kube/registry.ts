// Everything that is served now: the built-in kinds and what CustomResourceDefinitions add.
import { builtins } from './builtins.ts';
import { apiVersionOf, type Resource } from './resource.ts';

export class Registry {
  readonly #custom = new Map<string, readonly Resource[]>();

  /** All resources, custom ones last. */
  all(): readonly Resource[] {
    return [...builtins, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all().find((r) => r.group === group && r.version === version && r.plural === plural);
  }

  /** Any served version of a group and plural. */
  findAny(group: string, plural: string): Resource | undefined {
    return this.all().find((r) => r.group === group && r.plural === plural);
  }

  findKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find((r) => r.kind === kind && apiVersionOf(r) === apiVersion);
  }

  /** A resource for each part of the storage. */
  ofBuckets(): ReadonlyMap<string, Resource> {
    return new Map(
      this.all()
        .toReversed()
        .map((resource) => [resource.bucket, resource]),
    );
  }

  /** Serves the versions of a definition instead of what it served before. */
  setCustom(definition: string, resources: readonly Resource[]): void {
    this.#custom.set(definition, resources);
  }

  removeCustom(definition: string): void {
    this.#custom.delete(definition);
  }
}
