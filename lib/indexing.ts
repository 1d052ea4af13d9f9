// Python's indexing: x[0], x["1:3, ..., None"], x.index(mask, ":"), and writing to the same.

import type { Tensor } from "./_tensor.js";
import { frame, reserve } from "./arguments/frame.js";
import { typeName } from "./arguments/kinds.js";
import { isIndexTensor } from "./arguments/match.js";
import { native, type TensorHandle } from "./binding.js";
import { deferral } from "./deferral.js";
import { int64, uint64 } from "./dtype.js";
import { IndexError, OverflowError, ValueError } from "./errors.js";
import { followAsync } from "./modes.js";
import { Complex } from "./python/complex.js";
import { isFloat, isInt, toNumber } from "./python/float.js";
import { Slice } from "./python/slice.js";
import { Size } from "./size.js";
import { handleOf, NoHandle, passed, TensorBase, wrap } from "./tensor_base.js";
import { type TensorData, tensor } from "./tensor_new.js";

// The parts of a key in the frame, as native/indexing.cc reads them.
const INTEGER = 0;
const SLICE = 1;
const NONE = 2;
const ELLIPSIS = 3;
const BOOLEAN = 4;
const TENSOR = 5;

// The largest and the smallest double that an int64 holds.
const LARGEST = 2 ** 63 - 1024;
const SMALLEST = -(2 ** 63);

const ellipsis = Symbol("...");

/** One part of a key, between commas. */
export type Index = number | bigint | boolean | null | string | Slice | Tensor | readonly unknown[] | ArrayBufferView;

/** A part as the frame takes it. */
type Part = number | boolean | null | typeof ellipsis | Slice | TensorBase;

const integerText = /^[+-]?\d+$/;
const sliceText = /^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?\s*)?$/;

function parsePart(text: string, key: string): Part {
  const trimmed = text.trim();
  if (integerText.test(trimmed)) return integer(BigInt(trimmed.replace("+", "")));
  if (trimmed === "...") return ellipsis;
  if (trimmed === "None") return null;
  if (trimmed === "True" || trimmed === "False") return trimmed === "True";
  const slice = sliceText.exec(trimmed);
  if (!slice)
    throw new IndexError(`cannot read the index ${JSON.stringify(key)}: expected Python's text between [ and ]`);
  const [start, stop, step] = slice.slice(1).map((bound) => (bound === undefined ? null : Number(bound)));
  return new Slice(start, stop, step);
}

const parsedKeys = new Map<string, readonly Part[]>();
const MOST_PARSED_KEYS = 10_000;

/** The parts of a key such as "1:3, ..., None". */
export function parseKey(key: string): readonly Part[] {
  let parts = parsedKeys.get(key);
  if (!parts) {
    const texts = key.split(",");
    if (texts.length > 1 && texts[texts.length - 1].trim() === "") texts.pop();
    parts = texts.map((text) => parsePart(text, key));
    if (parsedKeys.size >= MOST_PARSED_KEYS) parsedKeys.clear();
    parsedKeys.set(key, parts);
  }
  return parts;
}

const firstCharacters = new Set("-+0123456789:.NTFI ");

/** Whether a property name is an index: no method or property of PyTorch begins like one. */
export function isKey(name: string): boolean {
  if (!firstCharacters.has(name[0])) return false;
  const first = name.charCodeAt(0);
  return first < 65 || /^(None|True|False)\s*(,|$)|^(NaN|Infinity)$/.test(name);
}

const invalidText = () => new TypeError("new(): invalid data type 'str'");

const MOST_DIMENSIONS = 128;

function holdsText(list: readonly unknown[], depth: number): boolean {
  return list.some(
    (value) =>
      typeof value === "string" || (Array.isArray(value) && depth < MOST_DIMENSIONS && holdsText(value, depth + 1)),
  );
}

/** A list as Python turns it into an index tensor. */
function listToTensor(list: readonly unknown[] | ArrayBufferView): Tensor {
  if (Array.isArray(list) && holdsText(list, 0)) throw invalidText();
  const converted = tensor(list as TensorData);
  return converted.numel() === 0 ? converted.to(int64) : converted;
}

function integer(index: bigint): number {
  if (BigInt.asIntN(64, index) !== index) throw new ValueError("Overflow when unpacking long long");
  return clip(Number(index));
}

const clip = (value: number) => Math.min(Math.max(value, SMALLEST), LARGEST);

function toPart(part: unknown): Part | readonly Part[] {
  if (typeof part === "number" && Number.isSafeInteger(part)) return part;
  if (typeof part === "boolean" || part === null) return part;
  if (part instanceof TensorBase || part instanceof Slice) return part;
  if (typeof part === "bigint") return integer(part);
  if (typeof part === "string") return parseKey(part);
  if (Array.isArray(part) || ArrayBuffer.isView(part)) return listToTensor(part);
  throw new IndexError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${typeName(part)})`,
  );
}

// A part in a list that stands for a tuple: text in it is none of ours, but a str of Python's.
function toListedPart(part: unknown): Part | readonly Part[] {
  if (typeof part === "string" && part !== "...") throw invalidText();
  return toPart(part);
}

const MOST_LISTED_PARTS = 31;

/** Whether Python takes a list that is the whole key for a tuple: a short one that holds more than numbers. */
function standsForTuple(key: unknown): key is readonly unknown[] {
  if (!Array.isArray(key)) return false;
  if (key instanceof Size) return true;
  const isPart = (part: unknown) =>
    part == null ||
    typeof part === "string" ||
    (typeof part === "object" &&
      (Array.isArray(part) || ArrayBuffer.isView(part) || part instanceof TensorBase || part instanceof Slice));
  return key.length <= MOST_LISTED_PARTS && key.some(isPart);
}

function toParts(key: readonly unknown[]): Part[] {
  const [first] = key;
  if (key.length === 1 && standsForTuple(first)) return first.flatMap((part) => toListedPart(part) as Part);
  return key.flatMap((part) => toPart(part) as Part);
}

function bound(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  if (value instanceof TensorBase && !isIndexTensor(value as Tensor)) {
    throw new TypeError("only integer tensors of a single element can be converted to an index");
  }
  const index = value instanceof TensorBase ? ((value as Tensor).item() as unknown) : value;
  if (typeof index === "bigint" || typeof index === "boolean" || Number.isInteger(index)) return clip(Number(index));
  throw new TypeError("slice indices must be integers or None or have an __index__ method");
}

/** Writes a key into the frame; returns the handles of its tensors. The first of them has the position that is given. */
function write(parts: readonly Part[], firstPosition: number): TensorHandle[] {
  // First all that may run code of the user's or of libtorch, then the frame.
  const bounds: number[] = [];
  for (const part of parts) {
    if (part instanceof Slice) bounds.push(bound(part.start), bound(part.stop), bound(part.step));
  }
  const tensors: TensorHandle[] = [];
  reserve(parts.length * 4 + 4);
  let next = 0;
  let nextBound = 0;
  frame[next++] = parts.length;
  for (const part of parts) {
    if (part instanceof Slice) {
      frame[next++] = SLICE;
      for (let i = 0; i < 3; i++) frame[next++] = bounds[nextBound++];
    } else if (typeof part === "number") {
      frame[next++] = INTEGER;
      frame[next++] = part;
    } else if (part === null) {
      frame[next++] = NONE;
    } else if (part === ellipsis) {
      frame[next++] = ELLIPSIS;
    } else if (typeof part === "boolean") {
      frame[next++] = BOOLEAN;
      frame[next++] = part ? 1 : 0;
    } else {
      frame[next++] = TENSOR;
      frame[next++] = firstPosition + tensors.length;
      tensors.push(handleOf(part as TensorBase));
    }
  }
  return tensors;
}

function read(self: TensorBase, parts: readonly Part[]): Tensor {
  followAsync();
  const tensors = write(parts, 1);
  if (deferral) {
    const handle = handleOf(self);
    return wrap(deferral.take(() => native.submitGetIndex(handle, ...tensors)) as TensorHandle);
  }
  return wrap(tensors.length === 0 ? native.getIndex(passed(self, 0)) : native.getIndex(passed(self, 0), ...tensors));
}

function get(self: TensorBase, parts: readonly Part[]): Tensor {
  try {
    return read(self, parts);
  } catch (error) {
    if (error instanceof NoHandle) return error.tensor.at(parts);
    throw error;
  }
}

/** x[key] for a key of parts. */
export function getIndex(self: TensorBase, key: readonly unknown[]): Tensor {
  return get(self, toParts(key));
}

/** x[key] for a key that is Python's text. */
export function getKey(self: TensorBase, key: string): Tensor {
  return get(self, parseKey(key));
}

function toValue(self: Tensor, value: unknown): TensorHandle | number | bigint | boolean | [number, number] {
  if (isInt(value) && (typeof value === "bigint" || (value as number) < 0)) checkRange(self, value as number | bigint);
  if (value instanceof TensorBase) return handleOf(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (isFloat(value)) return toNumber(value as number);
  if (value instanceof Complex) return [value.real, value.imag];
  if (self.is_sparse) throw new TypeError("Cannot assign to a sparse tensor");
  throw new TypeError(`can't assign a ${typeName(value)} to a ${self.type()}`);
}

function checkRange({ dtype }: Tensor, value: number | bigint): void {
  if (dtype === uint64) {
    if (value < 0) throw new OverflowError("can't convert negative int to unsigned");
    if (value >= 2n ** 64n) throw new OverflowError("int too big to convert");
  } else if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new ValueError("Overflow when unpacking long long");
  }
}

function assign(self: Tensor, parts: readonly Part[], value: unknown): void {
  const converted = toValue(self, value);
  followAsync();
  const tensors = write(parts, 2);
  const handle = handleOf(self);
  if (deferral) deferral.take(() => native.submitSetIndex(handle, converted, ...tensors));
  else native.setIndex(handle, converted, ...tensors);
}

/** x[key] = value for a key of parts. */
export function setIndex(self: Tensor, key: readonly unknown[], value: unknown): void {
  assign(self, toParts(key), value);
}

/** x[key] = value for a key that is Python's text. */
export function setKey(self: Tensor, key: string, value: unknown): void {
  assign(self, parseKey(key), value);
}
