// One performance: the stage is set, a Workspace or a Machine is created and deleted, every milestone is waited for.
import { Api, expectStatus } from '../nodes/api.ts';
import type { DemoArguments } from './arguments.ts';
import { displayOn, type Display, type Output } from './display.ts';
import { creationOf, deletion, opening } from './milestones.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';
import { textAt } from '../aks/json.ts';
import { pushSecret } from './placeholders.ts';
import { changesOf, type Change, type Thing } from './thing.ts';
import { modelAnswers, workspaceCreationOf, workspaceDeletion } from './workspace-milestones.ts';
import { World } from './world.ts';

const workspacesPath = '/apis/kaito.sh/v1alpha1/namespaces/default/workspaces';
const secretsPath = '/api/v1/namespaces/default/secrets';
const question = 'What is Kubernetes?';
const machinesPath = '/apis/karpenter.sh/v1alpha5/machines';
const leasesPath = '/apis/coordination.k8s.io/v1/leases';
const eventsPath = '/apis/events.k8s.io/v1/events';

// Azure's pace in emulated seconds, generously, and what the processes need besides.
const creationSeconds = 1200;
const deletionSeconds = 900;
const processesMs = 60_000;
// The rest is in the log.
const longestLine = 300;

class Interrupted extends Error {
  readonly code = 'Interrupted';
}

/** Resolves to the exit code: 0 only if every milestone was reached. */
export async function perform(demo: DemoArguments, output: Output): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Interrupted('Interrupted'));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const world = new World(demo.wanted.metadata.name);
  let display: Display | undefined;
  const story = new Story({
    world,
    now: () => performance.now(),
    onReached: (entry) => display?.reached(entry),
  });
  const ground = demo.real ? 'a real control plane' : 'the sandbox';
  output.write(`Starting ${ground} and the controller; ${demo.timeScale} s of Azure pass in one.\n`);
  for (const note of demo.notes) output.write(`In the file, ${note}.\n`);
  try {
    await using stage = await Stage.set({
      timeScale: demo.timeScale,
      real: demo.real,
      onAzure: (news) => {
        world.noteAzure(news);
        for (const call of news.calls) display?.call(call);
        story.look();
      },
    });
    display = displayOn(output, () => ({ story, world }));
    return await act(demo, { stage, story, world, display, stop });
  } catch (error) {
    return error instanceof Interrupted ? 130 : failed(error);
  } finally {
    display?.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

interface Cast {
  readonly stage: Stage;
  readonly story: Story;
  readonly world: World;
  readonly display: Display;
  readonly stop: AbortController;
}

async function act(demo: DemoArguments, cast: Cast): Promise<number> {
  const { stage, story, world, display, stop } = cast;
  const { wanted, keep, timeScale } = demo;
  const { signal } = stop;
  const api = new Api(stage.api);
  const watching = new AbortController();
  const watches = follow(api, cast, watching.signal);
  const serves = wanted.kind === 'Workspace';
  const path = serves ? workspacesPath : machinesPath;
  const controller = stage.startController(serves ? { WORKSPACES: 'true' } : {});
  controller.ended.catch((error: unknown) => stop.abort(error));
  void controller.statusPage.then((url) => display.note(`Its status page, as long as this runs: ${url}\n`));
  const limits = (seconds: number) => ({ limitMs: processesMs + (seconds * 1000) / timeScale, signal });
  try {
    await story.tell(opening, limits(0));
    await createSecret(api, wanted, signal);
    expectStatus(await api.post(path, wanted, signal), `create the ${wanted.kind ?? 'object'}`, 201);
    await story.tell(serves ? workspaceCreationOf(wanted) : creationOf(wanted), limits(creationSeconds));
    if (serves && wanted.tuning === undefined && !demo.real) await ask(api, cast);
    if (keep) return await stayUp(cast, { serves, statusPage: await controller.statusPage });
    expectStatus(await api.delete(`${path}/${world.name}`, {}, signal), `delete the ${wanted.kind ?? 'object'}`, 200);
    await story.tell(serves ? workspaceDeletion : deletion, limits(deletionSeconds));
    display.end();
    display.note(`\nEvery milestone was reached. Requests to Azure: ${world.counts()}`);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    display.end();
    stage.keepLogs();
    display.note(conclusion(cast));
    throw error;
  } finally {
    watching.abort();
    await api.close();
    await watches;
  }
}

/** What a tuning pushes with: its reader would have made it. */
async function createSecret(api: Api, { tuning }: Thing, signal: AbortSignal): Promise<void> {
  const { image, imagePushSecret } = tuning?.output ?? {};
  if (image === undefined || imagePushSecret === undefined) return;
  const secret = pushSecret(imagePushSecret, image);
  expectStatus(await api.post(secretsPath, secret, signal), 'create the Secret', 201);
}

/** By the API server's proxy, which needs no port below 1024. */
async function ask(api: Api, { story, world, stop }: Cast): Promise<void> {
  const { signal } = stop;
  const path = `/api/v1/namespaces/default/services/${world.name}:80/proxy/chat`;
  const { body } = expectStatus(await api.post(path, { prompt: question }, signal), 'ask the model', 200);
  world.answer = textAt(body, 'Result');
  await story.tell(modelAnswers, { limitMs: processesMs, signal });
}

/** Keeps the world up to date until the signal; each change may reach a milestone. */
async function follow(api: Api, { world, story, display }: Cast, signal: AbortSignal): Promise<void> {
  const watch = async (path: string, note: (change: Change) => void): Promise<void> => {
    for await (const change of changesOf(api, path, signal)) {
      note(change);
      story.look();
    }
  };
  await Promise.all([
    watch(workspacesPath, (change) => world.noteWorkspace(change)),
    watch('/api/v1/pods', (change) => world.notePod(change)),
    watch(machinesPath, (change) => world.noteMachine(change)),
    watch('/api/v1/nodes', (change) => world.noteNode(change)),
    watch(leasesPath, (change) => world.noteLease(change)),
    watch(eventsPath, (change) => {
      const event = world.noteEvent(change);
      if (event !== undefined) display.event(event);
    }),
  ]);
}

interface LeftUp {
  readonly serves: boolean;
  readonly statusPage: string;
}

async function stayUp({ stage, display, stop, world }: Cast, { serves, statusPage }: LeftUp): Promise<number> {
  display.end();
  const kubectl = serves ? workspaceCommands(world.name) : machineCommands(world.name);
  display.note(`
It is Ready, and everything stays up until Ctrl-C. In another terminal:

  export KUBECONFIG=${stage.kubeconfig}
${kubectl.map((line) => `  ${line}`).join('\n')}

The status page: ${statusPage}
The controller's log: ${stage.controllerLog}`);
  await new Promise<void>((resolve, reject) => {
    const end = (): void => (stop.signal.reason instanceof Interrupted ? resolve() : reject(stop.signal.reason));
    if (stop.signal.aborted) end();
    else stop.signal.addEventListener('abort', end, { once: true });
  });
  return 0;
}

function machineCommands(name: string): readonly string[] {
  return [
    'kubectl get machines -o wide',
    'kubectl get nodes -L agentpool,node.kubernetes.io/instance-type',
    `kubectl describe machine ${name}`,
    `kubectl delete machine ${name}`,
  ];
}

function workspaceCommands(name: string): readonly string[] {
  return [
    'kubectl get workspace,machines,pods,services',
    `kubectl describe workspace ${name}`,
    `echo '{"prompt":"${question}"}' | kubectl create --raw /api/v1/namespaces/default/services/${name}:80/proxy/chat -f -`,
    `kubectl delete workspace ${name}`,
  ];
}

/** What there is to say about a story that did not end well. */
function conclusion({ stage, story, world }: Cast): string {
  const conditions = [world.workspace, world.machine].flatMap((thing) => thing?.status?.conditions ?? []);
  const missed = story.entries().find(({ atMs }) => atMs === undefined);
  return [
    '',
    `  not reached: ${missed?.title ?? 'nothing'}`,
    ...conditions.map(({ type, status, reason = '', message = '' }) => `  ${type}=${status} ${reason} ${message}`),
    `  requests to Azure: ${world.counts()}`,
    ...stage.controllerWords.map((line) => `  controller: ${line.slice(0, longestLine)}`),
    `  logs: ${stage.directory}`,
  ].join('\n');
}

function failed(error: unknown): number {
  process.stderr.write(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
