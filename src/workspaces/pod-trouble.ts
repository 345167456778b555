// Why a pod of a Workspace does not run, in one line: the first of its containers that says what is wrong.
import type { Pod } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';

export interface Trouble {
  /** Of a container that ended: ours. Else Kubernetes' own word, such as ErrImagePull. */
  readonly reason: string;
  readonly message: string;
  /** It will not end by itself. */
  readonly fatal: boolean;
}

/** Waiting reasons that are no trouble. */
const onTheWay = new Set(['ContainerCreating', 'PodInitializing']);
const fatalReasons = new Set(['InvalidImageName', 'CreateContainerConfigError', 'ErrImageNeverPull']);
const longest = 300;

/** Undefined: nothing is wrong that can be seen. */
export function troubleOf(pods: readonly Pod[]): Trouble | undefined {
  const all = livingPods(pods).map(troubleOfPod);
  return all.find((trouble) => trouble?.fatal === true) ?? all.find((trouble) => trouble !== undefined);
}

/**
 * Those that count: neither those that are going, nor beside others those that were evicted, say, which stay until Kubernetes
 * tidies them up.
 */
function livingPods(pods: readonly Pod[]): readonly Pod[] {
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const living = staying.filter((pod) => pod.status?.phase !== 'Failed' || !isReplaced(pod));
  return living.length === 0 ? staying : living;
}

/** Of its own ones that count: those of an earlier Workspace of its name may be there still. */
export function podsOf({ metadata }: Workspace, pods: readonly Pod[]): readonly Pod[] {
  const since = Date.parse(metadata.creationTimestamp);
  return livingPods(pods.filter((pod) => Date.parse(pod.metadata.creationTimestamp) >= since));
}

/** When the first of those that are not ready began to be so; undefined: all are ready, or there are none. */
export function unreadySince(pods: readonly Pod[]): number | undefined {
  const times = pods.flatMap(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === 'True' ? [] : [Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp)];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Of what serves; the pods of our Jobs are never restarted. */
function isReplaced({ spec }: Pod): boolean {
  return spec?.restartPolicy === 'Always';
}

function troubleOfPod(pod: Pod): Trouble | undefined {
  const { name } = pod.metadata;
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const ended = containers.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  const waiting = containers.find(({ state }) => state?.waiting?.reason && !onTheWay.has(state.waiting.reason));
  if (waiting?.state?.waiting?.reason !== undefined && waiting.state.waiting.reason !== 'CrashLoopBackOff') {
    const { reason, message = '' } = waiting.state.waiting;
    return {
      reason,
      message: oneLine(`Container "${waiting.name}" of pod "${name}" waits: ${reason}`, message),
      fatal: fatalReasons.has(reason),
    };
  }
  const crashed = ended?.state?.terminated ?? waiting?.lastState?.terminated;
  const named = ended ?? waiting;
  if (crashed !== undefined && named !== undefined) {
    const { exitCode, reason = 'Error', message = '' } = crashed;
    return {
      reason:
        reason === 'OOMKilled'
          ? 'ContainerOOMKilled'
          : waiting === undefined
            ? 'ContainerFailed'
            : 'ContainerCrashLoopBackOff',
      message: oneLine(
        `Container "${named.name}" of pod "${name}" ended with ${exitCode} (${reason})`,
        lastLine(message),
      ),
      fatal: waiting === undefined && !isReplaced(pod),
    };
  }
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return {
      reason: scheduled.reason ?? 'Unschedulable',
      message: oneLine(`Pod "${name}" is not scheduled`, scheduled.message ?? ''),
      fatal: false,
    };
  return undefined;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

export function oneLine(what: string, why: string): string {
  const text = why.trim() === '' ? what : `${what}: ${why.trim()}`;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
