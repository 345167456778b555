// Looking up what a Workspace's pods need and others make: Secrets and settings. Asked for until its workload is up.
import { configMaps, secrets } from '../apis/resource.ts';
import type { Secret } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import { BadRequest, Invalid, NotFound } from '../kube/errors.ts';
import { secretsOf } from './checks.ts';
import { inferenceConfigOf } from './inference.ts';
import type { Prerequisites } from './plan.ts';
import { brokenRule } from './spec-rules.ts';
import { checkTuningConfig, methodOf, tuningConfigOf } from './tuning-config.ts';

/**
 * For one that is refused anyway nothing is looked up. Throws what the API server refuses, except that something is not
 * there.
 */
export async function lookUp(
  workspace: Workspace,
  { kube, signal }: { readonly kube: Pick<KubeClient, 'get'>; readonly signal: AbortSignal },
): Promise<Prerequisites> {
  if (brokenRule(workspace) !== undefined) return { missingSecrets: [], inferenceConfig: false };
  const { namespace = '' } = workspace.metadata;
  const missingSecrets: string[] = [];
  const unfit: string[] = [];
  for (const name of secretsOf(workspace)) {
    const secret = await present(() => kube.get(secrets, { name, namespace }, { signal }));
    if (secret === undefined) missingSecrets.push(name);
    else if (name === workspace.tuning?.output.imagePushSecret && !isForRegistry(secret)) unfit.push(name);
  }
  const configMap = (name: string) => present(() => kube.get(configMaps, { name, namespace }, { signal }));
  if (workspace.tuning === undefined) {
    const inferenceConfig = (await configMap(inferenceConfigOf(workspace).name)) !== undefined;
    return { missingSecrets, inferenceConfig };
  }
  const { name } = tuningConfigOf(workspace);
  const found = await configMap(name);
  const tuningConfig =
    found === undefined ? undefined : checkTuningConfig(found.data ?? {}, { name, method: methodOf(workspace) });
  return { missingSecrets, unfitSecret: unfit[0], tuningConfig, inferenceConfig: false };
}

/** The pod that pushes mounts this key, and does not start without it. */
function isForRegistry({ data }: Secret): boolean {
  return (data?.['.dockerconfigjson'] ?? '') !== '';
}

/** A name that no object can have is not there either. */
async function present<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof NotFound || error instanceof BadRequest || error instanceof Invalid) return undefined;
    throw error;
  }
}
