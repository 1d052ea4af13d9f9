// The header of safetensors files: a length, then JSON that says where each tensor's bytes are.

import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import type { Source } from "../serialization/source.js";

/** A file that is no valid safetensors file, or a tensor that it does not hold. */
export class SafetensorError extends Error {
  override readonly name = "SafetensorError";
}

/** Where a tensor's bytes are, and what they are. */
export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** In the file. */
  readonly offset: number;
  readonly nbytes: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Record<string, string> | null;
}

/** The dtypes of the format in its own order, with their bits; null for those that PyTorch has not. */
const types = new Map<string, { bits: number; dtype: dtype | null }>([
  ["BOOL", { bits: 8, dtype: dtypes.bool }],
  ["F4", { bits: 4, dtype: dtypes.float4_e2m1fn_x2 }],
  ["F6_E2M3", { bits: 6, dtype: null }],
  ["F6_E3M2", { bits: 6, dtype: null }],
  ["U8", { bits: 8, dtype: dtypes.uint8 }],
  ["I8", { bits: 8, dtype: dtypes.int8 }],
  ["F8_E5M2", { bits: 8, dtype: dtypes.float8_e5m2 }],
  ["F8_E4M3", { bits: 8, dtype: dtypes.float8_e4m3fn }],
  ["F8_E8M0", { bits: 8, dtype: dtypes.float8_e8m0fnu }],
  ["F8_E4M3FNUZ", { bits: 8, dtype: dtypes.float8_e4m3fnuz }],
  ["F8_E5M2FNUZ", { bits: 8, dtype: dtypes.float8_e5m2fnuz }],
  ["I16", { bits: 16, dtype: dtypes.int16 }],
  ["U16", { bits: 16, dtype: dtypes.uint16 }],
  ["F16", { bits: 16, dtype: dtypes.float16 }],
  ["BF16", { bits: 16, dtype: dtypes.bfloat16 }],
  ["I32", { bits: 32, dtype: dtypes.int32 }],
  ["U32", { bits: 32, dtype: dtypes.uint32 }],
  ["F32", { bits: 32, dtype: dtypes.float32 }],
  ["C64", { bits: 64, dtype: dtypes.complex64 }],
  ["F64", { bits: 64, dtype: dtypes.float64 }],
  ["I64", { bits: 64, dtype: dtypes.int64 }],
  ["U64", { bits: 64, dtype: dtypes.uint64 }],
]);

const rank = new Map([...types.keys()].map((name, i) => [name, i]));
const nameOf = new Map([...types].map(([name, { dtype }]) => [dtype, name]));

/** The dtype of a tensor. Throws SafetensorError for one that PyTorch has not. */
export function dtypeOf(type: string): dtype {
  const found = types.get(type)?.dtype;
  if (!found) throw new SafetensorError(`Dtype not understood: ${type}`);
  return found;
}

/** The format's name of a dtype; undefined if it has none. */
export function typeOf(dtype: dtype): string | undefined {
  return nameOf.get(dtype);
}

/** The order in which the format has tensors: the widest dtypes first, so that all are aligned, then by name. */
export function inFileOrder(a: { name: string; type: string }, b: { name: string; type: string }): number {
  const difference = (rank.get(b.type) as number) - (rank.get(a.type) as number);
  return difference || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

const LARGEST_HEADER = 100_000_000;

/** Reads and checks the header. Throws SafetensorError that says what is wrong, as the format's own library says it. */
export function readHeader(source: Source): Header {
  if (source.size < 8) throw wrong("header too small");
  const length = source.read(0, 8).readBigUInt64LE();
  if (length > BigInt(LARGEST_HEADER)) throw wrong("header too large");
  const start = 8 + Number(length);
  if (start > source.size) throw wrong("invalid header length");
  const { metadata, tensors } = parse(source.read(8, Number(length)));
  const located = tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  const infos: TensorInfo[] = [];
  let end = 0;
  for (const tensor of located) {
    if (tensor.start !== end || tensor.end < tensor.start) throw wrong(`invalid offset for tensor \`${tensor.name}\``);
    end = tensor.end;
    const nbytes = sizeOf(tensor.shape, types.get(tensor.type)?.bits as number);
    if (nbytes !== tensor.end - tensor.start) throw wrong("invalid shape, data type, or offset for tensor");
    infos.push({ name: tensor.name, type: tensor.type, shape: tensor.shape, offset: start + tensor.start, nbytes });
  }
  if (start + end !== source.size) throw wrong("incomplete metadata, file not fully covered");
  return { tensors: infos, metadata };
}

function wrong(what: string): SafetensorError {
  return new SafetensorError(`Error while deserializing header: ${what}`);
}

function invalid(what: string): SafetensorError {
  return wrong(`invalid JSON in header: ${what}`);
}

/** Bytes of a tensor of that many bits for each element. */
function sizeOf(shape: readonly number[], bits: number): number {
  let elements = 1;
  for (const size of shape) {
    elements *= size;
    if (!Number.isSafeInteger(elements * bits))
      throw wrong("overflow computing buffer size from shape and/or element type");
  }
  if ((elements * bits) % 8 !== 0) throw wrong("misaligned slice: the elements do not fill whole bytes");
  return (elements * bits) / 8;
}

interface Listed {
  name: string;
  type: string;
  shape: number[];
  start: number;
  end: number;
}

function parse(bytes: Buffer): { tensors: Listed[]; metadata: Record<string, string> | null } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw wrong("invalid UTF-8 in header: invalid utf-8 sequence");
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  if (!isObject(parsed)) throw invalid(`invalid type: ${kindOf(parsed)}, expected struct HashMetadata`);
  const tensors: Listed[] = [];
  let metadata: Record<string, string> | null = null;
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") metadata = checkMetadata(value);
    else tensors.push(checkTensor(name, value));
  }
  return { tensors, metadata };
}

function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null && !Array.isArray(x);
}

function kindOf(x: unknown): string {
  if (Array.isArray(x)) return "sequence";
  if (x === null) return "null";
  return (
    { object: "map", string: `string ${JSON.stringify(x)}`, number: `number \`${x}\`` }[typeof x as string] ?? `${x}`
  );
}

function checkMetadata(x: unknown): Record<string, string> {
  if (!isObject(x)) throw invalid(`invalid type: ${kindOf(x)}, expected a map`);
  for (const value of Object.values(x)) {
    if (typeof value !== "string") throw invalid(`invalid type: ${kindOf(value)}, expected a string`);
  }
  return x as Record<string, string>;
}

function checkTensor(name: string, x: unknown): Listed {
  if (!isObject(x)) throw invalid(`invalid type: ${kindOf(x)}, expected struct TensorInfo`);
  const missing = ["dtype", "shape", "data_offsets"].find((field) => !Object.hasOwn(x, field));
  if (missing) throw invalid(`missing field \`${missing}\``);
  const { dtype: type, shape, data_offsets } = x;
  if (typeof type !== "string" || !types.has(type)) {
    const known = [...types.keys()].map((one) => `\`${one}\``).join(", ");
    throw invalid(`unknown variant \`${String(type)}\`, expected one of ${known}`);
  }
  const [start, end, more] = checkSizes(data_offsets);
  if (end === undefined || more !== undefined)
    throw invalid("invalid length of data_offsets, expected a tuple of size 2");
  return { name, type, shape: checkSizes(shape), start, end };
}

function checkSizes(x: unknown): number[] {
  if (!Array.isArray(x)) throw invalid(`invalid type: ${kindOf(x)}, expected a sequence`);
  for (const size of x) {
    if (!Number.isSafeInteger(size) || size < 0) throw invalid(`invalid value: ${kindOf(size)}, expected usize`);
  }
  return x;
}

/** The header of a file with these tensors, whose bytes follow in their order. */
export function writeHeader(
  tensors: readonly { name: string; type: string; shape: readonly number[]; nbytes: number }[],
  metadata: Record<string, string> | null,
): Buffer {
  const members = metadata ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  let end = 0;
  for (const { name, type, shape, nbytes } of tensors) {
    const info = { dtype: type, shape, data_offsets: [end, end + nbytes] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    end += nbytes;
  }
  const text = Buffer.from(`{${members.join(",")}}`, "utf8");
  const length = Math.ceil(text.length / 8) * 8;
  const header = Buffer.alloc(8 + length, " ");
  header.writeBigUInt64LE(BigInt(length), 0);
  header.set(text, 8);
  return header;
}
