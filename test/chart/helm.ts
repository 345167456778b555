// The real helm on the chart: rendered objects, refusals and releases.
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { binaryOf } from '../../hack/tools/binaries.ts';
import { finish, type Finished } from './program.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const chartDir = pathOf('../../charts/gpu-provisioner');

/** The values files of the chart's ci directory, by name. */
export function ciFile(name: 'minimal' | 'azure' | 'everything'): string {
  return `${chartDir}/ci/${name}-values.yaml`;
}

/** As people have it who followed Azure's documentation. */
export const azureValuesFile = pathOf('fixtures/azure-values.yaml');
export const image = 'controller.image.repository=registry.example/gpu-provisioner';

/** A values file that cannot be used, or a cluster that refuses. The message is what helm said. */
class HelmFailed extends Error {
  readonly code = 'HELM_FAILED';
}

/** Helm without a cluster, or with the one of `kubeconfig`. */
export async function helm(args: readonly string[], options: HelmOptions = {}): Promise<Finished> {
  const { values, kubeconfig = '/dev/null' } = options;
  // A configuration of the person who runs the tests must not matter.
  const home = inject('home');
  const env = { KUBECONFIG: kubeconfig, HELM_CONFIG_HOME: home, HELM_CACHE_HOME: home, HELM_DATA_HOME: home };
  const more = values === undefined ? [] : ['--values', '-'];
  return finish(binaryOf('helm'), [...args, ...more], env, values === undefined ? '' : stringify(values));
}

export interface HelmOptions {
  readonly values?: JsonObject;
  readonly kubeconfig?: string;
}

/** Standard output of a run that must succeed. Throws HelmFailed. */
export async function helmOutput(args: readonly string[], options: HelmOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await helm(args, options);
  if (code !== 0) throw new HelmFailed(`helm ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

const withMonitors = ['ServiceMonitor', 'PrometheusRule'].flatMap((kind) => [
  '--api-versions',
  `monitoring.coreos.com/v1/${kind}`,
]);

/** The manifests as text. Release and namespace are called gpu-provisioner. */
export async function template(args: readonly string[], values?: JsonObject): Promise<string> {
  const release = ['template', 'gpu-provisioner', chartDir, '--namespace', 'gpu-provisioner', ...withMonitors];
  return helmOutput([...release, ...args], values === undefined ? {} : { values });
}

/** Values that come on top of ci/minimal-values.yaml. */
export async function render(values: JsonObject = {}): Promise<Rendered> {
  return new Rendered(await template(['--values', ciFile('minimal')], values));
}

/** What helm says to values that it must refuse, on top of ci/minimal-values.yaml. */
export async function refusal(values: JsonObject): Promise<string> {
  const args = ['template', 'gpu-provisioner', chartDir, '--values', ciFile('minimal')];
  const { code, stderr } = await helm(args, { values });
  if (code === 0) throw new HelmFailed('helm rendered values that it must refuse');
  return stderr;
}

export class Rendered {
  readonly objects: readonly JsonObject[];

  constructor(manifests: string) {
    this.objects = parseAllDocuments(manifests)
      .map((document): unknown => document.toJS())
      .filter(isObject);
  }

  all(kind: string): readonly JsonObject[] {
    return this.objects.filter((each) => each['kind'] === kind);
  }

  /** The only object of its kind, or the one of that name. Throws HelmFailed. */
  one(kind: string, name?: string): JsonObject {
    const [found, ...others] = this.all(kind).filter((each) => name === undefined || nameOf(each) === name);
    if (found === undefined || others.length > 0) {
      throw new HelmFailed(`${others.length + (found === undefined ? 0 : 1)} objects are a ${kind} ${name ?? ''}`);
    }
    return found;
  }

  /** The pod of the Deployment. */
  pod(): JsonObject {
    return podOf(this.one('Deployment'));
  }

  /** Environment of the controller, entry by entry. */
  environment(): Readonly<Record<string, unknown>> {
    const { env } = containerOf(this.one('Deployment'));
    const entries = Array.isArray(env) ? env.filter(isObject) : [];
    return Object.fromEntries(entries.map((entry) => [textAt(entry, 'name'), entry['value'] ?? entry['valueFrom']]));
  }
}

export function nameOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'name') ?? '';
}

export function podOf(workload: JsonObject): JsonObject {
  return objectAt(objectAt(objectAt(workload, 'spec'), 'template'), 'spec');
}

/** The only container of a workload. */
export function containerOf(workload: JsonObject): JsonObject {
  const { containers } = podOf(workload);
  const [container] = Array.isArray(containers) ? containers : [];
  return isObject(container) ? container : {};
}
