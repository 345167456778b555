// Script files: the examples of the README are read, and mistakes are named.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedScript, readScript } from './script-file.ts';

async function fromFile(text: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'aks-script-'));
  try {
    await writeFile(join(folder, 'script.yaml'), text);
    return await readScript(join(folder, 'script.yaml'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('readScript', () => {
  it('takes every example of the README', async () => {
    const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(Object.keys(Object(await fromFile(example)))).not.toEqual([]);
  });

  it('takes JSON and nothing at all', async () => {
    expect(await fromFile('{"retired":"refuse"}')).toEqual({ retired: 'refuse' });
    expect(await fromFile('')).toEqual({});
  });

  it('names the place of a mistake', async () => {
    await expect(fromFile('plans: [{ fail: { code: X } }]')).rejects.toThrow(
      "script/plans/0/fail must have required property 'message'",
    );
    await expect(fromFile('timing: { createSeconds: -1 }')).rejects.toThrow('script/timing/createSeconds must be >= 0');
  });
});

describe('checkedScript', () => {
  it('refuses what is no object', () => {
    expect(() => checkedScript([])).toThrow('script must be object');
  });
});
