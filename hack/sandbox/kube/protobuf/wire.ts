// Protobuf on the wire: fields as numbers, wire types and bytes. What they mean, the messages say.

export class MalformedProtobuf extends Error {
  override readonly name = 'MalformedProtobuf';
  readonly code = 'MalformedProtobuf';
}

export interface WireField {
  readonly number: number;
  /** A varint, or the bytes of whatever carries its length. */
  readonly value: bigint | Uint8Array;
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The fields of one message, in the order they came. Throws MalformedProtobuf. */
export function readFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) throw new MalformedProtobuf('Cannot read protobuf: it ends inside of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new MalformedProtobuf('Cannot read protobuf: a number is longer than 64 bits');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || position + length > bytes.length) {
      throw new MalformedProtobuf('Cannot read protobuf: it ends inside of a field');
    }
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const type = tag & 7;
    if (type === wireTypes.varint) fields.push({ number, value: varint() });
    else if (type === wireTypes.bytes) fields.push({ number, value: take(Number(varint())) });
    else if (type === wireTypes.fixed64) fields.push({ number, value: take(8) });
    else if (type === wireTypes.fixed32) fields.push({ number, value: take(4) });
    else throw new MalformedProtobuf(`Cannot read protobuf: field ${number} has the unknown wire type ${type}`);
  }
  return fields;
}
