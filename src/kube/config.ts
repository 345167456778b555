// Finds the cluster: KUBECONFIG, the service account of a pod, or the kubeconfig in the home directory, in client-go's order.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './credentials.ts';
import { KubeConfigCredentials } from './kubeconfig-credentials.ts';
import { serverUrl } from './server-url.ts';

/** No usable cluster in the configuration. The message names the file and what is wrong with it. */
export class KubeConfigInvalid extends Error {
  readonly code = 'KUBECONFIG_INVALID';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'KubeConfigInvalid';
  }
}

export interface KubeConfigOptions {
  /** `KUBECONFIG`, `KUBERNETES_SERVICE_HOST`; usually process.env. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the kubeconfig; absent: the one that it names as current. */
  readonly context?: string | undefined;
  /** Where the home directory and the service account are looked for, for tests: before `/var/run/secrets` and `.kube`. */
  readonly root?: string;
}

/** A cluster, and how to be let in. */
export interface Cluster {
  readonly credentials: Credentials;
  /** Of the current context, or of the service account. */
  readonly namespace: string | undefined;
  /** Where it was found, for the log. */
  readonly source: string;
}

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads the configuration once; the credentials read it again when they are refused. Throws KubeConfigInvalid. */
export function loadCluster(options: KubeConfigOptions): Cluster {
  const { source, load: read } = find(options);
  const { context } = options;
  const load = (): KubeConfig => {
    const loaded = read();
    if (context !== undefined) loaded.setCurrentContext(context);
    return loaded;
  };
  const config = load();
  const credentials = new KubeConfigCredentials({ config, server: checkedServer(config, source), load });
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return { credentials, namespace, source };
}

interface Found {
  readonly source: string;
  readonly load: () => KubeConfig;
}

function find({ env, root }: KubeConfigOptions): Found {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return { source: listed.join(delimiter), load: () => fromFiles(listed) };
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(`${root ?? ''}${tokenPath}`)) {
    return { source: 'service account', load: () => fromServiceAccount(root ?? '') };
  }
  const home = join(root ?? homedir(), '.kube', 'config');
  if (existsSync(home)) return { source: home, load: () => fromFiles([home]) };
  throw new KubeConfigInvalid(
    `Cannot find a cluster: KUBECONFIG is not set, this is no pod, and "${home}" does not exist`,
  );
}

function fromServiceAccount(root: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster(root);
  return config;
}

/** As kubectl merges them: the first file that says something wins; those of several that do not exist are left out. */
function fromFiles(files: readonly string[]): KubeConfig {
  const merged = new KubeConfig();
  merged.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: '' });
  const present = files.length === 1 ? files : files.filter((file) => existsSync(file));
  if (present.length === 0) {
    throw new KubeConfigInvalid(`Cannot read the kubeconfig "${files.join(delimiter)}": none of these files exists`);
  }
  for (const file of present) {
    const config = new KubeConfig();
    try {
      config.loadFromFile(file);
    } catch (error) {
      // Its first line: below that a YAML parser shows the lines around the mistake, tokens and all. Hence no cause either.
      const [why] = messageOf(error).split('\n');
      throw new KubeConfigInvalid(`Cannot read the kubeconfig "${file}": ${why}`);
    }
    for (const cluster of config.clusters) if (merged.getCluster(cluster.name) === null) merged.addCluster(cluster);
    for (const user of config.users) if (merged.getUser(user.name) === null) merged.addUser(user);
    for (const context of config.contexts)
      if (merged.getContextObject(context.name) === null) merged.addContext(context);
    merged.currentContext ||= config.currentContext;
  }
  return merged;
}

function checkedServer(config: KubeConfig, source: string): URL {
  const context = config.getCurrentContext();
  // Typed as a string, and undefined where the file does not say it.
  if (!context) throw new KubeConfigInvalid(`Cannot use the kubeconfig "${source}": it has no current-context`);
  if (config.getContextObject(context) === null) {
    throw new KubeConfigInvalid(`Cannot use the kubeconfig "${source}": it has no context "${context}"`);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new KubeConfigInvalid(
      `Cannot use the kubeconfig "${source}": the cluster of its context "${context}" is missing`,
    );
  }
  try {
    return serverUrl(cluster.server);
  } catch (cause) {
    throw new KubeConfigInvalid(`Cannot use the kubeconfig "${source}": ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
