// Builders of Workspaces and of what their plan looks at: a test says what matters to it.
import type { Claim } from '../../src/apis/claim.ts';
import type { Node } from '../../src/apis/wire.ts';
import type {
  Workspace,
  WorkspaceInference,
  WorkspaceResource,
  WorkspaceTuning,
} from '../../src/apis/workspace.gen.ts';
import type { PlanInput } from '../../src/workspaces/plan.ts';
import { workspaceFinalizer } from '../../src/workspaces/plan.ts';
import { presetsOf, type PresetRelease } from '../../src/workspaces/presets.ts';
import { claimNameOf, workspaceUidAnnotation } from '../../src/workspaces/workspace-claims.ts';
import { aMachine, aNode, noon, type NodeOptions } from './claim-builders.ts';

export interface WorkspaceWish {
  readonly name?: string;
  readonly uid?: string;
  readonly annotations?: Record<string, string>;
  readonly finalizers?: readonly string[];
  readonly deleting?: boolean;
  readonly createdAt?: string;
  readonly resource?: Partial<WorkspaceResource>;
  readonly inference?: WorkspaceInference;
  readonly tuning?: Partial<WorkspaceTuning>;
  readonly status?: Workspace['status'];
}

/** A phi-3 that is served, unless the test says otherwise. */
export function aWorkspace(wish: WorkspaceWish = {}): Workspace {
  const { name = 'phi', uid = 'uid-w', annotations, finalizers = [workspaceFinalizer] } = wish;
  const tuning = wish.tuning && {
    preset: { name: 'phi-3-mini-128k-instruct', accessMode: 'public' as const },
    method: 'qlora',
    input: { urls: ['https://data.example/train.parquet?download=true'] },
    output: { image: 'registry.example/adapter:1', imagePushSecret: 'push' },
    ...wish.tuning,
  };
  const inference = wish.inference ?? { preset: { name: 'phi-3-mini-4k-instruct', accessMode: 'public' as const } };
  return {
    apiVersion: 'kaito.sh/v1alpha1',
    kind: 'Workspace',
    metadata: {
      name,
      namespace: 'ns',
      uid,
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: wish.createdAt ?? new Date(noon).toISOString(),
      finalizers,
      ...(annotations === undefined ? {} : { annotations }),
      ...(wish.deleting === true ? { deletionTimestamp: new Date(noon).toISOString() } : {}),
    },
    resource: {
      count: 1,
      instanceType: 'Standard_NC24ads_A100_v4',
      labelSelector: { matchLabels: { apps: 'phi' } },
      ...wish.resource,
    },
    ...(tuning === undefined ? { inference } : { tuning }),
    ...(wish.status === undefined ? {} : { status: wish.status }),
  };
}

interface ClaimWish {
  readonly reason?: string;
  readonly launched?: string;
  /** What it says of its node's GPUs; nothing unless given. */
  readonly gpus?: { readonly status: string; readonly reason: string };
}

/** The claim of a slot, as it is once its node is Ready unless `ready` says what it waits for. */
export function aClaimOf(
  workspace: Workspace,
  slot: number,
  { reason, launched = 'True', gpus }: ClaimWish = {},
): Claim {
  const name = claimNameOf(workspace, slot);
  return aMachine({
    name,
    uid: `uid-${name}`,
    labels: { 'kaito.sh/workspace': workspace.metadata.name, 'kaito.sh/workspacenamespace': 'ns' },
    annotations: { [workspaceUidAnnotation]: workspace.metadata.uid },
    status: {
      ...(reason === undefined ? { nodeName: nodeNameOf(name) } : {}),
      conditions: [
        { type: 'MachineLaunched', status: launched, reason: 'x' },
        {
          type: 'Ready',
          status: reason === undefined ? 'True' : 'False',
          reason: reason ?? 'Ready',
          message: reason === undefined ? '' : `why ${reason}`,
        },
        ...(gpus === undefined ? [] : [{ type: 'GPUReady', ...gpus, message: `why ${gpus.reason}` }]),
      ],
    },
  });
}

function nodeNameOf(claim: string): string {
  return `aks-${claim}-12345678-vmss000000`;
}

/** The Node of a slot's claim, or with `name` one that was there before. */
export function aNodeOf(workspace: Workspace, slot: number, options: NodeOptions = {}): Node {
  const claim = claimNameOf(workspace, slot);
  return aNode({
    name: nodeNameOf(claim),
    uid: `node-${claim}`,
    pool: claim,
    owner: `uid-${claim}`,
    ...options,
    labels: {
      apps: 'phi',
      accelerator: 'nvidia',
      'node.kubernetes.io/instance-type': 'Standard_NC24ads_A100_v4',
      'kaito.sh/workspace': workspace.metadata.name,
      'kaito.sh/workspacenamespace': 'ns',
      ...options.labels,
    },
  });
}

/** One that nobody's claim stands for. */
export function aFreeNode(name: string, labels: Record<string, string> = {}, options: NodeOptions = {}): Node {
  const size = { 'node.kubernetes.io/instance-type': 'Standard_NC24ads_A100_v4' };
  return aNode({
    name,
    uid: `uid-${name}`,
    ...options,
    labels: { apps: 'phi', accelerator: 'nvidia', ...size, ...labels },
  });
}

export function aPlanInput(
  workspace: Workspace,
  changes: Partial<PlanInput> & { readonly release?: PresetRelease } = {},
): PlanInput {
  const { release = 'v0.3.0', ...rest } = changes;
  const presets = presetsOf(release);
  return {
    workspace,
    nodes: [],
    held: new Set(),
    claims: [],
    workload: { pods: [] },
    nowMs: noon,
    claimKind: 'Machine',
    presets,
    images: {
      registry: 'mcr.microsoft.com/aks/kaito',
      presets,
      downloaderImage: 'docker.io/curlimages/curl:8.11.1',
      pusherImage: 'ghcr.io/oras-project/oras:v1.2.2',
    },
    prerequisites: { missingSecrets: [], inferenceConfig: true },
    ...rest,
  };
}
