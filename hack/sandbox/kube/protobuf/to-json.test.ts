import { expect, test } from 'vitest';
import { protobufToJson, UnknownMessage } from './to-json.ts';
import { MalformedProtobuf, readFields } from './wire.ts';

/** A field that carries its length; short ones only. */
function field(at: number, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  if (bytes.length > 127) throw new RangeError('Cannot encode a field of more than 127 bytes');
  return Uint8Array.of((at << 3) | 2, bytes.length, ...bytes);
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function number(at: number, value: number): Uint8Array {
  return Uint8Array.of(at << 3, ...varint(value));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function body(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  const typeMeta = field(1, join(field(1, apiVersion), field(2, kind)));
  return join(new TextEncoder().encode('k8s\0'), typeMeta, field(2, raw), field(3, ''), field(4, ''));
}

test('protobufToJson reads an access review as kubectl auth can-i sends it', () => {
  const attributes = join(
    field(1, 'default'),
    field(2, 'delete'),
    field(3, 'karpenter.sh'),
    field(4, '*'),
    field(5, 'machines'),
  );
  const raw = join(field(1, field(1, '')), field(2, field(1, attributes)), field(3, number(1, 0)));
  expect(protobufToJson(body('authorization.k8s.io/v1', 'SelfSubjectAccessReview', raw))).toEqual({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: {
      resourceAttributes: {
        namespace: 'default',
        verb: 'delete',
        group: 'karpenter.sh',
        version: '*',
        resource: 'machines',
      },
    },
  });
});

test('protobufToJson reads maps, bytes, lists, booleans and times', () => {
  const entry = (key: string, value: string): Uint8Array => join(field(1, key), field(2, value));
  const time = join(number(1, Date.parse('2026-01-01T00:00:00Z') / 1000), number(2, 0));
  const metadata = join(
    field(1, 's'),
    field(8, time),
    field(11, entry('a', 'b')),
    field(11, entry('c', '')),
    field(14, 'x/y'),
  );
  const raw = join(field(1, metadata), field(2, entry('k', 'v')), field(3, 'Opaque'), number(5, 1));
  expect(protobufToJson(body('v1', 'Secret', raw))).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 's',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { a: 'b', c: '' },
      finalizers: ['x/y'],
    },
    data: { k: Buffer.from('v').toString('base64') },
    type: 'Opaque',
    immutable: true,
  });
});

test('protobufToJson reads quantities of pods as numbers or texts', () => {
  const percent = join(number(1, 1), number(2, 0), field(3, '50%'));
  const count = join(number(1, 0), number(2, 3), field(3, ''));
  const raw = field(2, join(field(1, percent), field(3, count)));
  expect(protobufToJson(body('policy/v1', 'PodDisruptionBudget', raw))).toMatchObject({
    spec: { minAvailable: '50%', maxUnavailable: 3 },
  });
});

test('protobufToJson refuses kinds that it does not know', () => {
  expect(() => protobufToJson(body('apps/v1', 'Deployment', Uint8Array.of()))).toThrow(UnknownMessage);
});

test('protobufToJson refuses what is no body of Kubernetes', () => {
  expect(() => protobufToJson(new TextEncoder().encode('{}'))).toThrow(MalformedProtobuf);
  expect(() => protobufToJson(body('v1', 'ConfigMap', number(1, 7)))).toThrow(MalformedProtobuf);
});

test.each([
  ['a length beyond the end', [0x0a, 5, 1]],
  ['a number that does not end', [0x08, 0x80]],
  ['a number of more than 64 bits', [0x08, ...Array.from({ length: 11 }, () => 0xff)]],
  ['a wire type that is none', [0x0b]],
])('readFields refuses %s', (_what, bytes) => {
  expect(() => readFields(Uint8Array.from(bytes))).toThrow(MalformedProtobuf);
});
