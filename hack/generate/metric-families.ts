// Every family of metrics that a controller registers, read off the real registration: nothing of it runs, and nothing is asked.
import { pino } from 'pino';
import { createArmMetrics } from '../../src/azure/arm-metrics.ts';
import { defaultPolicies } from '../../src/claims/policies.ts';
import { defaultTimings } from '../../src/claims/timings.ts';
import { systemClock } from '../../src/clock.ts';
import { createMetrics, tellBuild } from '../../src/observability/metrics.ts';
import { createProvisioner } from '../../src/provisioner.ts';

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** By name, with the values that have a series from the start. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** It is only built, so nobody may come to ask. */
class NotMeantToRun extends Error {
  readonly code = 'NOT_MEANT_TO_RUN';
}

function refuse(): never {
  throw new NotMeantToRun('This controller is only there to be looked at');
}

/** Without those of the process itself, which depend on the system. By name. */
export async function metricFamilies(): Promise<readonly MetricFamily[]> {
  const metrics = createMetrics();
  tellBuild(metrics, '0.0.0');
  createArmMetrics(metrics, systemClock);
  createProvisioner({
    settings: {
      ...defaultTimings,
      ...defaultPolicies,
      // Each part that can be switched on is.
      expireNodeClaims: true,
      armPollFastMs: 1000,
      armPollIdleMs: 1000,
      maxConcurrentReconciles: 1,
      leaderElect: true,
      leaderElectionName: 'lease',
      leaderElectionNamespace: 'default',
      deploymentName: 'gpu-provisioner',
      deploymentNamespace: 'default',
    },
    kube: {
      get: refuse,
      list: refuse,
      watch: refuse,
      create: refuse,
      patch: refuse,
      delete: refuse,
      evict: refuse,
      serves: refuse,
      serverNow: () => systemClock.now(),
    },
    arm: { list: refuse, get: refuse, create: refuse, delete: refuse, cluster: refuse, machines: refuse },
    clock: systemClock,
    log: pino({ enabled: false }),
    metrics,
    events: { record: refuse },
    identity: 'nobody',
    random: () => 0,
  });
  const text = await metrics.text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  return [...text.matchAll(/^# HELP (\S+) (.+)$/gm)]
    .map(([, name = '', help = '']): MetricFamily => {
      const names = labelNamesOf(metrics.registry.getSingleMetric(name));
      return {
        name,
        help,
        type: types.get(name) ?? '',
        labels: new Map(names.map((one) => [one, valuesOf(one, name, text)])),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The client library keeps them and does not declare that it does. */
function labelNamesOf(metric: object | undefined): readonly string[] {
  const names: unknown = metric !== undefined && 'labelNames' in metric ? metric.labelNames : [];
  return Array.isArray(names) ? names.map(String) : [];
}

function valuesOf(label: string, family: string, text: string): readonly string[] {
  const series = text.split('\n').filter((line) => line.startsWith(`${family}{`));
  const values = series.flatMap((line) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? []);
  return [...new Set(values)].filter((value) => value !== '');
}
