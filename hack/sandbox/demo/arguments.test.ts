import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoArguments } from './arguments.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function aFile(content: string): Promise<string> {
  const file = join(directory, 'given.yaml');
  await writeFile(file, content);
  return file;
}

describe('demoArguments', () => {
  it('serves the model of the documents, at its own pace', () => {
    expect(demoArguments([])).toMatchObject({ keep: false, timeScale: 10, wanted: { kind: 'Workspace' }, notes: [] });
  });

  it('takes a Machine from a file, and switches', async () => {
    const file = await aFile('kind: Machine\nmetadata: {name: mine}\n');
    expect(demoArguments(['-f', file, '--keep', '--time-scale', '2.5'])).toMatchObject({
      wanted: { metadata: { name: 'mine' } },
      keep: true,
      timeScale: 2.5,
    });
  });

  it('fills in the places of the documents, and says so', () => {
    const { wanted, notes } = demoArguments(['-f', 'docs/workspaces/tuning-phi-3.yaml']) ?? {};
    const output = { image: 'registry.example/my-adapter:0.0.1', imagePushSecret: 'my-registry' };
    expect(wanted).toMatchObject({ kind: 'Workspace', tuning: { output } });
    expect(notes).toContain('ACR_REGISTRY_SECRET_HERE stands for my-registry');
  });

  it('gives nothing when help is asked for', () => {
    expect(demoArguments(['--help'])).toBeUndefined();
  });

  it.each([
    [['--time-scale', 'fast'], 'Malformed --time-scale "fast": expected a number from 0.1 to 1000'],
    [['--time-scale', '0'], 'Malformed --time-scale "0"'],
    [['--fast'], "Unknown option '--fast'"],
    [['-f', 'not-there.yaml'], 'Cannot read not-there.yaml: ENOENT'],
  ])('refuses %j', (argv, message) => {
    expect(() => demoArguments(argv)).toThrow(message);
  });

  it.each([
    ['kind: Pod\nmetadata: {name: a}\n', 'expected one object of kind Workspace or Machine with a name'],
    ['kind: Machine\n', 'expected one object of kind Workspace or Machine with a name'],
    ['', 'expected one object of kind Workspace or Machine with a name'],
    ['a: [', 'Cannot read'],
  ])('refuses a file that says %j', async (content, message) => {
    const file = await aFile(content);
    expect(() => demoArguments(['-f', file])).toThrow(message);
  });
});
