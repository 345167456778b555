// A real control plane on loopback: etcd, kube-apiserver and, when asked for, the controllers and the scheduler.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryOf } from '../tools/binaries.ts';
import type { ToolName } from '../tools/catalogue.ts';
import { roomiestFolder } from './folder.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags, type Files, schedulerFlags, writeFiles } from './flags.ts';
import { type Guard, startGuard } from './guard.ts';
import { identityOf, kubeconfigOf, users } from './identities.ts';
import { freePorts } from './ports.ts';
import { ProcessEnded, type Running, start } from './process.ts';
import { untilServing } from './ready.ts';

export interface ControlPlaneOptions {
  /** Give up, and stop everything, when this aborts before the control plane is up. */
  readonly signal: AbortSignal;
  /**
   * Also run kube-controller-manager with these controllers, named as its flag `--controllers` does: `*` is all that
   * run by default. Pods get a ServiceAccount, and must wait for it, only when `serviceaccount-controller` or `*` runs.
   */
  readonly controllers?: readonly string[];
  /** Also run kube-scheduler. */
  readonly scheduler?: boolean;
  /** Where the folder of its files is made. Default: where there is most room. */
  readonly folder?: string;
}

export interface ControlPlane {
  readonly url: string;
  /** PEM of the authority behind `url`. */
  readonly ca: string;
  /** Of a member of system:masters. */
  readonly token: string;
  /** JSON lines of audit.k8s.io/v1 Events at level Metadata. */
  readonly auditLog: string;
  kubeconfig(): string;
  /**
   * Ends the API server and starts another one on the same data, port and tokens. Resolves when it is ready; every
   * connection to the old one is gone.
   */
  restartApiServer(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Rejects when one of the programs ends by itself. */
  readonly failed: Promise<never>;
  /** Ends every program and removes every file. Twice does nothing. */
  close(): Promise<void>;
}

// A port that was free may be taken before its program binds it.
const attempts = 3;

/**
 * Starts the programs that `npm run tools` built and resolves when the API server is ready. Whatever happens, also when
 * this process dies, nothing of it stays behind. Throws ToolMissing, or ProcessEnded with the end of a program's log.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === attempts || !isPortTaken(error)) throw error;
    }
  }
}

async function startOnce(options: ControlPlaneOptions): Promise<ControlPlane> {
  const directory = await mkdtemp(join(options.folder ?? (await roomiestFolder()), 'controlplane-'));
  const guard = startGuard(directory);
  const running: Running[] = [];
  const close = once(async () => {
    // The other way round than they were started: clients before servers.
    for (const program of running.toReversed()) await program.stop();
    await rm(directory, { recursive: true, force: true });
    await guard.dismiss();
  });
  try {
    return await launch({ directory, guard, running, close, ...options });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Launch extends ControlPlaneOptions {
  readonly directory: string;
  readonly guard: Guard;
  /** What runs is noted here at once, so that it is stopped even when the next step fails. */
  readonly running: Running[];
  close(): Promise<void>;
}

async function launch(options: Launch): Promise<ControlPlane> {
  const { directory, guard, running, controllers = [], scheduler } = options;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever does not look sees it in the next request that fails.
  failed.catch(() => undefined);
  const run = (name: ToolName, flags: readonly string[]): Running => {
    const program = start(binaryOf(name), flags, { name, logFile: join(directory, `${name}.log`), guard });
    running.push(program);
    program.failed.catch(reject);
    return program;
  };
  const admin = identityOf(users.admin);
  const managing = identityOf(users.controllerManager);
  const scheduling = identityOf(users.scheduler);
  const files = await writeFiles(directory, [admin, managing, scheduling]);
  const [client = 0, peer = 0, port = 0] = await freePorts(3);
  const server = { url: `https://127.0.0.1:${port}`, ca: files.ca };

  run('etcd', etcdFlags(directory, { client, peer }));
  const serviceAccounts = controllers.includes('*') || controllers.includes('serviceaccount-controller');
  const runApiServer = (): Running =>
    run('kube-apiserver', apiServerFlags(files, { port, etcdPort: client, serviceAccounts }));
  let apiServer = runApiServer();
  await serving({ ...server, token: admin.token }, running, options.signal);

  if (controllers.length > 0) {
    const kubeconfig = await writeKubeconfig(files, 'controller-manager', { ...server, token: managing.token });
    run('kube-controller-manager', controllerManagerFlags(files, { kubeconfig, controllers }));
  }
  if (scheduler === true) {
    const kubeconfig = await writeKubeconfig(files, 'scheduler', { ...server, token: scheduling.token });
    run('kube-scheduler', schedulerFlags({ kubeconfig }));
  }
  return {
    ...server,
    token: admin.token,
    auditLog: files.auditLog,
    kubeconfig: () => kubeconfigOf({ ...server, token: admin.token }),
    async restartApiServer({ signal }) {
      await apiServer.stop();
      running.splice(running.indexOf(apiServer), 1);
      apiServer = runApiServer();
      await serving({ ...server, token: admin.token }, running, signal);
    },
    failed,
    close: () => options.close(),
  };
}

/** Waits for the API server, but not for one whose program has ended. */
async function serving(
  server: { readonly url: string; readonly ca: string; readonly token: string },
  running: readonly Running[],
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  try {
    const ready = untilServing({ ...server, signal: AbortSignal.any([signal, over.signal]) });
    await Promise.race([ready, ...running.map((program) => program.failed)]);
  } finally {
    over.abort();
  }
}

async function writeKubeconfig(
  files: Files,
  name: string,
  server: { readonly url: string; readonly ca: string; readonly token: string },
): Promise<string> {
  const path = join(files.directory, `${name}.kubeconfig`);
  await writeFile(path, kubeconfigOf(server), { mode: 0o600 });
  return path;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof ProcessEnded && error.message.includes('address already in use');
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= fn());
}
