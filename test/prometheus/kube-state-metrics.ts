// Series as kube-state-metrics would tell them with docs/kube-state-metrics.yaml: the names and labels of that file, with
// made-up values, from a server that Prometheus scrapes.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { objectsAt } from './dashboards.ts';

const snippet = fileURLToPath(new URL('../../docs/kube-state-metrics.yaml', import.meta.url));
const createdAt = 1_700_000_000;
/** What labels say that somebody selects by. */
const said: Readonly<Record<string, string>> = { condition: 'Ready' };

export interface Exposition extends AsyncDisposable {
  readonly port: number;
}

export async function serveKubeStateMetrics(): Promise<Exposition> {
  const text = `${seriesOf(parse(await readFile(snippet, 'utf8'))).join('\n')}\n`;
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/plain; version=0.0.4');
    answer.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** One object of each kind. */
function seriesOf(values: unknown): readonly string[] {
  const config = objectAt(objectAt(values, 'customResourceState'), 'config');
  return objectsAt(objectAt(config, 'spec'), 'resources').flatMap((resource) =>
    objectsAt(resource, 'metrics').flatMap((metric) => {
      const name = `${textAt(resource, 'metricNamePrefix') ?? ''}_${textAt(metric, 'name') ?? ''}`;
      return seriesOfMetric(name, labelsOf(resource), objectAt(metric, 'each'));
    }),
  );
}

function seriesOfMetric(name: string, common: readonly string[], each: JsonObject): readonly string[] {
  const type = textAt(each, 'type');
  const [gauge, info, stateSet] = ['gauge', 'info', 'stateSet'].map((key) => objectAt(each, key));
  if (type === 'Gauge') return [series(name, [...common, ...labelsOf(gauge)], createdAt)];
  if (type === 'Info') return [series(name, [...common, ...labelsOf(info)], 1)];
  const state = textAt(stateSet, 'labelName') ?? '';
  return textsAt(stateSet, 'list').map((value) =>
    series(name, [...common, ...labelsOf(stateSet)], value === 'False' ? 1 : 0, `,${state}="${value}"`),
  );
}

function labelsOf(part: unknown): readonly string[] {
  return Object.keys(objectAt(part, 'labelsFromPath'));
}

function series(name: string, labels: readonly string[], value: number, more = ''): string {
  const texts = labels.map((label) => `${label}="${said[label] ?? `some-${label}`}"`);
  return `${name}{${texts.join(',')}${more}} ${value}`;
}
