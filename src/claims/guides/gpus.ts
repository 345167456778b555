// Reasons of GPUReady: whether the Node offers all GPUs of its size.
import { normal, nothingToDo, warning, type Rows } from './row.ts';

const turnedFalse = warning('GPUReady turned False, or its cause changed');
/** With `--gpu-readiness=require`, Initialized waits for it. */
const on = ['GPUReady', 'Initialized'] as const;

export const gpus = {
  GPUReady: {
    means: 'The Node offers all of its GPUs.',
    todo: nothingToDo,
    on: ['GPUReady'],
    event: normal('GPUReady turned True after it was False'),
  },
  AwaitingGpus: {
    means: 'The Node has only just become Ready, or the device plugins are not known yet.',
    todo: 'Nothing: a device plugin takes a minute or two to start.',
    on,
  },
  DriverFailed: {
    means: "The Node's own checks say that a GPU, its driver or its NVLink has failed.",
    todo: 'Replace the instance: delete the Node, or the claim and create it anew.',
    on,
    event: turnedFalse,
  },
  GpuCountShort: {
    means: 'The Node offers some of its GPUs, and not all.',
    todo: 'Look at nvidia-smi on the Node. A GPU that has failed does not come back: replace the instance.',
    on,
    event: turnedFalse,
  },
  DevicePluginNotReady: {
    means: 'A device plugin should serve this Node and does not.',
    todo: "Look at the log of the plugin's pod on this Node; where AKS runs the plugin itself, replace the instance.",
    on,
    event: turnedFalse,
  },
  DevicePluginNotTolerating: {
    means: 'The device plugin does not tolerate a taint of the Node; the message names both.',
    todo: 'Add the toleration to the DaemonSet of the device plugin.',
    on,
    event: turnedFalse,
  },
  NoDevicePlugin: {
    means: "No device plugin for this maker's GPUs runs in the cluster, or none selects the Node.",
    todo: "Install one (NVIDIA's device plugin or GPU operator), or let its node selector match the Node.",
    on,
    event: turnedFalse,
  },
} as const satisfies Rows;
