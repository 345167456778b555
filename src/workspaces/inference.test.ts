import { describe, expect, it } from 'vitest';
import { aPlanInput, aWorkspace, type WorkspaceWish } from '../../test/support/workspaces.ts';
import { presetWorkload } from './inference.ts';
import type { PresetRelease } from './presets.ts';
import { headlessServiceFor, serviceFor } from './services.ts';

function workloadOf(wish: WorkspaceWish, release: PresetRelease = 'v0.3.0', clusterIp?: string): object {
  const workspace = aWorkspace(wish);
  const { images, presets } = aPlanInput(workspace, { release });
  const preset = presets.find(workspace.inference?.preset?.name ?? '');
  if (preset === undefined) throw new RangeError('no such preset');
  return presetWorkload(workspace, preset, images, clusterIp);
}

function pod(spec: object): object {
  return { spec: { template: { spec } } };
}

describe('presetWorkload', () => {
  it('runs the image of v0.3.0 with its arguments in a fixed order, probes and GPUs', () => {
    expect(workloadOf({})).toMatchObject({
      kind: 'Deployment',
      metadata: {
        name: 'phi',
        namespace: 'ns',
        ownerReferences: [{ kind: 'Workspace', uid: 'uid-w', controller: true }],
      },
      spec: { replicas: 1, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      ...pod({
        containers: [
          {
            name: 'phi',
            image: 'mcr.microsoft.com/aks/kaito/kaito-phi-3-mini-4k-instruct:0.0.1',
            command: [
              '/bin/sh',
              '-c',
              'accelerate launch --gpu_ids=all --machine_rank=0 --num_machines=1 --num_processes=1 inference_api.py --pipeline=text-generation --torch_dtype=auto --trust_remote_code',
            ],
            resources: { requests: { 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '1' } },
            ports: [{ containerPort: 5000 }],
            livenessProbe: { httpGet: { path: '/healthz', port: 5000 }, initialDelaySeconds: 600, periodSeconds: 10 },
            readinessProbe: { httpGet: { path: '/healthz', port: 5000 }, initialDelaySeconds: 30, periodSeconds: 10 },
          },
        ],
        tolerations: [
          { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
        ],
      }),
    });
  });

  it("lets pods run on its own nodes and on nobody's, never on another Workspace's", () => {
    expect(workloadOf({})).toMatchObject(
      pod({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'apps', operator: 'In', values: ['phi'] },
                    { key: 'kaito.sh/workspace', operator: 'In', values: ['phi'] },
                    { key: 'kaito.sh/workspacenamespace', operator: 'In', values: ['ns'] },
                  ],
                },
                {
                  matchExpressions: [
                    { key: 'apps', operator: 'In', values: ['phi'] },
                    { key: 'kaito.sh/workspace', operator: 'DoesNotExist' },
                  ],
                },
              ],
            },
          },
        },
      }),
    );
  });

  it('copies adapters by init containers and gives the server their strengths', () => {
    const adapters = [
      { source: { name: 'one', image: 'r/one:1', imagePullSecrets: ['s'] }, strength: '0.5' },
      { source: { name: 'two', image: 'r/two:1' } },
    ];
    const inference = { preset: { name: 'phi-3-mini-128k-instruct' }, adapters };
    expect(workloadOf({ inference })).toMatchObject(
      pod({
        imagePullSecrets: [{ name: 's' }],
        initContainers: [
          {
            name: 'one',
            image: 'r/one:1',
            imagePullPolicy: 'Always',
            command: ['/bin/sh', '-c', 'mkdir -p /mnt/adapter/one && cp -r /data/* /mnt/adapter/one'],
            volumeMounts: [{ name: 'adapter-volume', mountPath: '/mnt/adapter' }],
          },
          { name: 'two' },
        ],
        containers: [
          {
            env: [
              { name: 'one', value: '0.5' },
              { name: 'two', value: '1.0' },
            ],
            volumeMounts: [{ name: 'adapter-volume', mountPath: '/mnt/adapter' }],
          },
        ],
        volumes: [{ name: 'adapter-volume', emptyDir: {} }],
      }),
    );
  });

  it('takes a private image with its secrets', () => {
    const presetOptions = { image: 'r.example/llama:1', imagePullSecrets: ['a'] };
    const inference = { preset: { name: 'llama-2-7b', accessMode: 'private' as const, presetOptions } };
    expect(workloadOf({ inference })).toMatchObject(
      pod({ imagePullSecrets: [{ name: 'a' }], containers: [{ image: 'r.example/llama:1' }] }),
    );
  });

  it('distributes a model over its nodes: a StatefulSet whose pods meet at the Service', () => {
    const presetOptions = { image: 'r.example/llama:1' };
    const inference = { preset: { name: 'llama-2-13b', accessMode: 'private' as const, presetOptions } };
    expect(workloadOf({ inference, resource: { count: 2 } }, 'v0.3.0', '10.0.0.9')).toMatchObject({
      kind: 'StatefulSet',
      spec: { replicas: 2, serviceName: 'phi-headless', podManagementPolicy: 'Parallel' },
      ...pod({
        containers: [
          {
            command: [
              '/bin/sh',
              '-c',
              expect.stringContaining(
                "torchrun --master_addr=10.0.0.9 --master_port=29500 --max_restarts=3 --nnodes=2 --node_rank=$(echo $HOSTNAME | grep -o '[^-]*$') --nproc_per_node=1 --rdzv_backend=c10d --rdzv_endpoint=phi-0.phi-headless.ns.svc.cluster.local:29500 --rdzv_id=job inference_api.py --max_batch_size=8 --max_seq_len=512",
              ),
            ],
            resources: { limits: { 'nvidia.com/gpu': '1' } },
            volumeMounts: [{ name: 'dshm', mountPath: '/dev/shm' }],
          },
        ],
        volumes: [{ name: 'dshm', emptyDir: { medium: 'Memory' } }],
      }),
    });
  });

  it('serves with vllm from v0.4.1 on, and with transformers where the Workspace asks for it', () => {
    expect(workloadOf({}, 'v0.4.1')).toMatchObject(
      pod({
        containers: [
          {
            image: 'mcr.microsoft.com/aks/kaito/kaito-phi-3-mini-4k-instruct:0.0.4',
            command: [
              '/bin/sh',
              '-c',
              'python3 /workspace/vllm/inference_api.py --dtype=float16 --kaito-config-file=/mnt/config/inference_config.yaml --served-model-name=phi-3-mini-4k-instruct --tensor-parallel-size=1',
            ],
            readinessProbe: { httpGet: { path: '/health' } },
            volumeMounts: [{ name: 'config-volume', mountPath: '/mnt/config' }],
          },
        ],
        volumes: [{ configMap: { name: 'inference-params-template' } }],
      }),
    );
    const transformers = workloadOf({ annotations: { 'kaito.sh/runtime': 'transformers' } }, 'v0.4.1');
    expect(JSON.stringify(transformers)).toContain('accelerate launch');
    expect(JSON.stringify(transformers)).toContain('/workspace/tfs/inference_api.py');
  });
});

describe('serviceFor', () => {
  it('shows 80/TCP,29500/TCP, and leads a distributed model to its first pod', () => {
    expect(serviceFor(aWorkspace(), { distributed: false })).toMatchObject({
      spec: {
        type: 'ClusterIP',
        selector: { 'kaito.sh/workspace': 'phi' },
        ports: [
          { name: 'http', port: 80, targetPort: 5000 },
          { name: 'torch', port: 29_500, targetPort: 29_500 },
        ],
      },
    });
    const distributed = serviceFor(aWorkspace({ annotations: { 'kaito.sh/enablelb': 'True' } }), { distributed: true });
    expect(distributed).toMatchObject({
      spec: { type: 'LoadBalancer', selector: { 'statefulset.kubernetes.io/pod-name': 'phi-0' } },
    });
    expect(headlessServiceFor(aWorkspace())).toMatchObject({
      metadata: { name: 'phi-headless' },
      spec: { clusterIP: 'None', ports: [{ name: 'torchrun', port: 29_500 }] },
    });
  });
});
