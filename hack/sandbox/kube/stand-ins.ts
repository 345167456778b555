// What a cluster's controllers do for the API server, run once after each change and never in between a write.
import type { Env } from './call.ts';
import { countDisruptions } from './standins/budgets.ts';
import { definitionBucket, serveDefinitions, tendDefinitions } from './standins/definitions.ts';
import { collectGarbage } from './standins/garbage.ts';
import { equalJson } from './json.ts';
import { emptyNamespace } from './standins/namespaces.ts';
import { taintNodes } from './standins/node-taints.ts';
import type { StoredEvent } from './storage.ts';
import { budgetBucket } from './subresources/eviction.ts';

interface StandInOptions {
  readonly controllers: boolean;
  readonly nodeLifecycle: boolean;
}

type Task = (env: Env) => void;

// Chains of owners are short; a pass that still changes things after this many is a defect.
const mostPasses = 100;

function runGarbage(env: Env): void {
  for (let pass = 0; pass < mostPasses; pass++) if (!collectGarbage(env)) return;
}

function runNamespaces(env: Env): void {
  for (const namespace of env.storage.objects('namespaces')) {
    if (namespace.metadata.deletionTimestamp !== undefined) emptyNamespace(env, namespace);
  }
}

/** What a change makes necessary. The first part is the API server's own work, the rest that of controllers. */
function tasksFor({ bucket, type, object, previous }: StoredEvent, options: StandInOptions): readonly Task[] {
  const { deletionTimestamp, ownerReferences } = object.metadata;
  const ends = type === 'DELETED' || deletionTimestamp !== undefined;
  const tasks: Task[] = [];
  if (bucket === definitionBucket || type === 'DELETED') tasks.push(tendDefinitions);
  if (!options.controllers) return tasks;
  if (ends) tasks.push(runGarbage, runNamespaces);
  if (!equalJson(ownerReferences, previous?.metadata.ownerReferences)) tasks.push(runGarbage);
  if (bucket === 'pods' || bucket === budgetBucket) tasks.push(countDisruptions);
  if (options.nodeLifecycle && bucket === 'nodes' && type !== 'DELETED') tasks.push(taintNodes);
  return tasks;
}

/** Starts all of them; returns the way to stop them. Without `controllers`, only what the API server itself does. */
export function startStandIns(env: Env, options: StandInOptions): () => void {
  const stopDefinitions = serveDefinitions(env);
  const dirty = new Set<Task>();
  let pending: NodeJS.Immediate | undefined;
  const run = (): void => {
    pending = undefined;
    const tasks = [...dirty];
    dirty.clear();
    for (const task of tasks) task(env);
  };
  const unsubscribe = env.storage.subscribe((event) => {
    for (const task of tasksFor(event, options)) dirty.add(task);
    if (dirty.size > 0) pending ??= setImmediate(run);
  });
  return () => {
    unsubscribe();
    clearImmediate(pending);
    stopDefinitions();
  };
}
