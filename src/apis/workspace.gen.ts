// The types of Workspace kaito.sh/v1alpha1. Generated from crds/kaito.sh_workspaces.yaml by hack/generate.ts: do not edit.
import type { ObjectMeta } from './wire.ts';

/**
 * A Workspace serves a model, or tunes one, on GPU nodes that are added for it.
 */
export interface Workspace {
  /**
   * The API group and version of this object.
   */
  readonly apiVersion: 'kaito.sh/v1alpha1';
  /**
   * The kind of this object.
   */
  readonly kind: 'Workspace';
  readonly metadata: ObjectMeta;
  readonly resource: WorkspaceResource;
  readonly inference?: WorkspaceInference;
  readonly tuning?: WorkspaceTuning;
  readonly status?: WorkspaceStatus;
}
/**
 * The nodes.
 */
export interface WorkspaceResource {
  /**
   * How many nodes.
   */
  readonly count?: number;
  /**
   * The size of the nodes, such as Standard_NC24ads_A100_v4.
   */
  readonly instanceType?: string;
  readonly labelSelector: WorkspaceLabelSelector;
  /**
   * Names of nodes to take before others that have the labels.
   *
   * @maxItems 100
   */
  readonly preferredNodes?: readonly string[];
}
/**
 * Labels of the nodes. Nodes that have them already are used; those that are added get them.
 */
export interface WorkspaceLabelSelector {
  /**
   * Each says In with one value, which is the same as a label.
   *
   * @maxItems 50
   */
  readonly matchExpressions?: readonly WorkspaceMatchExpression[];
  /**
   * Labels by name.
   */
  readonly matchLabels?: {
    readonly [k: string]: string;
  };
}
/**
 * One label.
 */
export interface WorkspaceMatchExpression {
  /**
   * The label.
   */
  readonly key: string;
  /**
   * Only In.
   */
  readonly operator: string;
  /**
   * One value.
   *
   * @maxItems 50
   */
  readonly values?: readonly string[];
}
/**
 * The model to serve.
 */
export interface WorkspaceInference {
  /**
   * Adapters that are merged into the model.
   *
   * @maxItems 30
   */
  readonly adapters?: readonly WorkspaceAdapter[];
  /**
   * A ConfigMap with the settings of the vllm runtime, under inference_config.yaml.
   */
  readonly config?: string;
  readonly preset?: WorkspacePreset;
  /**
   * Pods of your own instead of a preset, as in a Deployment.
   */
  readonly template?: {
    readonly [k: string]: unknown;
  };
}
/**
 * One adapter.
 */
export interface WorkspaceAdapter {
  readonly source: WorkspaceSource;
  /**
   * Its weight, from 0 to 1.
   */
  readonly strength?: string;
}
/**
 * Where it comes from.
 */
export interface WorkspaceSource {
  /**
   * An image that has the files under /data.
   */
  readonly image?: string;
  /**
   * Secrets of the namespace for the image's registry.
   *
   * @maxItems 20
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * A name for it.
   */
  readonly name?: string;
  /**
   * Addresses of the files.
   *
   * @maxItems 100
   */
  readonly urls?: readonly string[];
  /**
   * Not supported.
   */
  readonly volumeSource?: {
    readonly [k: string]: unknown;
  };
}
/**
 * A model that KAITO has an image of.
 */
export interface WorkspacePreset {
  /**
   * Whether the image is KAITO's own, or yours.
   */
  readonly accessMode?: 'public' | 'private';
  /**
   * The name of the preset.
   */
  readonly name: string;
  readonly presetOptions?: WorkspacePresetOptions;
}
/**
 * What a private image needs.
 */
export interface WorkspacePresetOptions {
  /**
   * The image.
   */
  readonly image?: string;
  /**
   * Secrets of the namespace for the image's registry.
   *
   * @maxItems 20
   */
  readonly imagePullSecrets?: readonly string[];
}
/**
 * The model to tune.
 */
export interface WorkspaceTuning {
  /**
   * A ConfigMap of the namespace with training_config.yaml; without it the method's own settings are used.
   */
  readonly config?: string;
  readonly input: WorkspaceInput;
  /**
   * lora or qlora.
   */
  readonly method: string;
  readonly output: WorkspaceOutput;
  readonly preset: WorkspacePreset1;
}
/**
 * The data.
 */
export interface WorkspaceInput {
  /**
   * An image that has the files under /data.
   */
  readonly image?: string;
  /**
   * Secrets of the namespace for the image's registry.
   *
   * @maxItems 20
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * A name for it.
   */
  readonly name?: string;
  /**
   * Addresses of the files.
   *
   * @maxItems 100
   */
  readonly urls?: readonly string[];
  /**
   * Not supported.
   */
  readonly volumeSource?: {
    readonly [k: string]: unknown;
  };
}
/**
 * Where the adapter goes.
 */
export interface WorkspaceOutput {
  /**
   * The image that is pushed.
   */
  readonly image?: string;
  /**
   * A Secret of the namespace, of type kubernetes.io/dockerconfigjson, that may push it.
   */
  readonly imagePushSecret?: string;
  /**
   * Not supported.
   */
  readonly volumeSource?: {
    readonly [k: string]: unknown;
  };
}
/**
 * The model.
 */
export interface WorkspacePreset1 {
  /**
   * Whether the image is KAITO's own, or yours.
   */
  readonly accessMode?: 'public' | 'private';
  /**
   * The name of the preset.
   */
  readonly name: string;
  readonly presetOptions?: WorkspacePresetOptions1;
}
/**
 * What a private image needs.
 */
export interface WorkspacePresetOptions1 {
  /**
   * The image.
   */
  readonly image?: string;
  /**
   * Secrets of the namespace for the image's registry.
   *
   * @maxItems 20
   */
  readonly imagePullSecrets?: readonly string[];
}
/**
 * What became of it.
 */
export interface WorkspaceStatus {
  /**
   * The milestones.
   */
  readonly conditions?: readonly WorkspaceCondition[];
  /**
   * The nodes that it runs on.
   */
  readonly workerNodes?: readonly string[];
}
/**
 * One condition.
 */
export interface WorkspaceCondition {
  /**
   * When the status changed last.
   */
  readonly lastTransitionTime: string;
  /**
   * The details, for people.
   */
  readonly message: string;
  /**
   * The generation of the Workspace that this was said of.
   */
  readonly observedGeneration?: number;
  /**
   * The cause, as one word.
   */
  readonly reason: string;
  /**
   * True, False or Unknown.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * Which milestone this is.
   */
  readonly type: string;
}
