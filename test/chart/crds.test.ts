// The CRDs in the chart are the project's, whatever helm's own YAML makes of them.
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { chartDir, nameOf, render, Rendered } from './helm.ts';

const source = new URL('../../crds/', import.meta.url);

describe('the CRDs of the chart', () => {
  it('are all that the project has, as they are', async () => {
    const files = (await readdir(source)).toSorted();
    expect((await readdir(`${chartDir}/files/crds`)).toSorted()).toEqual(files);
    const rendered = (await render({ workspace: { enabled: true } })).all('CustomResourceDefinition');
    expect(rendered).toHaveLength(files.length);
    for (const file of files) {
      const [original = {}] = new Rendered(await readFile(new URL(file, source), 'utf8')).objects;
      const found = rendered.find((each) => nameOf(each) === nameOf(original));
      expect(found).toMatchObject(original);
      expect(found?.['spec']).toEqual(original['spec']);
    }
  });
});
