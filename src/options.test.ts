import { describe, expect, it } from 'vitest';
import { defaultTimings, type Timings } from './claims/timings.ts';
import { effectiveOptions, helpText, parseOptions, type Options } from './options.ts';
import { envNameOf } from './options/table.ts';

const cluster = { ARM_SUBSCRIPTION_ID: 'sub', ARM_RESOURCE_GROUP: 'rg', AZURE_CLUSTER_NAME: 'aks' };

function optionsOf(argv: readonly string[], env: Record<string, string> = {}, podNamespace?: string): Options {
  const invocation = parseOptions({
    argv,
    env: { ...cluster, ...env },
    ...(podNamespace === undefined ? {} : { podNamespace }),
  });
  if (!invocation.ok || invocation.command !== 'run') throw new Error(`Not read: ${JSON.stringify(invocation)}`);
  return invocation.options;
}

function complaintOf(argv: readonly string[], env: Record<string, string> = {}): string {
  const invocation = parseOptions({ argv, env: { ...cluster, ...env } });
  if (invocation.ok) throw new Error('Accepted');
  expect(invocation.exitCode).toBe(2);
  return invocation.message;
}

describe('parseOptions', () => {
  it('GPM30 GPN48 needs no more than the names of the cluster, the rest has defaults', () => {
    expect(optionsOf([])).toMatchObject({
      subscriptionId: 'sub',
      resourceGroup: 'rg',
      clusterName: 'aks',
      leaderElect: true,
      leaderElectionName: 'gpu-provisioner-leader-election',
      metricsPort: 8080,
      healthProbePort: 8081,
      logLevel: 'info',
      armPollFastMs: 15_000,
      armPollIdleMs: 300_000,
    });
  });

  it('leaves optional values out instead of setting them to undefined', () => {
    expect(Object.keys(optionsOf([]))).not.toContain('kubeconfig');
  });

  it('gives the waits of the state table by default', () => {
    const timings: Timings = optionsOf([]);
    expect(timings).toMatchObject(defaultTimings);
  });

  it('accepts the environment that installations of the Go provisioner set', () => {
    const options = optionsOf([], {
      LOCATION: 'eastus',
      AZURE_NODE_RESOURCE_GROUP: 'MC_rg_aks_eastus',
      E2E_TEST_MODE: 'false',
      CONFIG_LOGGING_NAME: 'gpu-provisioner-config-logging',
      SYSTEM_NAMESPACE: 'gpu-provisioner',
      LEADER_ELECT: 'false',
      METRICS_PORT: '8000',
      FEATURE_GATES: 'NodeRepair=true,Drift=false',
      DEPLOYMENT_MODE: 'managed',
      AZURE_CLIENT_ID: '',
    });
    expect(options).toMatchObject({
      location: 'eastus',
      leaderElect: false,
      metricsPort: 8000,
      deploymentMode: 'managed',
      featureGates: 'NodeRepair=true,Drift=false',
    });
    expect(options.clientId).toBeUndefined();
  });

  it('lets a flag win over the environment, and the last of equal flags', () => {
    expect(optionsOf(['--metrics-port', '1', '--metrics-port=2'], { METRICS_PORT: '3' }).metricsPort).toBe(2);
  });

  it('does not look at an environment value that a flag replaces', () => {
    expect(optionsOf(['--metrics-port=2'], { METRICS_PORT: 'tcp://10.0.0.1:80' }).metricsPort).toBe(2);
  });

  it('GPN52 drops white space around a value, as a mounted secret has it', () => {
    expect(optionsOf([], { ARM_RESOURCE_GROUP: ' rg\n' }).resourceGroup).toBe('rg');
  });

  it.each([
    [['--leader-elect'], {}, true],
    [['--leader-elect=false'], {}, false],
    [['--disable-leader-election'], {}, false],
    [['--disable-leader-election=false'], {}, true],
    [[], { DISABLE_LEADER_ELECTION: 'true' }, false],
    [[], { DISABLE_LEADER_ELECTION: 'false', LEADER_ELECT: 'true' }, true],
    [['--leader-elect'], { DISABLE_LEADER_ELECTION: 'true' }, true],
  ])('reads %j and %j as leaderElect %s', (argv, env, expected) => {
    expect(optionsOf(argv, env).leaderElect).toBe(expected);
  });

  it('refuses twins that contradict each other', () => {
    expect(complaintOf([], { LEADER_ELECT: 'true', DISABLE_LEADER_ELECTION: 'true' })).toBe(
      'Contradiction: LEADER_ELECT=true and DISABLE_LEADER_ELECTION=true',
    );
  });

  it.each([
    [[], {}, undefined, 'gpu-provisioner'],
    [[], { SYSTEM_NAMESPACE: 'system' }, undefined, 'system'],
    [[], { SYSTEM_NAMESPACE: 'system' }, 'pod', 'pod'],
    [[], { LEADER_ELECTION_NAMESPACE: 'env' }, 'pod', 'env'],
    [['--leader-election-namespace=flag'], { LEADER_ELECTION_NAMESPACE: 'env' }, 'pod', 'flag'],
  ])('finds the namespace of the lease from %j, %j and the pod in %s', (argv, env, podNamespace, expected) => {
    expect(optionsOf(argv, env, podNamespace).leaderElectionNamespace).toBe(expected);
  });

  it('GPM31 GPN51 GPN53 names all that is missing in one line', () => {
    expect(parseOptions({ argv: [], env: { ARM_RESOURCE_GROUP: ' ' } })).toEqual({
      ok: false,
      exitCode: 2,
      message:
        'Missing ARM_SUBSCRIPTION_ID, ARM_RESOURCE_GROUP, AZURE_CLUSTER_NAME: ' +
        'set them in the environment or by flag (--help)',
    });
  });

  it.each([
    [['--put-deadline', '30'], {}, 'Malformed --put-deadline "30": expected a duration such as 30s, 5m or 1h30m'],
    [[], { METRICS_PORT: '80a' }, 'Malformed METRICS_PORT "80a": expected a whole number from 0 to 65535'],
    [[], { LEADER_ELECT: 'yes' }, 'Malformed LEADER_ELECT "yes": expected true or false'],
    [['--log-level=loud'], {}, 'Malformed --log-level "loud": expected one of trace, debug, info, warn, error, fatal'],
    [['--claim-selector', 'a in b'], {}, 'Malformed --claim-selector "a in b": expected a label selector'],
    [['--arm-endpoint=management'], {}, 'Malformed --arm-endpoint "management": expected an http or https address'],
    [['--location='], {}, 'Malformed --location "": expected a text that is not empty'],
    [['--metrics-port'], {}, 'Missing value of --metrics-port'],
    [['--metrics-port', '--leader-elect'], {}, 'Missing value of --metrics-port'],
    [['--metric-port', '80'], {}, 'Unknown flag --metric-port; did you mean --metrics-port?'],
    [['--no-leader-elect'], {}, 'Unknown flag --no-leader-elect; did you mean --leader-elect?'],
    [['--webhook-tls-thing'], {}, 'Unknown flag --webhook-tls-thing (see --help)'],
    [['-x'], {}, 'Unknown flag -x (see --help)'],
    [['ran'], {}, 'Unknown command ran; did you mean run?'],
    [['run', 'now'], {}, 'Unexpected argument "now"'],
    [['--unknown-outcome=10s'], {}, '--unknown-outcome must not be shorter than --put-deadline'],
    [['--arm-poll-fast=10m'], {}, '--arm-poll-idle must not be shorter than --arm-poll-fast'],
    [['--disruption-share=101'], {}, 'Malformed --disruption-share "101": expected a whole number from 0 to 100'],
    [[], { DISRUPTION_LEAST: '0' }, 'Malformed DISRUPTION_LEAST "0": expected a whole number from 1 to 1000'],
    [['--disruptions-per-minute=0'], {}, 'Malformed --disruptions-per-minute "0": expected a whole number from 1'],
    [['--disruptions-per-hour=1'], {}, '--disruptions-per-hour must not be less than --disruptions-per-minute'],
    [['--metrics-port=8081'], {}, '--health-probe-port must not be the same as --metrics-port'],
  ])('answers %j and %j with: %s', (argv, env, message) => {
    const complaint = complaintOf(argv, env);
    expect(complaint).toContain(message);
    expect(complaint.split('\n')).toHaveLength(1);
  });

  it('does not repeat a password that it refuses', () => {
    const complaint = complaintOf([], { ARM_ENDPOINT: 'https://me:hunter2@host/x' });
    expect(complaint).toContain('Malformed ARM_ENDPOINT "https://***@host/x"');
    expect(complaint).not.toContain('hunter2');
  });

  it('names every mistake, not only the first', () => {
    expect(complaintOf(['--bogus-thing', '--log-level=loud'], { METRICS_PORT: 'x' }).split('\n')).toHaveLength(3);
  });

  it.each([['help'], ['version']])('answers --%s before it looks at anything else', (command) => {
    expect(parseOptions({ argv: [`--${command}`, '--metrics-port=x'], env: {} })).toEqual({ ok: true, command });
  });
});

describe('effectiveOptions', () => {
  it('shows each value by its flag, as a person would write it', () => {
    expect(effectiveOptions(optionsOf(['--put-deadline=90s', '--drain-timeout=0']))).toMatchObject({
      'arm-subscription-id': 'sub',
      'put-deadline': '1m30s',
      'drain-timeout': '0s',
      'leader-elect': 'true',
      'leader-election-namespace': 'gpu-provisioner',
    });
  });
});

describe('helpText', () => {
  const help = helpText();
  const flags = [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag ?? '');

  it('fits in 100 columns', () => {
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('names every option once, with its environment twin', () => {
    expect(new Set(flags).size).toBe(flags.length);
    for (const flag of Object.keys(effectiveOptions(optionsOf([])))) {
      expect(flags).toContain(flag);
      expect(help).toContain(envNameOf(flag));
    }
  });

  it('says what is required and what is the default', () => {
    expect(help).toContain('Subscription of the cluster (required)');
    expect(help).toContain('(default 1m30s)');
  });
});
