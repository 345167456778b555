// The controllers and the scheduler that a bare API server lacks: Deployments, StatefulSets and Jobs get pods, pods get nodes.
import { type ApiTarget, Api } from '../nodes/api.ts';
import { Timeline, type SandboxClock } from '../timeline.ts';
import { tendDeployment } from './deployments.ts';
import { tendJob } from './jobs.ts';
import { Scheduler } from './scheduler.ts';
import { tendStatefulSet } from './stateful-sets.ts';
import { Watched } from '../nodes/watched.ts';

export interface WorkloadsOptions {
  readonly api: ApiTarget;
  readonly timeScale?: number;
  readonly clock?: SandboxClock;
  /** What went wrong in the background and is tried again. */
  readonly onError?: (error: unknown) => void;
}

export interface Workloads {
  close(): Promise<void>;
}

const retryRealMs = 500;

/** One pass over everything after each change: a sandbox is small. */
export function startWorkloads({ onError = () => undefined, ...options }: WorkloadsOptions): Workloads {
  const timeline = new Timeline({ clock: options.clock, scale: options.timeScale });
  const api = new Api(options.api);
  const closing = new AbortController();
  const { signal } = closing;
  const call = { api, timeline, signal };
  const caches = {
    deployments: new Watched('/apis/apps/v1/deployments'),
    replicaSets: new Watched('/apis/apps/v1/replicasets'),
    statefulSets: new Watched('/apis/apps/v1/statefulsets'),
    jobs: new Watched('/apis/batch/v1/jobs'),
    pods: new Watched('/api/v1/pods'),
    nodes: new Watched('/api/v1/nodes'),
  };
  const scheduler = new Scheduler(call);
  let dirty = false;
  let running: Promise<void> = Promise.resolve();

  const pass = async (): Promise<void> => {
    if (!Object.values(caches).every(({ listed }) => listed)) return;
    for (const deployment of caches.deployments.all()) await tendDeployment(call, deployment, caches);
    for (const set of caches.statefulSets.all()) await tendStatefulSet(call, set, caches.pods);
    for (const job of caches.jobs.all()) await tendJob(call, job, caches.pods);
    await scheduler.pass(caches.pods.all(), caches.nodes.all());
  };
  const work = async (): Promise<void> => {
    while (dirty && !signal.aborted) {
      dirty = false;
      try {
        await pass();
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        dirty = true;
        await new Promise((resolve) => setTimeout(resolve, retryRealMs));
      }
    }
  };
  const onChange = (): void => {
    if (dirty) return;
    dirty = true;
    // What a pass writes comes back as a change, and so brings the next.
    running = running.then(work);
  };
  const watching = Object.values(caches).map((cache) => cache.run({ ...call, onChange, onError }));
  return {
    close: async () => {
      closing.abort();
      await Promise.all(watching);
      await running;
      timeline.close();
      await api.close();
    },
  };
}
