// Looking up what a Workspace's pods need and others make: Secrets and settings. Asked for until its workload is up.
import { configMaps, secrets } from '../apis/resource.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import { BadRequest, Invalid, NotFound } from '../kube/errors.ts';
import { secretsOf } from './checks.ts';
import { inferenceConfigTemplate } from './inference.ts';
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
  for (const name of secretsOf(workspace))
    if (!(await isThere(() => kube.get(secrets, { name, namespace }, { signal })))) missingSecrets.push(name);
  const configMap = (name: string) => present(() => kube.get(configMaps, { name, namespace }, { signal }));
  if (workspace.tuning === undefined) {
    const inferenceConfig = (await configMap(inferenceConfigTemplate)) !== undefined;
    return { missingSecrets, inferenceConfig };
  }
  const { name } = tuningConfigOf(workspace);
  const found = await configMap(name);
  const tuningConfig =
    found === undefined ? undefined : checkTuningConfig(found.data ?? {}, { name, method: methodOf(workspace) });
  return { missingSecrets, tuningConfig, inferenceConfig: false };
}

async function isThere(get: () => Promise<unknown>): Promise<boolean> {
  return (await present(get)) !== undefined;
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
