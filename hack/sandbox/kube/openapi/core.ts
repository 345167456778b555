// What kubectl explain says of nodes and pods: the fields that this project and its users meet.
import {
  anything,
  corePackage as core,
  flag,
  integer,
  object,
  ref,
  refs,
  text,
  textMap,
  texts,
  time,
  type Definition,
} from './definition.ts';

const quantities = (description: string): Definition => ({
  type: 'object',
  description,
  additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
});

const condition = (of: string): Definition =>
  object(`One aspect of a ${of}'s state.`, {
    lastHeartbeatTime: time('When the condition was last confirmed.'),
    lastTransitionTime: time('When the status changed last.'),
    message: text('The details, for people.'),
    reason: text('The cause, as one CamelCase word.'),
    status: text('True, False or Unknown.'),
    type: text('Which aspect this is, such as Ready.'),
  });

const node: Readonly<Record<string, Definition>> = {
  [`${core}.NodeSpec`]: object('How a node is used.', {
    podCIDR: text("The addresses of the node's pods."),
    podCIDRs: texts("The addresses of the node's pods, one range for each IP family."),
    providerID: text('The identity of the instance at the cloud, as provider://id.'),
    taints: refs(`${core}.Taint`, 'What keeps pods away that do not tolerate it.'),
    unschedulable: flag('Whether new pods are kept away; kubectl cordon sets it.'),
  }),
  [`${core}.Taint`]: {
    ...object('A taint repels pods that do not tolerate it.', {
      effect: text('NoSchedule, PreferNoSchedule or NoExecute.'),
      key: text('The key of the taint.'),
      timeAdded: time('When the taint was added; for NoExecute only.'),
      value: text('The value of the taint.'),
    }),
    required: ['effect', 'key'],
  },
  [`${core}.NodeStatus`]: object('What is known of a node.', {
    addresses: refs(`${core}.NodeAddress`, 'Where the node can be reached.'),
    allocatable: quantities('What the node offers to pods, by resource name.'),
    capacity: quantities('What the node has in all, by resource name.'),
    conditions: refs(`${core}.NodeCondition`, 'The state of the node, aspect by aspect.'),
    nodeInfo: ref(`${core}.NodeSystemInfo`, 'The software of the node.'),
    phase: text('Not used any more.'),
    volumesAttached: refs(`${core}.AttachedVolume`, 'The volumes that are attached to the node.'),
    volumesInUse: texts('The volumes that pods of the node use.'),
  }),
  [`${core}.NodeAddress`]: object('One address of a node.', {
    address: text('The address.'),
    type: text('Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.'),
  }),
  [`${core}.NodeCondition`]: condition('node'),
  [`${core}.AttachedVolume`]: object('A volume that is attached to a node.', {
    devicePath: text('Where the volume is on the node.'),
    name: text('The name of the volume.'),
  }),
  [`${core}.NodeSystemInfo`]: object('The software of a node.', {
    architecture: text('Such as amd64.'),
    containerRuntimeVersion: text('Such as containerd://1.7.'),
    kernelVersion: text('The version of the kernel.'),
    kubeletVersion: text('The version of the kubelet.'),
    operatingSystem: text('linux or windows.'),
    osImage: text('The name of the operating system.'),
  }),
};

const pod: Readonly<Record<string, Definition>> = {
  [`${core}.PodSpec`]: {
    ...object('What a pod runs, and where.', {
      affinity: anything('Which nodes the pod prefers or needs, and next to which pods.'),
      containers: refs(`${core}.Container`, 'The containers of the pod; at least one.'),
      initContainers: refs(`${core}.Container`, 'Containers that end, one after another, before the others start.'),
      nodeName: text('The node that the pod is bound to.'),
      nodeSelector: textMap('Labels that the node must have.'),
      priorityClassName: text('The importance of the pod, by the name of a PriorityClass.'),
      restartPolicy: text('Always, OnFailure or Never.'),
      serviceAccountName: text('The ServiceAccount that the pod acts as.'),
      terminationGracePeriodSeconds: {
        type: 'integer',
        format: 'int64',
        description: 'How long the pod may take to stop, in seconds.',
      },
      tolerations: refs(`${core}.Toleration`, 'The taints that the pod does not mind.'),
      volumes: { type: 'array', items: anything('One volume.'), description: 'What containers may mount.' },
    }),
    required: ['containers'],
  },
  [`${core}.Container`]: {
    ...object('One container of a pod.', {
      args: texts("Arguments of the command; the image's own when absent."),
      command: texts("The command; the image's own when absent."),
      env: { type: 'array', items: anything('One variable.'), description: 'Environment variables.' },
      image: text('The name of the image.'),
      name: text('The name of the container, unique in its pod.'),
      ports: { type: 'array', items: anything('One port.'), description: 'The ports that the container serves.' },
      resources: object('What the container needs and may use.', {
        limits: quantities('The most that it may use, by resource name.'),
        requests: quantities('What is reserved for it, by resource name.'),
      }),
      volumeMounts: { type: 'array', items: anything('One mount.'), description: 'Where volumes are mounted.' },
    }),
    required: ['name'],
  },
  [`${core}.Toleration`]: object('A taint, or many, that a pod does not mind.', {
    effect: text('The effect that is tolerated; empty for all.'),
    key: text('The key that is tolerated; empty for all.'),
    operator: text('Exists or Equal.'),
    tolerationSeconds: { type: 'integer', format: 'int64', description: 'For how long NoExecute is tolerated.' },
    value: text('The value that is tolerated, for Equal.'),
  }),
  [`${core}.PodStatus`]: object('What is known of a pod.', {
    conditions: refs(`${core}.PodCondition`, 'The state of the pod, aspect by aspect.'),
    containerStatuses: refs(`${core}.ContainerStatus`, 'The state of each container.'),
    hostIP: text('The address of its node.'),
    message: text('Why the pod is as it is, for people.'),
    phase: text('Pending, Running, Succeeded, Failed or Unknown.'),
    podIP: text('The address of the pod.'),
    reason: text('Why the pod is as it is, as one word.'),
    startTime: time('When the kubelet saw the pod.'),
  }),
  [`${core}.PodCondition`]: condition('pod'),
  [`${core}.ContainerStatus`]: object('What is known of one container.', {
    image: text('The image that it runs.'),
    name: text('The name of the container.'),
    ready: flag('Whether it is ready for requests.'),
    restartCount: integer('How often it was started again.'),
    state: anything('Whether it waits, runs or has ended.'),
  }),
};

/** Schemas below the kinds of core/v1, by name. */
export const coreDefinitions: Readonly<Record<string, Definition>> = { ...node, ...pod };

/** The specs and statuses that are written down; other built-in kinds keep theirs open. */
export const describedKinds: Readonly<Record<string, string>> = {
  Node: 'A worker machine of the cluster.',
  Pod: 'Containers that run together on one node.',
};
