// Writes an operator's arguments into the frame that native/frame.h describes.

import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import { type Deferral, deferral } from "../deferral.js";
import { initialise, toDevice } from "../device.js";
import { OverflowError } from "../errors.js";
import { followAsync } from "../modes.js";
import { Complex } from "../python/complex.js";
import { isFloat, isInt, toNumber } from "../python/float.js";
import { type Generator, generatorHandle } from "../random.js";
import { handleOf, passed, reservePlaces, TensorBase } from "../tensor_base.js";
import { currentDevice } from "../utils/_device.js";
import { typeName } from "./kinds.js";
import { isIndexTensor } from "./match.js";

// The tags of native/frame.h.
const SCHEMA_DEFAULT = 0;
const NONE = 1;
const TENSOR = 2;
const INTEGER = 3;
const BIG_INTEGER = 4;
const FLOATING = 5;
const BOOLEAN = 6;
const COMPLEX = 7;
const STRING = 8;
const DEVICE = 9;
const GENERATOR = 10;
const TENSORS = 11;
const INTEGERS = 12;
const BIG_INTEGERS = 13;
const FLOATS = 14;
const BOOLEANS = 15;
const SCALARS = 16;
const UNSIGNED_INTEGER = 18;

/** The frame: what the next native call reads. */
export let frame: Float64Array = new Float64Array(1024);
let frame64 = new BigInt64Array(frame.buffer);
let next = 0;
// What is passed beside the frame: tensors and generators by their handles. Of a given length, because an array that grows
// from nothing takes room for 17 elements at once.
const NOTHING: unknown[] = [];
const USUAL_OBJECTS = 4;
// So many as arguments of the native call, which is the quicker way; more as an array, which the stack need not hold.
const MOST_ARGUMENTS = 2048;
// Added to the position of an input that got too large for its slab, or a graph: it takes a handle of its own.
const OUTGROWN = 1 << 16;
let objects = NOTHING;
let objectCount = 0;
let named = NOTHING;
native.setFrame(frame);

/** Makes the frame hold at least so many numbers; what is in it is kept. */
export function reserve(words: number): void {
  if (words <= frame.length) return;
  const larger = new Float64Array(2 ** Math.ceil(Math.log2(words)));
  larger.set(frame);
  native.setFrame(larger);
  frame = larger;
  frame64 = new BigInt64Array(larger.buffer);
}

/** Begins the arguments of an operator. */
export function begin(operator: number): void {
  frame[0] = operator;
  next = 1;
  objectCount = 0;
  objects = new Array(USUAL_OBJECTS);
}

/** Calls the operator that begin() named with the arguments written since. */
export function call(): unknown {
  const given = objects;
  objects = NOTHING;
  followAsync();
  const result = deferral === null ? callNative(given, objectCount) : deferred(deferral, given, objectCount);
  // Only such results may name an input by its position.
  named = typeof result === "number" || Array.isArray(result) ? given : NOTHING;
  return result;
}

/** What the addon gets for an object: strings and what has no handle go as they are. */
function argument(object: unknown, i: number): unknown {
  return object instanceof TensorBase ? passed(object, i) : other(object);
}

function other(object: unknown): unknown {
  return typeof object === "object" && object !== null ? generatorHandle(object as Generator) : object;
}

function handles(given: readonly unknown[], count: number): unknown[] {
  const result = new Array(count);
  for (let i = 0; i < count; i++) {
    const object = given[i];
    result[i] = object instanceof TensorBase ? handleOf(object) : other(object);
  }
  return result;
}

function passedArguments(given: readonly unknown[], count: number): unknown[] {
  const result = new Array(count);
  for (let i = 0; i < count; i++) result[i] = argument(given[i], i);
  return result;
}

function deferred(to: Deferral, given: unknown[], count: number): unknown {
  return to.take(() => native.submitOperator(handles(given, count)));
}

function callNative(o: readonly unknown[], count: number): unknown {
  switch (count) {
    case 0:
      return native.call();
    case 1:
      return native.call(argument(o[0], 0));
    case 2:
      return native.call(argument(o[0], 0), argument(o[1], 1));
    case 3:
      return native.call(argument(o[0], 0), argument(o[1], 1), argument(o[2], 2));
    default:
      reservePlaces(count);
      return count <= MOST_ARGUMENTS
        ? native.call(...passedArguments(o, count))
        : native.callArray(passedArguments(o, count));
  }
}

/** The argument whose position the last call returned in place of a new handle. */
export function input(position: number): unknown {
  if (position < OUTGROWN) return named[position];
  const tensor = named[position - OUTGROWN] as TensorBase;
  handleOf(tensor);
  return tensor;
}

export function writeDefault(): void {
  frame[next++] = SCHEMA_DEFAULT;
}

export function writeNone(): void {
  frame[next++] = NONE;
}

function writeObject(tag: number, object: unknown): void {
  frame[next++] = tag;
  frame[next++] = objectCount;
  objects[objectCount++] = object;
}

export function writeTensor(tensor: TensorBase): void {
  writeObject(TENSOR, tensor);
}

function writeBigInt(value: bigint): void {
  if (value >= -(2n ** 63n) && value < 2n ** 63n) {
    frame[next++] = BIG_INTEGER;
  } else if (value >= 0n && value < 2n ** 64n) {
    frame[next++] = UNSIGNED_INTEGER;
  } else {
    throw new OverflowError("int too big to convert");
  }
  frame64[next++] = BigInt.asIntN(64, value);
}

/** Writes any of Python's numbers, or a tensor that stands for one. */
export function writeNumber(value: unknown): void {
  if (typeof value === "number") {
    frame[next++] = isInt(value) ? INTEGER : FLOATING;
    frame[next++] = value;
  } else if (typeof value === "boolean") {
    frame[next++] = BOOLEAN;
    frame[next++] = value ? 1 : 0;
  } else if (typeof value === "bigint") {
    writeBigInt(value);
  } else if (value instanceof TensorBase) {
    writeTensor(value);
  } else if (value instanceof Complex) {
    frame[next++] = COMPLEX;
    frame[next++] = value.real;
    frame[next++] = value.imag;
  } else {
    frame[next++] = FLOATING;
    frame[next++] = toNumber(value as number);
  }
}

/** Writes a tensor, or a number in a tensor's place. */
export function writeTensorOrNumber(value: unknown): void {
  if (value instanceof TensorBase) writeTensor(value);
  else writeNumber(value);
}

/** Writes the code of a dtype, layout or memory format. */
export function writeCode(value: { code: number }): void {
  frame[next++] = INTEGER;
  frame[next++] = value.code;
}

export function writeDevice(value: string | number | Parameters<typeof toDevice>[0]): void {
  const device = toDevice(value);
  if (device.code !== 0) initialise(device);
  frame[next++] = DEVICE;
  frame[next++] = device.code;
  frame[next++] = device.index ?? -1;
}

/** Writes the device of tensors that are made without one. */
export function writeDefaultDevice(): void {
  const device = currentDevice();
  if (device === null) writeNone();
  else writeDevice(device);
}

export function writeString(value: string): void {
  writeObject(STRING, value);
}

export function writeGenerator(value: Generator): void {
  writeObject(GENERATOR, value);
}

/** Writes tensors; null stands for none. */
export function writeTensors(list: readonly unknown[]): void {
  reserve(next + list.length + 64);
  frame[next++] = TENSORS;
  frame[next++] = list.length;
  for (const tensor of list) {
    if (tensor === null || tensor === undefined) {
      frame[next++] = -1;
      continue;
    }
    frame[next++] = objectCount;
    objects[objectCount++] = tensor;
  }
}

export function writeIntegers(list: readonly (number | bigint)[]): void {
  reserve(next + list.length + 64);
  const big = list.some((value) => typeof value === "bigint");
  frame[next++] = big ? BIG_INTEGERS : INTEGERS;
  frame[next++] = list.length;
  for (let i = 0; i < list.length; i++) {
    if (big) frame64[next++] = BigInt(list[i]);
    else frame[next++] = list[i] as number;
  }
}

export function writeFloats(list: readonly number[]): void {
  reserve(next + list.length + 64);
  frame[next++] = FLOATS;
  frame[next++] = list.length;
  for (const value of list) frame[next++] = value;
}

export function writeBooleans(list: readonly boolean[]): void {
  reserve(next + list.length + 64);
  frame[next++] = BOOLEANS;
  frame[next++] = list.length;
  for (const value of list) frame[next++] = value ? 1 : 0;
}

export function writeScalars(list: readonly unknown[]): void {
  reserve(next + 3 * list.length + 64);
  frame[next++] = SCALARS;
  frame[next++] = list.length;
  for (const value of list) writeNumber(value);
}

/** A user's list of floats as numbers: the tensors among them are read. Throws TypeError for what is no float. */
export function copyFloats(list: ArrayLike<unknown>, functionName: string, parameterName: string): number[] {
  return Array.from(list, (value, i) => {
    const number =
      value instanceof TensorBase && (value as Tensor).dim() === 0 ? ((value as Tensor).item() as unknown) : value;
    if (typeof number === "boolean" || isInt(number) || isFloat(number)) return toNumber(number as number);
    throw new TypeError(
      `${functionName}(): argument '${parameterName}' must be tuple of floats, but found element of type ${typeName(value)} at pos ${i + 1}`,
    );
  });
}

/** A user's list of ints as numbers: the tensors among them are read. Throws TypeError for what is no int. */
export function copyIntegers(
  list: ArrayLike<unknown>,
  functionName: string,
  parameterName: string,
): (number | bigint)[] {
  const result: (number | bigint)[] = new Array(list.length);
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value === "number" && isInt(value)) {
      result[i] = value;
    } else if (typeof value === "bigint" && value >= -(2n ** 63n) && value < 2n ** 63n) {
      result[i] = value;
    } else if (typeof value === "boolean") {
      result[i] = value ? 1 : 0;
    } else if (value instanceof TensorBase && isIndexTensor(value as Tensor)) {
      result[i] = Number((value as Tensor).item());
    } else {
      const problem =
        typeof value === "bigint"
          ? "Overflow when unpacking long long"
          : `type must be tuple of ints,but got ${typeName(value)}`;
      throw new TypeError(
        `${functionName}(): argument '${parameterName}' failed to unpack the object at pos ${i + 1} with error "${problem}"`,
      );
    }
  }
  return result;
}
