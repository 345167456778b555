// The clusters of a run: each serves one world at a time, and is empty before and after.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../hack/build/bundle.ts';
import type { OperationName } from '../../hack/sandbox/aks/route.ts';
import type { BackEnd, MakeBackEnd, WorkspaceClaims } from '../support/world-back-end.ts';
import { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { realBackEnd } from './real-back-end.ts';
import { tidy } from './tidy.ts';
import { askFor } from './workspace-claims.ts';

// A busy machine needs twice as long.
const startMs = 300_000;
// A busy garbage collector takes its time; whoever leaves something behind is found out all the same.
const tidyMs = 120_000;
const helmMs = 120_000;
/** The chart's own. */
const usualClaims: WorkspaceClaims = 'machine';
const entry = join(import.meta.dirname, '../../src/main.ts');

export class Clusters implements AsyncDisposable {
  readonly all: readonly Cluster[];
  /** What the controllers asked of Azure in all worlds so far. */
  readonly azureOperations = new Set<OperationName>();
  /** The bundle. */
  readonly controllerFile: string;
  /** When a cluster served a world with Workspaces: our time, from and to. */
  readonly #withWorkspaces = new Map<Cluster, (readonly [fromMs: number, toMs: number])[]>();
  readonly #owned: AsyncDisposableStack;
  readonly #free: Cluster[];
  readonly #waiting: ((cluster: Cluster) => void)[] = [];

  /** Builds the controller and starts so many control planes, with the chart in each: by default for Workspaces, too. */
  static async start(count: number, { workspaces }: ClusterOptions = { workspaces: true }): Promise<Clusters> {
    const signal = AbortSignal.timeout(startMs);
    await using stack = new AsyncDisposableStack();
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'gpu-provisioner-built-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const controllerFile = join(folder, 'main.mjs');
    await bundle({ entry, outfile: controllerFile });
    const starts = await Promise.allSettled(
      Array.from({ length: count }, async () =>
        stack.adopt(await startCluster({ workspaces, signal }), (cluster) => cluster.close()),
      ),
    );
    const all = starts.map((start) => {
      if (start.status === 'rejected') throw start.reason;
      return start.value;
    });
    return new Clusters(all, controllerFile, stack.move());
  }

  private constructor(all: readonly Cluster[], controllerFile: string, owned: AsyncDisposableStack) {
    this.all = all;
    this.#free = [...all];
    this.controllerFile = controllerFile;
    this.#owned = owned;
  }

  /** For a world: waits until a cluster is free. */
  readonly makeBackEnd: MakeBackEnd = async (options) => {
    const cluster = await this.#borrow();
    const fromMs = Date.now();
    const { workspaceClaims = usualClaims } = options;
    try {
      if (workspaceClaims !== usualClaims) await askFor(workspaceClaims, cluster, AbortSignal.timeout(helmMs));
      const backEnd = await realBackEnd(options, { cluster, controllerFile: this.controllerFile });
      const close = async (): Promise<void> => {
        if (options.workloads === true) {
          const spans = this.#withWorkspaces.get(cluster) ?? [];
          this.#withWorkspaces.set(cluster, [...spans, [fromMs, Date.now()]]);
        }
        await this.#close(backEnd, cluster, workspaceClaims);
      };
      return { ...backEnd, close };
    } catch (error) {
      this.#giveBack(cluster);
      throw error;
    }
  };

  /** Whether the module of Workspaces was on in the world that this cluster served then. */
  servedWorkspaces(cluster: Cluster, atMs: number): boolean {
    return (this.#withWorkspaces.get(cluster) ?? []).some(([fromMs, toMs]) => fromMs <= atMs && atMs <= toMs);
  }

  async #close(backEnd: BackEnd, cluster: Cluster, claims: WorkspaceClaims): Promise<void> {
    try {
      await backEnd.close();
      for (const { operation, userAgent } of backEnd.azure.log)
        if (userAgent?.includes('gpu-provisioner') === true) this.azureOperations.add(operation);
      await tidy(cluster.api, { signal: AbortSignal.timeout(tidyMs) });
      if (claims !== usualClaims) await askFor(usualClaims, cluster, AbortSignal.timeout(helmMs));
    } finally {
      this.#giveBack(cluster);
    }
  }

  async #borrow(): Promise<Cluster> {
    const cluster = this.#free.shift();
    if (cluster !== undefined) return cluster;
    const { promise, resolve } = Promise.withResolvers<Cluster>();
    this.#waiting.push(resolve);
    return promise;
  }

  #giveBack(cluster: Cluster): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(cluster);
    else next(cluster);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
