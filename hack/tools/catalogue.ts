// The programs that the suites borrow from the Go world, in the versions that go.mod beside this file pins.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const moduleDir = fileURLToPath(new URL('.', import.meta.url));

export const toolNames = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-scheduler',
  'kubeconform',
  'helm',
  'kube-controller-manager',
] as const;

export type ToolName = (typeof toolNames)[number];

export interface Tool {
  readonly name: ToolName;
  /** Import path of the main package: one of go.mod's `tool` directives. */
  readonly mainPackage: string;
  /** `variable=value` pairs that the linker writes in, as the project's own releases do. */
  readonly stamped: readonly string[];
}

export function isToolName(name: string): name is ToolName {
  return toolNames.some((known) => known === name);
}

/** What to build for a name. Throws UnpinnedModule when go.mod does not require the module. */
export function toolOf(name: ToolName): Tool {
  const goMod = readFileSync(`${moduleDir}go.mod`, 'utf8');
  return { name, mainPackage: mainPackages[name], stamped: stampsOf(name, goMod) };
}

const mainPackages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  helm: 'helm.sh/helm/v3/cmd/helm',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const satisfies Record<ToolName, string>;

function stampsOf(name: ToolName, goMod: string): readonly string[] {
  // etcd has its version in its source.
  if (name === 'etcd') return [];
  if (name === 'helm') return helmVersion(goMod);
  if (name === 'kubeconform') return [`main.version=${versionOf('github.com/yannh/kubeconform', goMod)}`];
  return kubernetesVersion(goMod);
}

class UnpinnedModule extends Error {
  readonly code = 'UnpinnedModule';
}

/** Without these the API server calls itself v0.0.0, and clients that look at the version refuse it. */
function kubernetesVersion(goMod: string): readonly string[] {
  const { version, major, minor } = kubernetesRelease(goMod);
  const variable = 'k8s.io/component-base/version';
  return [
    `${variable}.gitVersion=${version}`,
    `${variable}.gitMajor=${major}`,
    `${variable}.gitMinor=${minor}`,
    `${variable}.gitTreeState=clean`,
  ];
}

/** helm renders charts offline for the Kubernetes minor that its client library is of (its Makefile says so). */
function helmVersion(goMod: string): readonly string[] {
  const { major, minor } = kubernetesRelease(goMod);
  return [
    `helm.sh/helm/v3/internal/version.version=${versionOf('helm.sh/helm/v3', goMod)}`,
    ...['helm.sh/helm/v3/pkg/chartutil', 'helm.sh/helm/v3/pkg/lint/rules'].flatMap((variable) => [
      `${variable}.k8sVersionMajor=${major}`,
      `${variable}.k8sVersionMinor=${minor}`,
    ]),
  ];
}

function kubernetesRelease(goMod: string): { version: string; major: string; minor: string } {
  const version = versionOf('k8s.io/kubernetes', goMod);
  const [major = '', minor = ''] = version.slice(1).split('.');
  return { version, major, minor };
}

function versionOf(module: string, goMod: string): string {
  const words = goMod
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([path]) => path === module);
  const version = words?.[1];
  if (version === undefined)
    throw new UnpinnedModule(`Cannot tell the version of "${module}": go.mod does not require it`);
  return version;
}
