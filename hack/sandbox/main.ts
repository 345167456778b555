// `npm run sandbox`: the sandbox as a process that stays up until it is told to stop.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { readScript } from './aks/script-file.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

const help = `Usage: npm run sandbox -- [options]

  --time-scale N   emulated seconds in one real second (default 10)
  --script FILE    what the emulated region does: hack/sandbox/aks/README.md
  --port N         of the API server (default: a free one)
  --aks-port N     of the AKS emulator (default: a free one)
  --http           plain http and no credentials
`;

const folder = '.sandbox';

async function main(): Promise<number> {
  const settings = await readSettings();
  if (typeof settings === 'number') return settings;
  const sandbox = await startSandbox({
    ...settings,
    folder,
    autoRepair: true,
    onError: (error) => process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
  });
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.stdout.write(usage(sandbox, settings.timeScale));
  await stopped;
  await sandbox.close();
  return 0;
}

type Settings = SandboxOptions & { readonly timeScale: number };

/** What the flags say; or the exit code when there is nothing to start. */
async function readSettings(): Promise<Settings | number> {
  try {
    const flags = parse();
    if (flags.help === true) {
      process.stdout.write(help);
      return 0;
    }
    return {
      timeScale: numberOf('--time-scale', flags['time-scale']) ?? 10,
      port: numberOf('--port', flags.port) ?? 0,
      aksPort: numberOf('--aks-port', flags['aks-port']) ?? 0,
      http: flags.http ?? false,
      ...(flags.script === undefined ? {} : { script: await readScript(flags.script) }),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
}

function parse() {
  return parseArgs({
    strict: true,
    options: {
      'time-scale': { type: 'string' },
      script: { type: 'string' },
      port: { type: 'string' },
      'aks-port': { type: 'string' },
      http: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`Cannot use ${flag} "${text}": it is no number above 0`);
}

function usage(sandbox: Sandbox, timeScale: number): string {
  const env = Object.entries(sandbox.controllerEnv()).map(([name, value]) => `  export ${name}=${value}`);
  return `The sandbox is up; one real second is ${timeScale} emulated ones. Ctrl-C ends it.

kubectl:
  export KUBECONFIG=${sandbox.kubeconfigPath}
  kubectl get nodes

The controller, in another terminal:
${env.join('\n')}
  npm start

What the emulated region does, and what others do to it (hack/sandbox/aks/README.md):
  curl ${sandbox.aks.ca === undefined ? '' : `--cacert ${sandbox.controllerEnv()['NODE_EXTRA_CA_CERTS']} `}${sandbox.aks.url}/admin/pools
`;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
