// Writes the files that are made from others: the types of src/apis from the CRDs, and parts of the chart. `--check` only
// compares.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chartReadme } from './generate/chart-readme.ts';
import { claimTypes } from './generate/claim-types.ts';
import { configurationPage } from './generate/configuration-page.ts';
import { eventsPage } from './generate/events-page.ts';
import { metricFamilies } from './generate/metric-families.ts';
import { metricsDocument } from './generate/metrics-document.ts';
import { pageModule } from './generate/page.ts';
import { reasonsPage } from './generate/reasons-page.ts';
import { claims } from './generate/dashboards/claims.ts';
import { controller } from './generate/dashboards/controller.ts';
import { dashboardJson } from './generate/dashboards/dashboard.ts';
import { fleet } from './generate/dashboards/fleet.ts';
import manifest from '../package.json' with { type: 'json' };

interface Generated {
  readonly path: string;
  readonly text: () => Promise<string>;
}

const root = new URL('../', import.meta.url);

const chart = 'charts/gpu-provisioner';
const pageFolder = 'src/status/page';
const crds = ['kaito.sh_workspaces.yaml', 'karpenter.sh_machines.yaml', 'karpenter.sh_nodeclaims.yaml'];

const generated: readonly Generated[] = [
  { path: 'src/apis/workspace.gen.ts', text: () => typesOf('crds/kaito.sh_workspaces.yaml', 'v1alpha1') },
  { path: 'src/apis/machine.gen.ts', text: () => typesOf('crds/karpenter.sh_machines.yaml', 'v1alpha5') },
  { path: 'src/apis/nodeclaim.gen.ts', text: () => typesOf('crds/karpenter.sh_nodeclaims.yaml', 'v1') },
  // A chart can read no file outside of itself.
  ...crds.map((crd) => ({ path: `${chart}/files/crds/${crd}`, text: () => read(`crds/${crd}`) })),
  { path: `${chart}/README.md`, text: readmeOfChart },
  { path: 'src/status/page.gen.ts', text: statusPage },
  { path: 'docs/metrics.md', text: metrics },
  { path: 'docs/reasons.md', text: async () => reasonsPage(await read('hack/generate/reasons.md')) },
  { path: 'docs/events.md', text: async () => eventsPage(await read('hack/generate/events.md')) },
  { path: 'docs/configuration.md', text: async () => configurationPage(await read('hack/generate/configuration.md')) },
  ...[fleet, claims, controller].map((dashboard) => ({
    path: `${chart}/dashboards/${dashboard.uid}.json`,
    text: async () => dashboardJson(dashboard),
  })),
];

async function typesOf(crdPath: string, version: string): Promise<string> {
  return claimTypes({ crd: await read(crdPath), crdPath, version });
}

async function readmeOfChart(): Promise<string> {
  const [values, template] = await Promise.all([read(`${chart}/values.yaml`), read('hack/generate/chart-readme.md')]);
  return chartReadme({ values, template, version: manifest.version });
}

async function metrics(): Promise<string> {
  const [families, template] = await Promise.all([metricFamilies(), read('hack/generate/metrics.md')]);
  return metricsDocument({ families, template });
}

async function statusPage(): Promise<string> {
  const [html, css, icon] = await Promise.all(
    ['index.html', 'page.css', 'icon.svg'].map((name) => read(`${pageFolder}/${name}`)),
  );
  if (html === undefined || css === undefined || icon === undefined) throw new RangeError(`${pageFolder} lacks a file`);
  return pageModule({ folder: fileURLToPath(new URL(pageFolder, root)), html, css, icon });
}

async function read(path: string): Promise<string> {
  return readFile(new URL(path, root), 'utf8');
}

async function current(path: string): Promise<string | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes what differs, or with `check` nothing; answers the paths that differed. */
export async function generate({ check }: { readonly check: boolean }): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, text } of generated) {
    const wanted = await text();
    if ((await current(path)) === wanted) continue;
    stale.push(path);
    if (!check) await writeFile(new URL(path, root), wanted);
  }
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const stale = await generate(values);
  for (const path of stale) console.log(values.check ? `${path} is stale: run npm run generate` : `${path} written`);
  if (values.check && stale.length > 0) process.exitCode = 1;
}
