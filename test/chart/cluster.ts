// Releases on the real API server: each test begins without any and leaves none.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { binaryOf } from '../../hack/tools/binaries.ts';
import { chartDir, helmOutput, nameOf } from './helm.ts';
import { finish, type Finished } from './program.ts';

export const namespace = 'gpu-provisioner';

class KubectlFailed extends Error {
  readonly code = 'KUBECTL_FAILED';
}

/** Standard output of a run that must succeed. Throws KubectlFailed. */
export async function kubectl(args: readonly string[], input?: JsonObject): Promise<string> {
  const { code, stdout, stderr } = await runKubectl(args, input);
  if (code !== 0) throw new KubectlFailed(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

async function runKubectl(args: readonly string[], input?: JsonObject): Promise<Finished> {
  const text = input === undefined ? '' : JSON.stringify(input);
  return finish(binaryOf('kubectl'), args, { KUBECONFIG: inject('kubeconfig') }, text);
}

/** `create` of one object, or of a List. */
export async function create(object: JsonObject): Promise<void> {
  await kubectl(['create', '-f', '-'], object);
}

/** Undefined where there is no such object. */
export async function get(kind: string, name: string, within = namespace): Promise<JsonObject | undefined> {
  const text = await kubectl(['get', kind, name, '--namespace', within, '--ignore-not-found', '--output', 'json']);
  const found: unknown = text === '' ? undefined : JSON.parse(text);
  return isObject(found) ? found : undefined;
}

/** `namespace/name` of all objects of these kinds, in the order of the alphabet; those every cluster has are left out. */
export async function names(kinds: string): Promise<readonly string[]> {
  const list: unknown = JSON.parse(await kubectl(['get', kinds, '--all-namespaces', '--output', 'json']));
  const items = isObject(list) && Array.isArray(list['items']) ? list['items'].filter(isObject) : [];
  return items
    .filter((item) => !nameOf(item).startsWith('system:'))
    .map((item) => `${textAt(objectAt(item, 'metadata'), 'namespace') ?? ''}/${nameOf(item)}`)
    .toSorted();
}

/** The file of a kubeconfig with the rights of a ServiceAccount of ours. */
export async function kubeconfigOf(account: string): Promise<string> {
  const token = (await kubectl(['create', 'token', account, '--namespace', namespace])).trim();
  const config: unknown = parse(await kubectl(['config', 'view', '--raw']));
  const { users, ...rest } = isObject(config) ? config : {};
  const [user] = Array.isArray(users) ? users.filter(isObject) : [];
  const file = join(inject('home'), `${account}-kubeconfig`);
  await writeFile(file, stringify({ ...rest, users: [{ name: textAt(user, 'name'), user: { token } }] }), {
    mode: 0o600,
  });
  return file;
}

/** Polls until `condition` holds; the time limit is that of the test. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

/** Of the Job before an uninstall, and of what it may do. */
export const hookName = 'gpu-provisioner-release-nodes';

const crds = ['machines.karpenter.sh', 'nodeclaims.karpenter.sh', 'workspaces.kaito.sh'] as const;

/** Where the objects of our CRDs are listed. */
const objects = {
  'machines.karpenter.sh': '/apis/karpenter.sh/v1alpha5/machines',
  'nodeclaims.karpenter.sh': '/apis/karpenter.sh/v1/nodeclaims',
  'workspaces.kaito.sh': '/apis/kaito.sh/v1alpha1/workspaces',
};

/**
 * Resolves when objects of this CRD are listed, and only then may the CRD go. The API server deletes a CRD after it listed
 * its objects; the first list ever starts their cache and fails. Then it tries again on a copy of the CRD that may be older
 * than its own last write, takes the conflict for a change of somebody else that will call it, and is never called
 * (apiextensions-apiserver 0.34, crd_finalizer.go). One in ten deletions right after the creation hung.
 */
export async function served(crd: (typeof crds)[number], path = objects[crd]): Promise<void> {
  await until(async () => (await runKubectl(['get', '--raw', path])).code === 0);
}

export async function makeNamespace(name: string): Promise<void> {
  if ((await get('namespace', name)) === undefined) await kubectl(['create', 'namespace', name]);
}

/** Removes everything of earlier tests, and after this one. The namespace stays, as nothing here ends one. */
export async function aCleanCluster(): Promise<void> {
  await clean();
  onTestFinished(clean);
  await makeNamespace(namespace);
}

async function clean(): Promise<void> {
  const listed: unknown = JSON.parse(await clusterHelm(['list', '--all', '--all-namespaces', '--output', 'json']));
  for (const each of Array.isArray(listed) ? listed : []) {
    const [name = '', where = ''] = [textAt(each, 'name'), textAt(each, 'namespace')];
    await clusterHelm(['uninstall', name, '--namespace', where, '--no-hooks', '--ignore-not-found']);
  }
  for (const crd of crds) {
    if ((await get('crd', crd)) === undefined) continue;
    await served(crd);
    await kubectl(['delete', 'crd', crd]);
  }
  // No garbage collector runs, which would also take Nodes whose Machines a test only names.
  for (const kind of ['replicasets', 'pods']) await kubectl(['delete', kind, '--all', '--namespace', namespace]);
  // Helm keeps what belongs to a hook that failed.
  await kubectl(['delete', 'job', hookName, '--namespace', namespace, '--ignore-not-found']);
  // A test that failed leaves finalizers behind, which nobody else takes off.
  const free = JSON.stringify({ metadata: { finalizers: null } });
  for (const node of await names('nodes')) await kubectl(['patch', `node${node}`, '--type=merge', `--patch=${free}`]);
  await kubectl(['delete', 'nodes', '--all']);
}

/** Standard output of helm on the cluster. Throws HelmFailed. */
export async function clusterHelm(args: readonly string[], values?: JsonObject): Promise<string> {
  const kubeconfig = inject('kubeconfig');
  return helmOutput(args, values === undefined ? { kubeconfig } : { kubeconfig, values });
}

/** `helm install` or `helm upgrade` of the chart; answers with the notes. */
export async function release(
  verb: 'install' | 'upgrade',
  args: readonly string[],
  { name = 'gpu-provisioner', values }: { readonly name?: string; readonly values?: JsonObject } = {},
): Promise<string> {
  const command = [verb, name, chartDir, '--namespace', namespace, '--output', 'json', ...args];
  const said: unknown = JSON.parse(await clusterHelm(command, values));
  return textAt(objectAt(said, 'info'), 'notes') ?? '';
}

export async function crdFile(name: 'machines' | 'nodeclaims'): Promise<string> {
  return readFile(new URL(`../../crds/karpenter.sh_${name}.yaml`, import.meta.url), 'utf8');
}
