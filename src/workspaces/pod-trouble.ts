// Why a pod of a Workspace does not run, in one line: the first of its containers that says what is wrong.
import type { Pod } from '../apis/wire.ts';

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
  const all = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(troubleOfPod);
  return all.find((trouble) => trouble?.fatal === true) ?? all.find((trouble) => trouble !== undefined);
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
      message: line(`Container "${waiting.name}" of pod "${name}" waits: ${reason}`, message),
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
      message: line(`Container "${named.name}" of pod "${name}" ended with ${exitCode} (${reason})`, lastLine(message)),
      fatal: waiting === undefined,
    };
  }
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return {
      reason: scheduled.reason ?? 'Unschedulable',
      message: line(`Pod "${name}" is not scheduled`, scheduled.message ?? ''),
      fatal: false,
    };
  return undefined;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function line(what: string, why: string): string {
  const text = why.trim() === '' ? what : `${what}: ${why.trim()}`;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
