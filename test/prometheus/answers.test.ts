// Every panel of the dashboards and every alert, asked of a real Prometheus that scrapes real controllers on their worst days.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld } from '../support/world.ts';
import { Answers, unknownIn, type Question } from './answers.ts';
import { asSent, readDashboards, valuesQuery } from './dashboards.ts';
import { electedWorld, holdForeignLease, playElection } from './election-days.ts';
import { fleetWorld, play } from './fleet-days.ts';
import { type HeldPort, holdPort } from './held-port.ts';
import { serveKubeStateMetrics } from './kube-state-metrics.ts';
import { metricsIn, renamed } from './metrics-in.ts';
import { Prometheus } from './prometheus.ts';
import { ruleFile } from './promtool.ts';
import { atWorldPace } from './world-pace.ts';
import { readRules } from './rules.ts';

const dashboards = await readDashboards();
const panels = dashboards.flatMap(({ queries }) =>
  queries.map(({ name, expr, labels }) => ({ name, expr: asSent(expr), labels })),
);
const choices: readonly Question[] = dashboards.flatMap(({ file, variables }) =>
  Object.entries(variables).map(([name, definition]) => ({ name: `${file} $${name}`, expr: valuesQuery(definition) })),
);
const rules = await readRules();
const alerts: readonly Question[] = rules.map(({ alert, expr }) => ({ name: alert, expr: atWorldPace(expr) }));
const questions = [...panels, ...choices, ...alerts];

/** What a ServiceMonitor writes on the series of a pod. */
function replica(pod: string) {
  return { job: 'gpu-provisioner', namespace: 'gpu-provisioner', pod };
}

/** The environment of a controller that is scraped there. */
async function metricsAt(held: HeldPort): Promise<Record<string, string>> {
  return { METRICS_PORT: String(await held.release()) };
}

const stack = new AsyncDisposableStack();
let prometheus: Prometheus;
let answers: Answers;
let told: ReadonlySet<string>;

beforeAll(async () => {
  const fleet = stack.use(await holdPort());
  const leader = stack.use(await holdPort());
  const waiting = stack.use(await holdPort());
  const states = stack.use(await serveKubeStateMetrics());
  prometheus = stack.use(
    await Prometheus.start({
      rules: [ruleFile],
      targets: [
        { port: fleet.port, labels: replica('fleet') },
        { port: leader.port, labels: replica('leader') },
        { port: waiting.port, labels: replica('waiting') },
        { port: states.port, labels: { job: 'kube-state-metrics' } },
      ],
    }),
  );
  answers = new Answers(prometheus, questions);
  await answers.until(['GpuProvisionerDown']);
  {
    await using world = await startWorld(electedWorld);
    const foreign = 'lease-of-somebody';
    await holdForeignLease(world, foreign);
    await world.startController({ env: { ...(await metricsAt(waiting)), LEADER_ELECTION_NAME: foreign } });
    await answers.until(['GpuProvisionerNoLeader']);
    await world.startController({ env: await metricsAt(leader) });
    await playElection(world, answers);
  }
  await using world = await startWorld(fleetWorld);
  await world.startController({ env: await metricsAt(fleet) });
  await play(world, answers);
  await answers.rest();
  told = await prometheus.metricNames();
});
afterAll(() => stack.disposeAsync());

describe.each([
  ['the panel', panels],
  ['the choice', choices],
  ['the alert', alerts],
])('%s', (_, some) => {
  it.each(some)('$name has an answer', ({ name }) => {
    expect(answers.of(name)).toBeDefined();
  });
});

describe.each([
  ['the panel', panels],
  ['the alert', alerts],
])('%s', (_, some) => {
  it.each(some)('$name reads only metrics that are told, and would miss each of them', ({ expr }) => {
    expect(metricsIn(expr)).not.toEqual([]);
    expect(unknownIn(expr, told)).toEqual([]);
    for (const metric of metricsIn(expr)) expect(unknownIn(renamed(expr, metric), told)).toEqual([`${metric}_renamed`]);
  });
});

describe('the legend and the columns', () => {
  it.each(panels.filter(({ labels }) => labels.length > 0))('of $name show labels that there are', async (panel) => {
    const there = await Promise.all(metricsIn(panel.expr).map((metric) => prometheus.labelsOf(metric)));
    for (const label of panel.labels) expect(there.some((labels) => labels.has(label))).toBe(true);
  });
});

describe('a renamed metric', () => {
  // Of absent() the absence is the answer.
  const some = questions.filter(({ expr }) => !expr.includes('absent('));

  it('leaves every query that reads it without an answer', async () => {
    const deaf: string[] = [];
    for (const { name, expr } of some)
      for (const metric of metricsIn(expr))
        if ((await prometheus.query(renamed(expr, metric))).length > 0) deaf.push(`${name}: ${metric}`);
    expect(deaf).toEqual([]);
  });
});

describe('Prometheus', () => {
  it('evaluates every rule of the file without an error', async () => {
    const errors = await prometheus.ruleErrors();
    expect([...errors.keys()].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    for (const error of errors.values()) expect(error).toBeUndefined();
  });
});
