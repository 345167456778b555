// Deployments, sets and jobs: the defaults that clients read back. Nothing runs them here.
import { ensureObject, isObject, objectAt, setDefault, type Json } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import { podSpecDefaults } from './pod.ts';
import { templateCauses } from './pod-validation.ts';

function templateDefaults(spec: { [key: string]: Json | undefined }): void {
  const template = ensureObject(spec, 'template');
  const metadata = ensureObject(template, 'metadata');
  if (metadata['creationTimestamp'] === null) delete metadata['creationTimestamp'];
  podSpecDefaults(ensureObject(template, 'spec'));
}

function workload(
  status: { readonly [count: string]: number },
  fill: (spec: { [key: string]: Json | undefined }) => void,
): Strategy {
  return {
    defaults: (object: KubeObject) => {
      const spec = ensureObject(object, 'spec');
      fill(spec);
      templateDefaults(spec);
      const counts = ensureObject(object, 'status');
      for (const [count, value] of Object.entries(status)) setDefault(counts, count, value);
    },
    onCreate: (object) => {
      object['status'] = { ...status };
    },
    validate: templateCauses,
  };
}

export const deployment = workload({}, (spec) => {
  setDefault(spec, 'replicas', 1);
  setDefault(spec, 'revisionHistoryLimit', 10);
  setDefault(spec, 'progressDeadlineSeconds', 600);
  const strategy = ensureObject(spec, 'strategy');
  setDefault(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] !== 'RollingUpdate') return;
  const rolling = ensureObject(strategy, 'rollingUpdate');
  setDefault(rolling, 'maxUnavailable', '25%');
  setDefault(rolling, 'maxSurge', '25%');
});

export const daemonSet = workload(
  { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  (spec) => {
    setDefault(spec, 'revisionHistoryLimit', 10);
    const strategy = ensureObject(spec, 'updateStrategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] !== 'RollingUpdate') return;
    const rolling = ensureObject(strategy, 'rollingUpdate');
    setDefault(rolling, 'maxUnavailable', 1);
    setDefault(rolling, 'maxSurge', 0);
  },
);

export const statefulSet = workload({ availableReplicas: 0, replicas: 0 }, (spec) => {
  setDefault(spec, 'replicas', 1);
  setDefault(spec, 'revisionHistoryLimit', 10);
  setDefault(spec, 'podManagementPolicy', 'OrderedReady');
  const strategy = ensureObject(spec, 'updateStrategy');
  setDefault(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate' && objectAt(strategy, 'rollingUpdate') === undefined) {
    strategy['rollingUpdate'] = { partition: 0 };
  }
  const retention = ensureObject(spec, 'persistentVolumeClaimRetentionPolicy');
  setDefault(retention, 'whenDeleted', 'Retain');
  setDefault(retention, 'whenScaled', 'Retain');
});

export const replicaSet = workload({ replicas: 0 }, (spec) => {
  setDefault(spec, 'replicas', 1);
});

export const job: Strategy = {
  defaults: (object) => {
    const spec = ensureObject(object, 'spec');
    setDefault(spec, 'completions', 1);
    setDefault(spec, 'parallelism', 1);
    setDefault(spec, 'backoffLimit', 6);
    setDefault(spec, 'completionMode', 'NonIndexed');
    setDefault(spec, 'suspend', false);
    setDefault(spec, 'podReplacementPolicy', 'TerminatingOrFailed');
    setDefault(spec, 'manualSelector', false);
    templateDefaults(spec);
    ensureObject(object, 'status');
  },
  onCreate: (object) => {
    object['status'] = {};
    const uid = object.metadata.uid ?? '';
    const name = object.metadata.name ?? '';
    const spec = ensureObject(object, 'spec');
    if (spec['manualSelector'] === true) return;
    const own = { 'batch.kubernetes.io/controller-uid': uid };
    spec['selector'] = { matchLabels: own };
    const metadata = ensureObject(ensureObject(spec, 'template'), 'metadata');
    const labels = isObject(metadata['labels']) ? metadata['labels'] : {};
    metadata['labels'] = {
      ...labels,
      ...own,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
  },
  validate: templateCauses,
};
