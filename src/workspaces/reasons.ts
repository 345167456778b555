// Types and reasons of a Workspace's conditions: KAITO's own words, which clients compare (contract/kaito.md 3.4).

export const types = {
  MachineReady: 'MachineReady',
  NodeClaimReady: 'NodeClaimReady',
  ResourceReady: 'ResourceReady',
  InferenceReady: 'InferenceReady',
  JobStarted: 'JobStarted',
  WorkspaceReady: 'WorkspaceReady',
  /** The same for clients of KAITO v0.3.1 and later. */
  WorkspaceSucceeded: 'WorkspaceSucceeded',
  WorkspaceDeleting: 'WorkspaceDeleting',
} as const;

export const reasons = {
  CreateMachinePending: 'CreateMachinePending',
  CreateNodeClaimPending: 'CreateNodeClaimPending',
  machineFailedCreation: 'machineFailedCreation',
  nodeClaimFailedCreation: 'nodeClaimFailedCreation',
  installNodePluginsSuccess: 'installNodePluginsSuccess',
  workspaceResourceStatusSuccess: 'workspaceResourceStatusSuccess',
  workspaceResourceStatusFailed: 'workspaceResourceStatusFailed',
  WorkspaceInferenceStatusSuccess: 'WorkspaceInferenceStatusSuccess',
  WorkspaceInferenceStatusPending: 'WorkspaceInferenceStatusPending',
  WorkspaceInferenceStatusFailed: 'WorkspaceInferenceStatusFailed',
  /** Of InferenceReady, when a tuning has ended well. */
  NotRequired: 'NotRequired',
  WorkspaceTuningJobStatusStarted: 'WorkspaceTuningJobStatusStarted',
  WorkspaceTuningJobStatusPending: 'WorkspaceTuningJobStatusPending',
  WorkspaceTuningJobStatusFailed: 'WorkspaceTuningJobStatusFailed',
  workspaceReady: 'workspaceReady',
  workspaceSucceeded: 'workspaceSucceeded',
  workspacePending: 'workspacePending',
  workspaceFailed: 'workspaceFailed',
  workspaceDeleted: 'workspaceDeleted',
  // ours
  ClaimsCreated: 'ClaimsCreated',
  InvalidName: 'InvalidName',
  InvalidWorkspace: 'InvalidWorkspace',
  UnsupportedInstanceType: 'UnsupportedInstanceType',
  UnsupportedPreset: 'UnsupportedPreset',
  PrivateImageRequired: 'PrivateImageRequired',
  InsufficientGPU: 'InsufficientGPU',
  InvalidImageName: 'InvalidImageName',
  SecretNotFound: 'SecretNotFound',
  InvalidSecret: 'InvalidSecret',
  ConfigMapNotFound: 'ConfigMapNotFound',
  InvalidTuningConfig: 'InvalidTuningConfig',
  NameConflict: 'NameConflict',
  NodesPending: 'NodesPending',
} as const;

/** Each has a guide for people (reason-guide.ts). */
export type WorkspaceReason = keyof typeof reasons;
