// The controller of Workspaces: look at what is, plan, carry it out, say so. Nothing waits inside a worker.
import { apiVersionOf } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { workspaces } from '../apis/workspace.ts';
import { Conflict, NotFound } from '../kube/errors.ts';
import { Controller, done, requeueAfter, type Result } from '../runtime/controller.ts';
import type { EventNote, EventRecorder } from '../runtime/events.ts';
import { WorkQueue } from '../runtime/queue.ts';
import type { Store } from '../runtime/store.ts';
import type { ClaimSource } from './claim-source.ts';
import { createClaims, deleteClaims, isStill, liveClaims } from './claim-writer.ts';
import { KaitoPresence } from './kaito-presence.ts';
import { obstacleVerdict } from './obstacle.ts';
import { planWorkspace, wasMade, type Plan, type PlanInput, type Prerequisites } from './plan.ts';
import { lookUp } from './prerequisites.ts';
import { nodesHeldByOthers, strayClaims } from './seats.ts';
import { creationRefused, notServed } from './verdict.ts';
import { WorkspaceCaches, type CacheOptions } from './workspace-caches.ts';
import type { WorkspaceSettings } from './workspace-settings.ts';
import { workspaceLabel, workspaceNamespaceLabel } from './workspace-claims.ts';
import { claimsCreated, eventsBetween, nodesReturned } from './workspace-events.ts';
import { markNode, removeObject, writeFinalizer, writeObject, writeStatus } from './workspace-writer.ts';

export interface WorkspaceControllerOptions extends CacheOptions {
  readonly settings: WorkspaceSettings;
  readonly nodes: Store<Node>;
  readonly sources: readonly ClaimSource[];
  readonly events: EventRecorder;
  readonly workers: number;
}

const absent = `not served as ${apiVersionOf(workspaces)}: its CRD is not installed, or lacks that version`;
const afterConflictMs = 500;
const unsyncedMs = 1000;
/** A Node comes, goes or turns Ready without a word of its claim. */
const restingMs = 60_000;
const noneMissing: Prerequisites = { missingSecrets: [], inferenceConfig: true };

export class WorkspaceController {
  readonly #options: WorkspaceControllerOptions;
  readonly #caches: WorkspaceCaches;
  readonly #kaito: KaitoPresence;
  readonly #queue: WorkQueue;
  /** Warnings that were told, by uid. */
  readonly #warned = new Map<string, Set<string>>();

  /** Build it before the caches fill. */
  constructor(options: WorkspaceControllerOptions) {
    const { clock, metrics, random, nodes, sources } = options;
    this.#options = options;
    this.#caches = new WorkspaceCaches(options);
    this.#kaito = new KaitoPresence({ deployments: this.#caches.deployments, log: options.log });
    this.#queue = new WorkQueue({ name: 'workspace', clock, metrics, random });
    this.#caches.onChange((key) => this.#queue.add(key));
    this.#caches.workspaces.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#warned.delete(before.metadata.uid);
    });
    for (const source of sources) source.onChange((labels) => this.#claimChanged(labels));
    nodes.subscribe(({ before, after }) => {
      if (isReady(before) !== isReady(after)) this.#nodeChanged(after ?? before);
    });
  }

  /** For `/readyz`: a cluster without the CRD, or with KAITO's own controller, is served all the same. */
  health(): { readonly ok: boolean; readonly detail?: string } {
    const { found } = this.#kaito;
    if (found !== undefined && found !== 'unknown')
      return { ok: true, detail: `left to KAITO's controller, Deployment ${found}` };
    if (this.#caches.state === 'synced') return { ok: true };
    return this.#caches.state === 'absent'
      ? { ok: true, detail: absent }
      : { ok: false, detail: 'no complete list yet' };
  }

  /** Fills the caches until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.#caches.watch(signal);
  }

  /** Works until `signal` aborts and the workers are done. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, metrics, workers } = this.#options;
    const { name } = this.#queue;
    const reconcile = (key: string, pass: { readonly signal: AbortSignal }): Promise<Result> => this.#pass(key, pass);
    await new Controller({ name, queue: this.#queue, workers, clock, log, metrics, reconcile }).run(signal);
  }

  async #pass(key: string, { signal }: { readonly signal: AbortSignal }): Promise<Result> {
    if (this.#kaito.found !== undefined) return requeueAfter(this.#kaito.found === 'unknown' ? unsyncedMs : restingMs);
    const workspace = this.#caches.workspaces.get(key);
    try {
      if (!this.#isKnown()) {
        if (workspace !== undefined) await this.#sayNotServed(workspace, signal);
        return requeueAfter(unsyncedMs);
      }
      if (!(await this.#returnStrays(key, workspace?.metadata.uid, signal))) return requeueAfter(unsyncedMs);
      return workspace === undefined ? done : await this.#reconcile(workspace, signal);
    } catch (error) {
      if (error instanceof Conflict || error instanceof NotFound) return requeueAfter(afterConflictMs);
      throw error;
    }
  }

  /** Whether all that a plan leans on is known: a claim that is not seen would be bought again. */
  #isKnown = (): boolean => this.#isListed() && this.#wanted()?.state() === 'synced';

  #isListed(): boolean {
    const { nodes, sources } = this.#options;
    return nodes.synced && this.#caches.state === 'synced' && sources.every((source) => source.state() !== 'listing');
  }

  /** The kind of claim that is to be created. */
  #wanted(): ClaimSource | undefined {
    const { sources, settings } = this.#options;
    return sources.find(({ kind }) => kind === settings.claimKind);
  }

  /** A Workspace that waits for a CRD says so; one that is served, or on its way out, has nothing to say of it. */
  async #sayNotServed(workspace: Workspace, signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted();
    const isOver =
      workspace.metadata.deletionTimestamp !== undefined || wasMade(workspace, this.#caches.workloadOf(workspace));
    if (wanted?.state() !== 'absent' || !this.#isListed() || isOver) return;
    await this.#say(workspace, { conditions: notServed(wanted), warnings: [] }, signal);
  }

  /** Deletes claims whose Workspace is gone. False: the cache is behind, so that they may be its successor's. */
  async #returnStrays(key: string, uid: string | undefined, signal: AbortSignal): Promise<boolean> {
    const { kube, log, sources } = this.#options;
    const [namespace = '', name = ''] = key.split('/');
    const strays = strayClaims(
      { name, namespace, uid },
      sources.flatMap((source) => source.list()),
    );
    if (strays.length === 0) return true;
    const call = { kube, sources, signal };
    if (!(await isStill({ name, namespace }, uid, call))) return false;
    log.warn(
      { Workspace: key, claims: strays.map((claim) => claim.name) },
      'claims are deleted: their Workspace is gone',
    );
    await deleteClaims(strays, call);
    return true;
  }

  async #reconcile(workspace: Workspace, signal: AbortSignal): Promise<Result> {
    const { kube, nodes, settings, sources } = this.#options;
    const workload = this.#caches.workloadOf(workspace);
    const needsLook = workspace.metadata.deletionTimestamp === undefined && !wasMade(workspace, workload);
    const input: PlanInput = {
      ...settings,
      workspace,
      workload,
      nodes: [...nodes.values()],
      held: nodesHeldByOthers(workspace, this.#caches.workspaces.values()),
      claims: sources.flatMap((source) => source.list()),
      nowMs: kube.serverNow().getTime(),
      prerequisites: needsLook ? await lookUp(workspace, { kube, signal }) : noneMissing,
    };
    const plan = planWorkspace(input);
    if (plan.finalizer !== undefined) {
      if (plan.finalizer === 'remove' && (await this.#hasLiveClaims(workspace, signal)))
        return requeueAfter(unsyncedMs);
      await writeFinalizer(workspace, plan.finalizer, { kube, signal });
      if (plan.finalizer === 'remove') this.#tell(workspace, nodesReturned);
      return done;
    }
    const written = await this.#carryOut(plan, input, signal);
    await this.#say(workspace, written, signal);
    if (written.wakeAfterMs !== undefined) return requeueAfter(Math.min(written.wakeAfterMs, restingMs));
    return requeueAfter(restingMs);
  }

  /** The last look before nobody remembers them: a claim that no cache has shown yet is deleted, and waited for. */
  async #hasLiveClaims({ metadata }: Workspace, signal: AbortSignal): Promise<boolean> {
    const { kube, sources } = this.#options;
    const call = { kube, sources, signal };
    const left = await liveClaims(metadata, call);
    await deleteClaims(
      left.filter(({ deletingSince }) => deletingSince === undefined),
      call,
    );
    return left.length > 0;
  }

  /** The plan, or what it says instead when the API server or an object of somebody else's stands in its way. */
  async #carryOut(plan: Plan, { workspace, workload, claimKind }: PlanInput, signal: AbortSignal): Promise<Plan> {
    const { kube, sources } = this.#options;
    const call = { kube, sources, signal };
    const { created, refusal } = await createClaims(plan.createClaims, claimKind, call);
    if (created.length > 0) this.#tell(workspace, claimsCreated(claimKind, created));
    for (const each of plan.remove) await removeObject(each, call);
    for (const name of plan.markNodes) await markNode(name, call);
    await deleteClaims(plan.deleteClaims, call);
    try {
      for (const wanted of plan.write) await writeObject(wanted, workspace, workload, call);
    } catch (error) {
      const conditions = obstacleVerdict(error, plan.conditions, workspace.tuning !== undefined);
      if (conditions === undefined) throw error;
      // Tried again when something changes, and at rest.
      return { ...plan, conditions };
    }
    return refusal === undefined ? plan : { ...plan, conditions: creationRefused(claimKind, refusal) };
  }

  async #say(
    workspace: Workspace,
    plan: Pick<Plan, 'conditions' | 'warnings' | 'workerNodes'>,
    signal: AbortSignal,
  ): Promise<void> {
    const after = await writeStatus(workspace, plan, { kube: this.#options.kube, signal });
    const { uid } = workspace.metadata;
    const told = this.#warned.get(uid) ?? new Set();
    for (const { reason, message } of plan.warnings) {
      if (told.has(reason)) continue;
      this.#tell(workspace, { type: 'Warning', reason, message });
      this.#warned.set(uid, told.add(reason));
    }
    for (const event of eventsBetween(workspace, after)) this.#tell(workspace, event);
  }

  #tell({ metadata: { name, namespace = '', uid } }: Workspace, event: Omit<EventNote, 'regarding'>): void {
    const regarding = { apiVersion: apiVersionOf(workspaces), kind: 'Workspace', name, namespace, uid };
    this.#options.events.record({ regarding, ...event });
  }

  #claimChanged(labels: Readonly<Record<string, string>>): void {
    const name = labels[workspaceLabel];
    const namespace = labels[workspaceNamespaceLabel];
    if (name !== undefined && namespace !== undefined) this.#queue.add(`${namespace}/${name}`);
  }

  /** One that names its Workspace wakes that one; a node of nobody's may be what any of them waits for. */
  #nodeChanged(node: Node | undefined): void {
    const labels = node?.metadata.labels ?? {};
    if (labels[workspaceLabel] !== undefined) this.#claimChanged(labels);
    else
      for (const { metadata } of this.#caches.workspaces.values())
        this.#queue.add(`${metadata.namespace ?? ''}/${metadata.name}`);
  }
}

function isReady(node: Node | undefined): boolean {
  return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
