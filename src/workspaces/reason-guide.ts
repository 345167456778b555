// What every reason of a Workspace means and what to do about it, as claims/reason-guide.ts has it for claims.
import type { Guide } from '../apis/guide.ts';
import { guideOf } from '../claims/reason-guide.ts';
import type { WorkspaceReason } from './reasons.ts';

const nothingToDo = 'Nothing.';
const underWay = 'Nothing: it goes on by itself.';

/** In the order of a Workspace's life. */
export const workspaceGuides: Readonly<Record<WorkspaceReason, Guide>> = {
  CreateMachinePending: { means: 'Machines are being created for the nodes that the Workspace lacks.', todo: underWay },
  CreateNodeClaimPending: {
    means: 'NodeClaims are being created for the nodes that the Workspace lacks.',
    todo: underWay,
  },
  ClaimsCreated: {
    means: 'Claims were created for the nodes that the Workspace lacks; the message names them.',
    todo: 'Nothing. "kubectl describe" of the claim tells how far it has come.',
  },
  machineFailedCreation: {
    means: 'The API server refuses the Machine as the Workspace describes it; the message says why.',
    todo: 'Correct the labels or the size in the Workspace, or install the CRD of Machines (karpenter.sh/v1alpha5).',
  },
  nodeClaimFailedCreation: {
    means: 'The API server refuses the NodeClaim as the Workspace describes it; the message says why.',
    todo: 'Correct the labels or the size in the Workspace, or install the CRD of NodeClaims (karpenter.sh/v1).',
  },
  NodesPending: { means: 'Not all nodes of the Workspace are ready yet.', todo: underWay },
  installNodePluginsSuccess: {
    means: 'Every claim of the Workspace is Ready, and the nodes have their GPUs or the workload is up.',
    todo: nothingToDo,
  },
  workspaceResourceStatusSuccess: { means: 'All nodes that the Workspace asks for are there.', todo: nothingToDo },
  workspaceResourceStatusFailed: {
    means: 'The nodes of the Workspace cannot be asked for.',
    todo: 'Look at MachineReady (NodeClaimReady), which says why.',
  },
  WorkspaceInferenceStatusPending: {
    means: 'The pods that serve the model are starting. Loading a model takes minutes.',
    todo: underWay,
  },
  WorkspaceInferenceStatusSuccess: { means: 'The model answers.', todo: nothingToDo },
  WorkspaceInferenceStatusFailed: {
    means:
      'The pods were not ready in the time that the preset gives them, or the API server refuses what would make them; the message says which.',
    todo: 'Look at the logs of the pods: memory, the image and the download of the model are the usual causes. After a refusal change what the message names, such as a quota, a policy or the template; it is tried again each minute.',
  },
  NotRequired: { means: 'A tuning serves nothing, so nothing is waited for.', todo: nothingToDo },
  WorkspaceTuningJobStatusPending: { means: 'The Job of the tuning has not started yet.', todo: underWay },
  WorkspaceTuningJobStatusStarted: { means: 'The Job of the tuning runs, or has run.', todo: nothingToDo },
  WorkspaceTuningJobStatusFailed: {
    means:
      'The Job of the tuning failed; the message has the last line of the container. It is not run again. Or the API server refuses the Job; that is tried again each minute.',
    todo: 'Mend what the message names; after a Job that failed, also delete the Workspace and create it anew.',
  },
  workspacePending: {
    means: 'The Workspace is not ready yet, and goes on by itself.',
    todo: 'Nothing. The other conditions say what is waited for.',
  },
  workspaceReady: { means: 'All of the Workspace is ready.', todo: nothingToDo },
  workspaceSucceeded: {
    means: 'All of the Workspace is ready; a tuning has pushed what it made.',
    todo: nothingToDo,
  },
  workspaceFailed: {
    means: 'The Workspace does not get ready by itself: a person, quota or capacity has to change.',
    todo: 'Look at the condition that is False and has another reason; it names the cause.',
  },
  workspaceDeleted: {
    means: 'The Workspace is being deleted: its pods first, then its nodes.',
    todo: 'Nothing. The message counts the nodes that are left.',
  },
  InvalidName: {
    means:
      'The name of the Workspace cannot be the name of a Service, or another container of its pods has it already; the message says which.',
    todo: 'Create it under another name (lower case letters, digits and dashes, beginning with a letter, 54 at most, 52 for a model that is distributed), or give the adapter that the message names another one.',
  },
  InvalidWorkspace: {
    means: 'A field of the Workspace is missing, or says what it cannot say; the message names it.',
    todo: "Correct it. This project's CRD refuses such a Workspace at once; the one that KAITO leaves behind does not.",
  },
  UnsupportedInstanceType: {
    means: 'The size is none that Workspaces can have.',
    todo: 'Take a size that begins with Standard_N or Standard_D.',
  },
  UnsupportedPreset: {
    means: 'The release of the presets does not have this preset, or has it for serving alone.',
    todo: 'Name a preset of the release (--preset-release), or add yours with --presets-file.',
  },
  PrivateImageRequired: {
    means: 'There is no public image for this preset.',
    todo: 'Set accessMode: private and name your image in presetOptions.',
  },
  InsufficientGPU: {
    means: 'The size has too few GPUs or too little GPU memory for the model. For a tuning it is a warning alone.',
    todo: 'Take one of the sizes that the message names.',
  },
  InvalidImageName: {
    means: 'A field that names an image does not; a placeholder was left in it, for example.',
    todo: 'Put the name of an image where the message says.',
  },
  SecretNotFound: {
    means: 'A Secret that the pods need is not in the namespace.',
    todo: 'Create it with the command in the message; it is looked at again every 30 seconds.',
  },
  InvalidSecret: {
    means: 'The Secret to push with is none for a registry: it has no .dockerconfigjson.',
    todo: 'Delete it and create it anew with the command in the message; it is looked at again every 30 seconds.',
  },
  ConfigMapNotFound: {
    means: 'The ConfigMap that the Workspace names is not in its namespace.',
    todo: 'Create it; it is looked at again every 30 seconds.',
  },
  InvalidTuningConfig: {
    means: 'The settings of the tuning cannot be used; the message says which.',
    todo: 'Correct the ConfigMap; it is looked at again every 30 seconds.',
  },
  NameConflict: {
    means: 'An object of the name that the Workspace needs exists and is not its own. It is left alone.',
    todo: 'Create the Workspace under another name, or remove the object that the message names.',
  },
};

/** Of its pods (pod-trouble.ts): ours, and those of Kubernetes' own words that are met most. */
export const podGuides: Readonly<Record<string, Guide>> = {
  ContainerFailed: {
    means: 'A container of the Workspace ended with an error.',
    todo: 'Look at its log with "kubectl logs"; the message has the last line.',
  },
  ContainerCrashLoopBackOff: {
    means: 'A container of the Workspace ends with an error again and again.',
    todo: 'Look at the log of the last run: "kubectl logs --previous".',
  },
  ContainerOOMKilled: {
    means: 'A container used more memory than it may.',
    todo: 'Take a larger size, a smaller model or shorter inputs.',
  },
  FailedCreate: {
    means: 'The API server does not take the pods: a quota or an admission policy; the message says which.',
    todo: 'Change what the message names; Kubernetes goes on trying.',
  },
  ErrImagePull: {
    means: 'An image cannot be pulled; the message says why.',
    todo: 'Check the name of the image, the Secret for its registry, and the way to that registry.',
  },
  ImagePullBackOff: {
    means: 'An image could not be pulled several times, so the next try waits.',
    todo: 'Check the name of the image, the Secret for its registry, and the way to that registry.',
  },
  ErrImageNeverPull: {
    means: 'The image is not on the node and may not be pulled.',
    todo: 'Change the pull policy of the template, or put the image on the node.',
  },
  CreateContainerConfigError: {
    means: 'A container cannot be made from its description: a Secret or ConfigMap that it names is missing.',
    todo: 'Create what the message names.',
  },
  Unschedulable: {
    means: 'No node takes the pod.',
    todo: 'Look what the scheduler says in the message: GPUs that are not offered yet, taints, or memory.',
  },
};

/** Of a Workspace: its own reasons, those of its pods, and those that it repeats from its claims. */
export function guideOfWorkspace(reason: string): Guide | undefined {
  const own: Readonly<Record<string, Guide>> = { ...workspaceGuides, ...podGuides };
  return Object.hasOwn(own, reason) ? own[reason] : guideOf(reason);
}
