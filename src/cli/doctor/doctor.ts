// The command `doctor`: whether what the controller leans on is in order, and what mends it.
import { ConfigurationError } from '../../azure/configuration-error.ts';
import { systemClock } from '../../clock.ts';
import { KubeConfigInvalid, loadCluster } from '../../kube/config.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import type { DoctorOptions } from '../../options.ts';
import { ask } from '../asking/ask.ts';
import { say } from '../printing/say.ts';
import { screenOf } from '../printing/screen.ts';
import { azureOf, type Azure } from './azure.ts';
import { runChecks, Unlooked, type Case } from './check.ts';
import { checks } from './checks.ts';
import { countsOf, reportJson, reportText } from './report.ts';
import { surroundingsOf, type Surroundings } from './surroundings.ts';

/** Resolves to the exit code: 0 where no check failed, 1 where one did, 2 where the options cannot be used. */
export async function doctor(options: DoctorOptions): Promise<number> {
  let clusterMissing: string | undefined;
  try {
    loadCluster({ env: { ...process.env, KUBECONFIG: options.kubeconfig }, context: options.context });
  } catch (error) {
    if (!(error instanceof KubeConfigInvalid)) throw error;
    clusterMissing = error.message;
  }
  if (clusterMissing === undefined)
    return ask(options, ({ kube, signal }) => examine(options, { kube, signal, clusterMissing }));
  return examine(options, { kube: undefined, signal: new AbortController().signal, clusterMissing });
}

interface Means {
  readonly kube: RestClient | undefined;
  /** Why there is no `kube`. */
  readonly clusterMissing: string | undefined;
  readonly signal: AbortSignal;
}

async function examine(options: DoctorOptions, means: Means): Promise<number> {
  const clock = systemClock;
  let found;
  try {
    found = await runChecks(checks, caseOf(options, means));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  means.signal.throwIfAborted();
  await say(
    options.output === 'json'
      ? reportJson(found, clock.now())
      : reportText(found, screenOf(process.stdout, process.env)),
  );
  return countsOf(found).fail > 0 ? 1 : 0;
}

/** Throws ConfigurationError. */
function caseOf(options: DoctorOptions, { clusterMissing, kube, signal }: Means): Case {
  const clock = systemClock;
  const withKube = (): RestClient => {
    if (kube !== undefined) return kube;
    throw new Unlooked(`Needs a cluster: ${clusterMissing ?? ''}`, ['gpu-provisioner doctor --kubeconfig FILE']);
  };
  const surroundings: Surroundings | undefined =
    kube === undefined
      ? undefined
      : surroundingsOf({
          kube,
          namespace: options.namespace,
          deploymentName: process.env['DEPLOYMENT_NAME'],
          signal,
        });
  const inPod = process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  const azure = azureOrWhyNot(options, inPod);
  return {
    clock,
    options,
    inPod,
    signal,
    kube: withKube,
    surroundings() {
      withKube();
      if (surroundings === undefined) throw new TypeError('A cluster without surroundings');
      return surroundings;
    },
    azure() {
      if (azure instanceof Unlooked) throw azure;
      return azure;
    },
  };
}

function azureOrWhyNot(options: DoctorOptions, inPod: boolean): Azure | Unlooked {
  try {
    return azureOf({ options, clock: systemClock, inPod });
  } catch (error) {
    if (error instanceof Unlooked) return error;
    throw error;
  }
}
