// What a Workspace names and nobody has made, or not so that it can be used: said before a GPU is paid for (pure).
import type { Workspace } from '../apis/workspace.gen.ts';
import type { Finding } from './checks.ts';
import { inferenceConfigOf } from './inference.ts';
import { runtimeOf } from './inference-command.ts';
import type { Prerequisites } from './plan.ts';
import type { Preset } from './presets.ts';
import { reasons, type WorkspaceReason } from './reasons.ts';
import { tuningConfigOf } from './tuning-config.ts';

/** The first thing that is lacking; undefined: all is there. */
export function lackOf(
  workspace: Workspace,
  preset: Preset | undefined,
  { missingSecrets, unfitSecret, tuningConfig, inferenceConfig }: Prerequisites,
): Finding | undefined {
  const { tuning, metadata } = workspace;
  const { namespace = '' } = metadata;
  const [secret] = missingSecrets;
  if (secret !== undefined)
    return found(
      reasons.SecretNotFound,
      `Secret "${secret}" is not in namespace "${namespace}". Create it: ${creationOf(secret, namespace)}`,
    );
  if (unfitSecret !== undefined)
    return found(
      reasons.InvalidSecret,
      `Secret "${unfitSecret}" in namespace "${namespace}" has no .dockerconfigjson to push with. Delete it and create it anew: ${creationOf(unfitSecret, namespace)}`,
    );
  if (tuning === undefined) {
    const config = inferenceConfigOf(workspace);
    const isRead = preset !== undefined && runtimeOf(workspace, preset) === 'vllm';
    return isRead && !config.own && !inferenceConfig ? configMissing(config.name, namespace) : undefined;
  }
  if (tuningConfig !== undefined)
    return tuningConfig.ok ? undefined : found(reasons.InvalidTuningConfig, tuningConfig.message);
  const config = tuningConfigOf(workspace);
  return config.own ? undefined : configMissing(config.name, namespace);
}

function creationOf(secret: string, namespace: string): string {
  return `kubectl create secret docker-registry ${secret} --namespace ${namespace} --docker-server=... --docker-username=... --docker-password=...`;
}

/** KAITO's words. */
function configMissing(name: string, namespace: string): Finding {
  return found(
    reasons.ConfigMapNotFound,
    `ConfigMap '${name}' specified in 'config' not found in namespace '${namespace}'`,
  );
}

function found(reason: WorkspaceReason, message: string): Finding {
  return { reason, message };
}
