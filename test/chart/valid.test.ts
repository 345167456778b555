// Every values file gives objects that the API server knows, field by field.
import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { binaryOf } from '../../hack/tools/binaries.ts';
import { azureValuesFile, chartDir, ciFile, helm, image, template } from './helm.ts';
import { finish } from './program.ts';
import { schemaPattern } from './schemas.ts';

const files = [
  ['minimal', ['--values', ciFile('minimal')]],
  ['azure', ['--values', ciFile('azure')]],
  ['everything', ['--values', ciFile('everything')]],
  ["Azure's script's, with an image", ['--values', azureValuesFile, '--set', image]],
] as const;

async function kubeconform(manifests: string): Promise<string> {
  const location = `${inject('schemas')}/${schemaPattern}`;
  const args = ['-strict', '-summary', '-skip', 'ServiceMonitor,PrometheusRule', '-schema-location', location, '-'];
  const { stdout, stderr } = await finish(binaryOf('kubeconform'), args, {}, manifests);
  return stdout + stderr;
}

describe('the chart', () => {
  it.each(files)('passes helm lint with the values file %s', async (_, args) => {
    const { code, stdout } = await helm(['lint', '--strict', chartDir, ...args]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
    expect(stdout).not.toMatch(/WARNING|ERROR/u);
  });

  it('passes helm lint without values', async () => {
    expect(await helm(['lint', chartDir])).toMatchObject({ code: 0 });
  });

  it.each(files)('gives valid objects with the values file %s', async (_, args) => {
    const said = await kubeconform(await template(args));
    expect(said).toMatch(/Valid: [1-9]\d*, Invalid: 0, Errors: 0/u);
  });

  it('has the version of the program', async () => {
    const chart: unknown = parse(await readFile(`${chartDir}/Chart.yaml`, 'utf8'));
    expect(chart).toMatchObject({ version: manifest.version, appVersion: manifest.version });
  });
});

describe('kubeconform', () => {
  it('would find a field that no kind has', async () => {
    const wrong = (await template(files[0][1])).replace('  replicas: 2', '  replica: 2');
    expect(await kubeconform(wrong)).toMatch(/'replica' not allowed/u);
  });

  it('would find a value of the wrong type', async () => {
    const wrong = (await template(files[0][1])).replace('  replicas: 2', '  replicas: two');
    expect(await kubeconform(wrong)).toMatch(/Invalid: 1/u);
  });
});
