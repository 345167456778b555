// A body in Kubernetes' protobuf as the JSON that the rest of the server reads.
import { textAt, type Json, type JsonObject } from '../json.ts';
import { messages, type Field, type FieldType, type Message } from './messages.ts';
import { MalformedProtobuf, readFields, type WireField } from './wire.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** The kind is none that this server reads as protobuf. */
export class UnknownMessage extends Error {
  override readonly name = 'UnknownMessage';
  readonly code = 'UnknownMessage';
}

const magic = [0x6b, 0x38, 0x73, 0x00]; // "k8s" and a zero before the envelope (runtime/serializer/protobuf)
const envelope: Message = {
  typeMeta: { number: 1, type: { apiVersion: { number: 1, type: 'string' }, kind: { number: 2, type: 'string' } } },
};
const rawField = 2;
const utf8 = new TextDecoder();

function bytesOf({ number, value }: WireField): Uint8Array {
  if (typeof value !== 'bigint') return value;
  throw new MalformedProtobuf(`Cannot read protobuf: field ${number} is a number where bytes are due`);
}

function numberOf({ number, value }: WireField): number {
  if (typeof value === 'bigint') return Number(value);
  throw new MalformedProtobuf(`Cannot read protobuf: field ${number} holds bytes where a number is due`);
}

function intOrString(bytes: Uint8Array): Json {
  const parts = read(bytes, {
    type: { number: 1, type: 'int' },
    int: { number: 2, type: 'int' },
    text: { number: 3, type: 'string' },
  });
  return parts['type'] === 1 ? (parts['text'] ?? '') : (parts['int'] ?? 0);
}

function time(bytes: Uint8Array): Json {
  const { seconds } = read(bytes, { seconds: { number: 1, type: 'int' } });
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : null;
}

function valueOf(field: WireField, type: FieldType): Json {
  switch (type) {
    case 'bool':
      return numberOf(field) !== 0;
    case 'int':
      return numberOf(field);
    case 'string':
      return utf8.decode(bytesOf(field));
    case 'bytes':
      return Buffer.from(bytesOf(field)).toString('base64');
    case 'time':
      return time(bytesOf(field));
    case 'intOrString':
      return intOrString(bytesOf(field));
    default:
      return read(bytesOf(field), type);
  }
}

function mapEntry(field: WireField, type: FieldType): [key: string, value: Json] {
  const [first, second] = [1, 2].map((wanted) => readFields(bytesOf(field)).find(({ number }) => number === wanted));
  const empty = type === 'string' || type === 'bytes' ? '' : {};
  return [first === undefined ? '' : utf8.decode(bytesOf(first)), second === undefined ? empty : valueOf(second, type)];
}

function fieldOf(found: readonly WireField[], { type, shape }: Field): Json | undefined {
  if (shape === 'map')
    return found.length === 0 ? undefined : Object.fromEntries(found.map((each) => mapEntry(each, type)));
  if (shape === 'list') return found.length === 0 ? undefined : found.map((each) => valueOf(each, type));
  const last = found.at(-1);
  return last === undefined ? undefined : valueOf(last, type);
}

/** Empty strings are left out: the generated encoders always write them. */
function read(bytes: Uint8Array, message: Message): JsonObject {
  const fields = readFields(bytes);
  const entries = Object.entries(message).map(([name, field]): [string, Json | undefined] => [
    name,
    fieldOf(
      fields.filter(({ number }) => number === field.number),
      field,
    ),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== '' && value !== null));
}

/** The object in `body`. Throws UnknownMessage or MalformedProtobuf. */
export function protobufToJson(body: Uint8Array): JsonObject {
  if (magic.some((byte, index) => body[index] !== byte)) {
    throw new MalformedProtobuf('Cannot read protobuf: it does not start as the bodies of Kubernetes do');
  }
  const wrapped = body.subarray(magic.length);
  const { typeMeta } = read(wrapped, envelope);
  const apiVersion = textAt(typeMeta, 'apiVersion') ?? '';
  const kind = textAt(typeMeta, 'kind') ?? '';
  const message = messages[`${apiVersion} ${kind}`];
  if (message === undefined) throw new UnknownMessage(`Cannot read ${kind} of "${apiVersion}" as protobuf`);
  const raw = readFields(wrapped).find(({ number }) => number === rawField);
  return { apiVersion, kind, ...(raw !== undefined && read(bytesOf(raw), message)) };
}
