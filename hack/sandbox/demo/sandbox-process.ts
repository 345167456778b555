// The sandbox as a process of its own, which tells its parent how to reach it and what Azure sees.
import { startControlPlane } from '../../controlplane/controlplane.ts';
import { checkedScript } from '../aks/script-file.ts';
import { startSandbox } from '../sandbox.ts';
import { AzureReporter } from './azure-reporter.ts';
import type { SandboxMessage } from './messages.ts';

const newsMs = 50;

const controlPlaneMs = 120_000;

const [folder = '', timeScale = '1', script = '{}', kind = 'embedded'] = process.argv.slice(2);
const startReal = () =>
  startControlPlane({ signal: AbortSignal.timeout(controlPlaneMs), controllers: ['*'], scheduler: true });
const sandbox = await startSandbox({
  ...(kind === 'real' ? { startKube: startReal } : {}),
  folder,
  timeScale: Number(timeScale),
  script: checkedScript(JSON.parse(script)),
  // For the log that the parent keeps.
  onError: (error) => console.error(error),
});
const { kube } = sandbox;
const reporter = new AzureReporter(sandbox.aks);

function tell(message: SandboxMessage): void {
  process.send?.(message);
}

const timer = setInterval(() => {
  const news = reporter.news();
  if (news !== undefined) tell({ type: 'azure', ...news });
}, newsMs);

let closing = false;
function close(): void {
  if (closing) return;
  closing = true;
  clearInterval(timer);
  void sandbox.close().finally(() => process.exit(0));
}
process.on('SIGTERM', close);
// A terminal sends it to all of us; the parent decides.
process.on('SIGINT', () => {});
process.on('disconnect', close);

tell({
  type: 'ready',
  api: { url: kube.url, ca: kube.ca, token: kube.token },
  controllerEnv: sandbox.controllerEnv(),
});
