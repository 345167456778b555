// A real Prometheus on a free port of loopback that scrapes what a test has started, with the rules of the chart.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { start } from '../../hack/controlplane/process.ts';
import { startGuard } from '../../hack/controlplane/guard.ts';
import { isObject, textAt, textMapAt } from '../../hack/sandbox/aks/json.ts';

const startMs = 60_000;
const glanceMs = 50;

/** Who is scraped, and what a ServiceMonitor would write on its series. */
interface Target {
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Never NaN: a panel shows nothing for it. */
  readonly value: number;
}

/** It did not start, or it refuses a query. */
class PrometheusFailed extends Error {
  readonly code = 'PrometheusFailed';
}

interface PrometheusOptions {
  readonly targets: readonly Target[];
  /** Paths of rule files. */
  readonly rules: readonly string[];
}

export class Prometheus implements AsyncDisposable {
  readonly #url: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(url: string, stack: AsyncDisposableStack) {
    this.#url = url;
    this.#stack = stack;
  }

  /** Resolves when it answers queries. Throws PrometheusFailed, or ProcessEnded with the end of its log. */
  static async start({ targets, rules }: PrometheusOptions): Promise<Prometheus> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'prometheus-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const guard = stack.adopt(startGuard(folder), (started) => started.dismiss());
    const config = join(folder, 'prometheus.yaml');
    await writeFile(config, configuration(targets, rules));
    const logFile = join(folder, 'prometheus.log');
    const flags = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    const program = stack.adopt(start('prometheus', flags, { name: 'prometheus', logFile, guard }), (running) =>
      running.stop(),
    );
    const url = await Promise.race([untilReady(logFile), program.failed]);
    return new Prometheus(url, stack.move());
  }

  /** The series of an expression now; a number by itself is one without labels. */
  async query(expression: string): Promise<readonly Sample[]> {
    const data = await this.#ask(`query?query=${encodeURIComponent(expression)}`);
    const { resultType, result } = Object(data);
    if (!Array.isArray(result)) throw new PrometheusFailed(`Query "${expression}" has no result`);
    const samples = resultType === 'scalar' ? [{ metric: {}, value: result }] : result;
    return samples.map(sampleOf).filter(({ value }) => !Number.isNaN(value));
  }

  /** Of every series that was ever scraped. */
  async metricNames(): Promise<ReadonlySet<string>> {
    const data = await this.#ask('label/__name__/values');
    return new Set(Array.isArray(data) ? data.map(String) : []);
  }

  /** Of the series of a metric. */
  async labelsOf(metric: string): Promise<ReadonlySet<string>> {
    const data = await this.#ask(`labels?match[]=${encodeURIComponent(metric)}`);
    return new Set(Array.isArray(data) ? data.map(String) : []);
  }

  /** Of each alerting rule: how its last evaluation went, in words; undefined where it went well. */
  async ruleErrors(): Promise<ReadonlyMap<string, string | undefined>> {
    const { groups } = Object(await this.#ask('rules?type=alert'));
    const rules: readonly unknown[] = Array.isArray(groups) ? groups.flatMap((group) => Object(group).rules) : [];
    return new Map(rules.map((rule) => [textAt(rule, 'name') ?? '', textAt(rule, 'lastError')]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #ask(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const body: unknown = await response.json();
    if (!isObject(body) || body['status'] !== 'success')
      throw new PrometheusFailed(`Prometheus refuses "${path}": ${JSON.stringify(body)}`);
    return body['data'];
  }
}

function configuration(targets: readonly Target[], rules: readonly string[]): string {
  return stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: [
      {
        job_name: 'test',
        static_configs: targets.map(({ port, labels }) => ({ targets: [`127.0.0.1:${port}`], labels })),
      },
    ],
  });
}

/** Resolves with its address. */
async function untilReady(logFile: string): Promise<string> {
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline) {
    const [, address] = /msg="Listening on" address=(\S+)/u.exec(await readFile(logFile, 'utf8')) ?? [];
    if (address !== undefined && (await isReady(`http://${address}`))) return `http://${address}`;
    await pause(glanceMs);
  }
  throw new PrometheusFailed('Prometheus was not ready in time');
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/-/ready`);
  await response.body?.cancel();
  return response.ok;
}

function sampleOf(sample: unknown): Sample {
  const value: unknown = Object(sample).value;
  // Prometheus writes numbers as text, among them NaN, +Inf and -Inf.
  const text = Array.isArray(value) ? String(value[1]) : '';
  return { labels: textMapAt(sample, 'metric'), value: numberOf(text) };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
