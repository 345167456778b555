import { expect, test } from 'vitest';
import { generate } from '../generate.ts';
import { claimTypes } from './claim-types.ts';

const crd = `
spec:
  group: example.test
  names: {kind: Thing}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec:
              type: object
              required: [parts]
              properties:
                parts:
                  type: array
                  items: {type: object, required: [size], properties: {size: {x-kubernetes-int-or-string: true}}}
                thingRef: {type: object, properties: {name: {type: string, description: What it is called.}}}
                modes: {type: array, items: {type: string, enum: [a, b]}}
                limits: {type: object, additionalProperties: {x-kubernetes-int-or-string: true}}
                open: {type: boolean}
`;

test('claimTypes writes readonly types, with a name for every object', async () => {
  const text = await claimTypes({ crd, crdPath: 'crds/things.yaml', version: 'v1' });
  const code = text.replaceAll(/\/\*\*[^]*?\*\/\n? */g, '');
  expect(code).toContain("import type { ObjectMeta } from './wire.ts';");
  expect(code).toContain("readonly apiVersion: 'example.test/v1';");
  expect(code).toContain("readonly kind: 'Thing';");
  expect(code).toMatch(/readonly metadata: ObjectMeta;\s+readonly spec: ThingSpec;/);
  expect(code).toContain('readonly parts: readonly ThingPart[];');
  expect(code).toContain("readonly modes?: readonly ('a' | 'b')[];");
  expect(code).toContain('readonly size: number | string;');
  expect(code).toContain('readonly thingRef?: ThingRef;');
  expect(code).toMatch(/readonly limits\?: \{\s+readonly \[k: string\]: number \| string;/);
  expect(code).toContain('readonly open?: boolean;');
  expect(code.split('\n').filter((line) => /^ +[\w[]+.*: /.test(line) && !line.includes('readonly '))).toEqual([]);
});

test('claimTypes refuses a version that the CRD does not have', async () => {
  const made = claimTypes({ crd, crdPath: 'crds/things.yaml', version: 'v2' });
  await expect(made).rejects.toThrow('Cannot read the CRD: schema.openAPIV3Schema is not an object');
});

test('generate finds every generated file up to date', async () => {
  expect(await generate({ check: true })).toEqual([]);
});
