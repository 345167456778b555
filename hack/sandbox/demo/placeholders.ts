// The documents' Workspaces have places for their readers to fill in; the demo fills them in as a reader would.

const registry = 'registry.example';
const secretName = 'my-registry';

const fillings: readonly (readonly [string, string])[] = [
  ['ACR_REPO_HERE.azurecr.io', registry],
  ['IMAGE_NAME_HERE', 'my-adapter'],
  ['ADAPTER_HERE', 'my-adapter'],
  ['ACR_REGISTRY_SECRET_HERE', secretName],
];

export interface Filled {
  readonly text: string;
  /** What stands for what, for a person. */
  readonly notes: readonly string[];
}

export function fillIn(text: string): Filled {
  const found = fillings.filter(([placeholder]) => text.includes(placeholder));
  return {
    text: found.reduce((filled, [placeholder, value]) => filled.replaceAll(placeholder, value), text),
    notes: found.map(([placeholder, value]) => `${placeholder} stands for ${value}`),
  };
}

/** The Secret that a filled-in Workspace pushes with: for the registry of its images, whatever it holds. */
export function pushSecret(name: string, image: string): object {
  const [host = registry] = image.split('/');
  const config = JSON.stringify({ auths: { [host]: { auth: Buffer.from('demo:demo').toString('base64') } } });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  };
}
