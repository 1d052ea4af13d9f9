// The fields of protocol buffers that event files are made of.

function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const more = rest > 127n ? 128 : 0;
    bytes.push(Number(rest & 127n) | more);
    rest >>= 7n;
  } while (rest);
  return Buffer.from(bytes);
}

const key = (field: number, wire: number) => varint(field * 8 + wire);

export const int = (field: number, value: number | bigint): Buffer => Buffer.concat([key(field, 0), varint(value)]);

export function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), bytes]);
}

export function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, 5), bytes]);
}

/** A text, bytes or a message of these fields. */
export function bytes(field: number, ...parts: (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([key(field, 2), varint(body.length), body]);
}

/** A packed list. */
export function floats(field: number, values: readonly number[]): Buffer {
  const body = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) body.writeFloatLE(value, 4 * i);
  return bytes(field, body);
}

/** A packed list. */
export const ints = (field: number, values: readonly (number | bigint)[]): Buffer =>
  bytes(field, ...values.map(varint));

/** A packed list. */
export function doubles(field: number, values: readonly number[]): Buffer {
  const body = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) body.writeDoubleLE(value, 8 * i);
  return bytes(field, body);
}
