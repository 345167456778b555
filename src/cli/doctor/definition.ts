// A CustomResourceDefinition, as far as the doctor needs it.
import { isJsonObject } from '../../kube/answer.ts';

export interface Definition {
  /** For people, after "their definition is": who keeps it. */
  readonly owner: string;
  readonly versions: readonly { readonly name: string; readonly served: boolean; readonly status: boolean }[];
  /** The version that objects are stored as from now on. */
  readonly storage: string | undefined;
  /** Every version that objects may be stored as. */
  readonly stored: readonly string[];
  readonly established: boolean;
}

/** Reads what is there: the API server has validated it. */
export function definitionOf(body: unknown): Definition {
  const top = objectOf(body);
  const metadata = objectOf(top['metadata']);
  const status = objectOf(top['status']);
  const versions = listOf(objectOf(top['spec'])['versions']).map(objectOf);
  const storage = versions.find((each) => each['storage'] === true)?.['name'];
  return {
    owner: ownerOf(objectOf(metadata['labels']), objectOf(metadata['annotations'])),
    versions: versions.map((each) => ({
      name: String(each['name']),
      served: each['served'] === true,
      status: isJsonObject(objectOf(each['subresources'])['status']),
    })),
    storage: typeof storage === 'string' ? storage : undefined,
    stored: listOf(status['storedVersions']).map(String),
    established: listOf(status['conditions'])
      .map(objectOf)
      .some(({ type, status: is }) => type === 'Established' && is === 'True'),
  };
}

type Json = Readonly<Record<string, unknown>>;

function ownerOf(labels: Json, annotations: Json): string {
  const release = annotations['meta.helm.sh/release-name'];
  if (typeof release === 'string')
    return `of the helm release ${String(annotations['meta.helm.sh/release-namespace'])}/${release}`;
  const manager =
    labels['addonmanager.kubernetes.io/mode'] === undefined ? labels['app.kubernetes.io/managed-by'] : 'AKS';
  if (typeof manager === 'string') return `kept by ${manager}`;
  return 'nobody’s by its labels: neither a helm release nor a manager';
}

function objectOf(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
