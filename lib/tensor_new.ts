// Tensors from JavaScript's data: torch.tensor() and its kin, as torch/csrc/utils/tensor_new.cpp has them.

import threads from "node:worker_threads";
import type { Tensor } from "./_tensor.js";
import { frame, reserve } from "./arguments/frame.js";
import { builtin, def } from "./arguments/function.js";
import * as kinds from "./arguments/kinds.js";
import { kindOf, typeName } from "./arguments/kinds.js";
import { parser } from "./arguments/parser.js";
import { native, type TensorHandle } from "./binding.js";
import { type device, toDevice } from "./device.js";
import * as dtypes from "./dtype.js";
import { dtype } from "./dtype.js";
import { RuntimeError, ValueError } from "./errors.js";
import { warnConstant } from "./jit/_state.js";
import { followAsync } from "./modes.js";
import { operator } from "./operator.js";
import type { Complex } from "./python/complex.js";
import { isInt, toNumber } from "./python/float.js";
import { Size } from "./size.js";
import { handleOf, TensorBase, wrap } from "./tensor_base.js";
import type { DeviceLike, Scalar } from "./types.js";
import { currentDevice } from "./utils/_device.js";

/** Data that a tensor can be made of: numbers, nested arrays, typed arrays, tensors. */
export type TensorData = Scalar | ArrayBufferView | Tensor | readonly TensorData[];

/** npm's `ndarray`, as far as sharing its memory goes. */
export interface NdArray {
  data: ArrayBufferView | readonly number[];
  shape: readonly number[];
  stride: readonly number[];
  offset: number;
}

const typedArrayTypes = new Map<unknown, dtype>([
  [Float32Array, dtypes.float32],
  [Float64Array, dtypes.float64],
  [Int8Array, dtypes.int8],
  [Int16Array, dtypes.int16],
  [Int32Array, dtypes.int32],
  [BigInt64Array, dtypes.int64],
  [Uint8Array, dtypes.uint8],
  [Uint8ClampedArray, dtypes.uint8],
  [Uint16Array, dtypes.uint16],
  [Uint32Array, dtypes.uint32],
  [BigUint64Array, dtypes.uint64],
]);

/** The dtype of a typed array's elements; Node's Buffer counts as uint8. */
function typedArrayDtype(array: ArrayBufferView): dtype {
  for (const [arrayClass, type] of typedArrayTypes) {
    if (array instanceof (arrayClass as typeof Float32Array)) return type;
  }
  const float16 = (globalThis as { Float16Array?: typeof Float32Array }).Float16Array;
  if (float16 && array instanceof float16) return dtypes.float16;
  throw new TypeError(`can't convert a ${array.constructor.name} to a tensor: it has no element type`);
}

const isTypedArray = (value: unknown): value is Float64Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/**
 * The default dtype of floating point tensors.
 *
 * `get_default_dtype() -> dtype`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_default_dtype.html}
 */
export const get_default_dtype = builtin("torch.get_default_dtype", (): dtype => dtype.of(native.getDefaultDtype()));

/**
 * Sets the default dtype; throws TypeError if it is not a floating point type.
 *
 * `set_default_dtype(d, /) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_default_dtype.html}
 */
export const set_default_dtype = def("set_default_dtype", ["d"], (d: dtype): void => {
  if (!(d instanceof dtypes.dtype) || !d.is_floating_point) {
    throw new TypeError(`only floating-point types are supported as the default type`);
  }
  native.setDefaultDtype(d.code);
});

/** The sizes of nested lists, by their first elements, as Python computes them. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  let level = data;
  while (Array.isArray(level) || isTypedArray(level) || level instanceof TensorBase) {
    if (level instanceof TensorBase) {
      shape.push(...(level as Tensor).shape);
      break;
    }
    const list = level as readonly unknown[];
    shape.push(list.length);
    if (shape.length > 128) throw new ValueError("too many dimensions 'list'");
    if (list.length === 0) break;
    level = list[0];
    if (typeof level === "string") throw new ValueError("too many dimensions 'str'");
  }
  return shape;
}

// The kinds of Python numbers in the order of their promotion.
const NONE = 0;
const BOOL = 1;
const INT = 2;
const FLOAT = 3;
const COMPLEX = 4;

interface Flat {
  numbers: number[];
  /** Bigints beyond 2**53, by their position; their place in numbers holds the nearest number. Null for none. */
  bigints: Map<number, bigint> | null;
  imaginary: Map<number, number> | null;
  kind: number;
  /** The dtype of tensors and typed arrays among the data; null without any. */
  types: Set<dtype> | null;
}

const noValues = (): Flat => ({ numbers: [], bigints: null, imaginary: null, kind: NONE, types: null });

function addType(flat: Flat, type: dtype): void {
  flat.types ??= new Set();
  flat.types.add(type);
}

function push(flat: Flat, value: unknown): void {
  const position = flat.numbers.length;
  switch (kindOf(value)) {
    case kinds.INT:
      if (typeof value === "bigint" && !isInt(Number(value))) {
        flat.bigints ??= new Map();
        flat.bigints.set(position, value);
      }
      flat.kind = Math.max(flat.kind, INT);
      flat.numbers.push(Number(value));
      return;
    case kinds.FLOAT:
      flat.kind = Math.max(flat.kind, FLOAT);
      flat.numbers.push(toNumber(value as number));
      return;
    case kinds.BOOL:
      flat.kind = Math.max(flat.kind, BOOL);
      flat.numbers.push(value ? 1 : 0);
      return;
    case kinds.COMPLEX:
      flat.kind = COMPLEX;
      flat.imaginary ??= new Map();
      flat.imaginary.set(position, (value as Complex).imag);
      flat.numbers.push((value as Complex).real);
      return;
    case kinds.STRING:
      throw new TypeError(`new(): invalid data type 'str'`);
    default:
      throw new RuntimeError(`Could not infer dtype of ${typeName(value)}`);
  }
}

function flatten(flat: Flat, data: unknown, shape: readonly number[], dim: number): void {
  if (data instanceof TensorBase) {
    const given = data as Tensor;
    addType(flat, given.dtype);
    const { kind } = flat; // the dtype counts, not the kinds of the values
    for (const value of [given.tolist()].flat(Number.POSITIVE_INFINITY)) push(flat, value);
    flat.kind = kind;
    return;
  }
  if (dim === shape.length) {
    if (Array.isArray(data)) {
      const integral = flat.kind <= INT;
      throw new TypeError(
        integral ? "'list' object cannot be interpreted as an integer" : "must be real number, not list",
      );
    }
    push(flat, data);
    return;
  }
  if (!Array.isArray(data) && !isTypedArray(data)) {
    throw new TypeError("not a sequence");
  }
  const list = data as readonly unknown[];
  if (list.length !== shape[dim]) {
    throw new ValueError(`expected sequence of length ${shape[dim]} at dim ${dim} (got ${list.length})`);
  }
  const { kind } = flat;
  for (let i = 0; i < list.length; i++) flatten(flat, list[i], shape, dim + 1);
  if (isTypedArray(data)) {
    addType(flat, typedArrayDtype(data));
    flat.kind = kind;
  }
}

/** The dtype of the numbers that are neither in tensors nor in typed arrays. */
function numberDtype(kind: number): dtype {
  if (kind === BOOL) return dtypes.bool;
  if (kind === INT) return dtypes.int64;
  return kind === FLOAT ? get_default_dtype() : get_default_dtype().to_complex();
}

function inferDtype(flat: Flat): dtype {
  if (flat.types === null && flat.kind > NONE) return numberDtype(flat.kind);
  const types = [...(flat.types ?? [])];
  if (flat.kind > NONE) types.push(numberDtype(flat.kind));
  if (types.length === 0) return get_default_dtype();
  // The raw operator gives the dtype's code.
  return types.reduce((a, b) => (a === b ? a : dtype.of(promote(a, b))));
}

const promote = operator("promote_types", [
  ["promote_types(ScalarType type1, ScalarType type2)", "aten::promote_types"],
]) as (a: dtype, b: dtype) => number;

// As c10::overflows() has it, a negative number may stand for its two's complement.
const ranges = new Map<dtype, [number, number]>([
  [dtypes.uint8, [-255, 255]],
  [dtypes.int8, [-128, 127]],
  [dtypes.int16, [-32768, 32767]],
  [dtypes.int32, [-(2 ** 31), 2 ** 31 - 1]],
  [dtypes.int64, [-(2 ** 63), 2 ** 63]],
  [dtypes.uint16, [-65535, 65535]],
  [dtypes.uint32, [-(2 ** 32 - 1), 2 ** 32 - 1]],
  [dtypes.uint64, [-(2 ** 64), 2 ** 64]],
]);

function checkRange(flat: Flat, type: dtype): void {
  const range = ranges.get(type);
  if (flat.imaginary !== null && !type.is_complex) throw new TypeError("must be real number, not complex");
  if (!range) return;
  for (const value of flat.bigints?.values() ?? []) {
    if (type !== dtypes.uint64 && BigInt.asIntN(64, value) !== value) {
      throw new RuntimeError("Overflow when unpacking long long");
    }
  }
  for (const value of flat.numbers) {
    if (!(value >= range[0] && value <= range[1])) {
      throw new RuntimeError(`value cannot be converted to type ${type.name} without overflow`);
    }
  }
}

// How values lie in the frame, as native/storage.cc reads them.
const DOUBLES = 0;
const INTEGERS = 1;
const COMPLEXES = 2;

function fromFlat(flat: Flat, shape: readonly number[], type: dtype): Tensor {
  const { numbers, bigints, imaginary } = flat;
  const exact = bigints !== null && !type.is_floating_point && flat.kind <= INT;
  const kind = imaginary !== null ? COMPLEXES : exact ? INTEGERS : DOUBLES;
  reserve(1 + shape.length + numbers.length * (kind === COMPLEXES ? 2 : 1));
  let next = 0;
  frame[next++] = shape.length;
  for (const size of shape) frame[next++] = size;
  if (kind === INTEGERS) {
    const words = new BigInt64Array(frame.buffer);
    for (let i = 0; i < numbers.length; i++)
      words[next++] = BigInt.asIntN(64, bigints?.get(i) ?? BigInt(Math.trunc(numbers[i])));
  } else {
    for (let i = 0; i < numbers.length; i++) {
      frame[next++] = numbers[i];
      if (kind === COMPLEXES) frame[next++] = imaginary?.get(i) ?? 0;
    }
  }
  const unsigned = kind === INTEGERS && type === dtypes.uint64;
  followAsync();
  const result = wrap(native.tensorFromFrame((unsigned ? dtypes.int64 : type).code, kind));
  return unsigned ? result.view(dtypes.uint64) : result;
}

function place(
  made: Tensor,
  options: { device?: DeviceLike | null; pin_memory?: boolean; requires_grad?: boolean },
): Tensor {
  let result = made;
  const where = options.device ?? currentDevice();
  if (where != null && where !== "cpu") result = result.to(where as device);
  if (options.pin_memory) result = result.pin_memory();
  if (options.requires_grad) {
    if (!result.dtype.is_floating_point && !result.dtype.is_complex) {
      throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
    }
    native.setRequiresGrad(handleOf(result), true);
  }
  return result;
}

/**
 * The device of tensors that are made without one.
 *
 * `get_default_device() -> device`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.get_default_device.html}
 */
export const get_default_device = def("get_default_device", [], (): device => currentDevice() ?? toDevice("cpu"));

const OPTIONS = "ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False";

interface Options {
  dtype?: dtype;
  device?: DeviceLike;
  pin_memory?: boolean;
  requires_grad?: boolean;
}

/** The keyword arguments of functions that make tensors. */
export interface NewOptions {
  dtype?: dtype | null;
  device?: DeviceLike | null;
  pin_memory?: boolean;
  requires_grad?: boolean;
}

/** A tensor of its own memory with the values of any data. */
function fromData(data: unknown, type: dtype | undefined): Tensor {
  if (data instanceof TensorBase)
    return (data as Tensor).detach().to({ dtype: type ?? (data as Tensor).dtype, copy: true });
  if (isTypedArray(data)) {
    const fixed = !(data.buffer as { resizable?: boolean }).resizable;
    const shared = from_numpy(fixed ? data : data.slice());
    return shared.to({ dtype: type ?? shared.dtype, copy: true });
  }
  if (isNdArray(data))
    return from_numpy(data)
      .to({ dtype: type ?? undefined, copy: true })
      .contiguous();
  const flat = noValues();
  const shape = shapeOf(data);
  flatten(flat, data, shape, 0);
  const chosen = type ?? inferDtype(flat);
  checkRange(flat, chosen);
  return fromFlat(flat, shape, chosen);
}

const parseTensor = parser(`tensor(PyObject data, *, ${OPTIONS})`);

/**
 * A new tensor with a copy of the data: a number, nested arrays of numbers, or a typed array.
 *
 * `tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False) -> Tensor`
 *
 * Without a dtype whole numbers give int64, one number with a fraction makes all of them the default dtype, booleans give
 * bool, and typed arrays keep their own type.
 *
 * Throws ValueError for ragged arrays and TypeError for data that are no numbers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.tensor.html}
 */
export function tensor(data: TensorData | NdArray, options?: NewOptions): Tensor;
export function tensor(...args: unknown[]): Tensor {
  const { data, dtype, ...options } = parseTensor<Options & { data: unknown }>(args);
  warnConstant("torch.tensor", true);
  if (data instanceof TensorBase) {
    process.emitWarning(
      "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
      "UserWarning",
    );
  }
  return place(fromData(data, dtype), options);
}

const parseAsTensor = parser("as_tensor(PyObject data, *, ScalarType dtype=None, Device? device=None)");

/**
 * The data as a tensor, sharing memory where that can be: a tensor is itself, a typed array is shared.
 *
 * `as_tensor(data, *, dtype=None, device=None) -> Tensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.as_tensor.html}
 */
export function as_tensor(
  data: TensorData | NdArray,
  options?: Omit<NewOptions, "pin_memory" | "requires_grad">,
): Tensor;
export function as_tensor(...args: unknown[]): Tensor {
  const { data, dtype, device } = parseAsTensor<Options & { data: unknown }>(args);
  const found =
    data instanceof TensorBase
      ? (data as Tensor)
      : isTypedArray(data) || isNdArray(data)
        ? from_numpy(data)
        : fromData(data, dtype);
  const where = device ?? (data instanceof TensorBase ? found.device : (currentDevice() ?? found.device));
  return found.to({ dtype: dtype ?? found.dtype, device: where });
}

function isNdArray(value: unknown): value is NdArray {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    "data" in value &&
    "stride" in value &&
    "offset" in value
  );
}

function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= Math.max(1, shape[i]);
  }
  return strides;
}

/** Since Node.js 21. */
const { isMarkedAsUntransferable } = threads as { isMarkedAsUntransferable?: (value: object) => boolean };

function refuseTransfer(): never {
  throw new TypeError(
    "the memory of this ArrayBuffer belongs to a tensor and cannot be transferred; copy it with slice()",
  );
}

/**
 * Keeps the memory of a buffer where it is. Node.js refuses to transfer to threads what is marked, as all memory of addons
 * is from the start; marking that once more gives it a key with which Node.js 24 and later abort at the end of the process.
 */
function pin(buffer: ArrayBufferLike): void {
  if (!isMarkedAsUntransferable?.(buffer)) threads.markAsUntransferable(buffer);
  for (const method of ["transfer", "transferToFixedLength"]) {
    if (method in buffer) Reflect.defineProperty(buffer, method, { value: refuseTransfer });
  }
}

// On a buffer that numpy() made, what owns its memory: a handle of its own, which nobody disposes of. Not in a WeakMap,
// whose values V8 frees in full collections alone.
const OWNER = Symbol("owner");

interface Owned extends ArrayBuffer {
  readonly [OWNER]?: TensorHandle;
}

/** A tensor over the memory of a view of an ArrayBuffer. */
function share(
  view: ArrayBufferView,
  type: dtype,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): Tensor {
  if (view.buffer instanceof SharedArrayBuffer) {
    throw new TypeError("a SharedArrayBuffer cannot be shared with a tensor; copy it into an ArrayBuffer first");
  }
  if ((view.buffer as { resizable?: boolean }).resizable) {
    throw new TypeError("a resizable ArrayBuffer cannot be shared with a tensor: its memory may shrink");
  }
  const reached = shape.reduce((last, size, i) => last + (size - 1) * strides[i], offset);
  if (!shape.includes(0) && (offset < 0 || (reached + 1) * type.itemsize > view.byteLength)) {
    throw new ValueError("the requested view is larger than the array");
  }
  const byteOffset = view.byteOffset + offset * type.itemsize;
  followAsync();
  const { buffer } = view;
  const owner = (buffer as Owned)[OWNER] ?? null;
  const result = wrap(native.tensorFromBuffer(buffer, byteOffset, shape, strides, type.code, owner));
  if (owner === null) pin(buffer);
  return result;
}

/**
 * A tensor over the memory of a typed array or an `ndarray`: both see what is written to either.
 *
 * `from_numpy(ndarray) -> Tensor`
 *
 * The ArrayBuffer is marked as untransferable, and lives as long as the tensor and its views.
 *
 * Throws TypeError for data that are neither, and ValueError for a detached buffer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.from_numpy.html}
 */
export const from_numpy = builtin(
  "torch._VariableFunctionsClass.from_numpy",
  function from_numpy(array: ArrayBufferView | NdArray): Tensor {
    warnConstant("torch.from_numpy", true);
    if (isTypedArray(array)) {
      return share(array, typedArrayDtype(array), [array.length], [1], 0);
    }
    if (isNdArray(array) && isTypedArray(array.data)) {
      if (array.stride.some((stride) => stride < 0)) {
        throw new ValueError(
          "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported. (You can probably work around this by making a copy of your array  with array.copy().) ",
        );
      }
      return share(array.data, typedArrayDtype(array.data), [...array.shape], [...array.stride], array.offset);
    }
    throw new TypeError(`expected np.ndarray (got ${typeName(array)})`);
  },
  { dict: 0 },
);

const parseFrombuffer = parser(
  "frombuffer(PyObject buffer, *, ScalarType dtype, int64_t count=-1, int64_t offset=0, bool requires_grad=False)",
);

/**
 * A one-dimensional tensor over the bytes of an ArrayBuffer or of a view of one.
 *
 * `frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False) -> Tensor`
 *
 * `count` elements are taken (all for -1), from the byte `offset` on.
 *
 * Throws ValueError if the bytes do not suffice.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.frombuffer.html}
 */
export function frombuffer(
  buffer: ArrayBuffer | ArrayBufferView,
  options: { dtype: dtype; count?: number; offset?: number; requires_grad?: boolean },
): Tensor;
export function frombuffer(...args: unknown[]): Tensor {
  const parsed = parseFrombuffer<{
    buffer: unknown;
    dtype: dtype;
    count?: number;
    offset?: number;
    requires_grad?: boolean;
  }>(args);
  const { buffer, dtype: type } = parsed;
  const [count, offset] = [Number(parsed.count ?? -1), Number(parsed.offset ?? 0)];
  if (!(buffer instanceof ArrayBuffer) && !ArrayBuffer.isView(buffer)) {
    throw new ValueError("object does not implement Python buffer protocol.");
  }
  const view = buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer;
  const { itemsize } = type;
  const length = view.byteLength;
  if (length === 0 || count === 0) {
    throw new ValueError(`both buffer length (${length}) and count (${count}) must not be 0`);
  }
  if (offset < 0 || offset >= length) {
    throw new ValueError(
      `offset (${offset} bytes) must be non-negative and no greater than buffer length (${length} bytes) minus 1`,
    );
  }
  if (count > 0 && offset + count * itemsize > length) {
    throw new ValueError(
      `requested buffer length (${count} * ${itemsize} bytes) after offset (${offset} bytes) must not be greater than actual buffer length (${length} bytes)`,
    );
  }
  if (count <= 0 && (length - offset) % itemsize !== 0) {
    throw new ValueError(
      `buffer length (${length - offset} bytes) after offset (${offset} bytes) must be a multiple of element size (${itemsize})`,
    );
  }
  const elements = count > 0 ? count : (length - offset) / itemsize;
  const bytes = new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + offset, elements * itemsize);
  const result = share(bytes, type, [elements], [1], 0);
  if (parsed.requires_grad) result.requires_grad = true;
  return result;
}

/** The typed array for a dtype's elements; bfloat16 and its like come as their bits. */
const arrayConstructors: Record<string, (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView> =
  {
    float32: (b, o, n) => new Float32Array(b, o, n),
    float64: (b, o, n) => new Float64Array(b, o, n),
    int8: (b, o, n) => new Int8Array(b, o, n),
    int16: (b, o, n) => new Int16Array(b, o, n),
    int32: (b, o, n) => new Int32Array(b, o, n),
    int64: (b, o, n) => new BigInt64Array(b, o, n),
    uint8: (b, o, n) => new Uint8Array(b, o, n),
    bool: (b, o, n) => new Uint8Array(b, o, n),
    uint16: (b, o, n) => new Uint16Array(b, o, n),
    uint32: (b, o, n) => new Uint32Array(b, o, n),
    uint64: (b, o, n) => new BigUint64Array(b, o, n),
    complex64: (b, o, n) => new Float32Array(b, o, 2 * n),
    complex128: (b, o, n) => new Float64Array(b, o, 2 * n),
  };

/** @internal The elements of a contiguous CPU tensor in a typed array of their own. */
export function copyElements(source: Tensor): ArrayBufferView {
  const bytes = new Uint8Array(source.nbytes);
  native.copyBytes(handleOf(source), bytes);
  return arrayConstructors[source.dtype.name](bytes.buffer, 0, source.numel());
}

/** @internal The elements of a CPU tensor as an `ndarray` that shares its memory. */
export function toNumpy(source: Tensor): NdArray & { data: ArrayBufferView } {
  const make = arrayConstructors[source.dtype.name];
  if (!make) throw new TypeError(`Got unsupported ScalarType ${source.dtype.scalarType}`);
  if (source.numel() === 0) {
    return { data: make(new ArrayBuffer(0), 0, 0), shape: [...source.shape], stride: source.stride(), offset: 0 };
  }
  const buffer = native.buffer(handleOf(source));
  pin(buffer);
  Object.defineProperty(buffer, OWNER, { value: native.data(handleOf(source)) });
  const shape = [...source.shape];
  const stride = source.stride() as number[];
  const offset = source.storage_offset();
  const contiguous = source.is_contiguous();
  const start = contiguous ? offset : 0;
  const elements = contiguous ? source.numel() : buffer.byteLength / source.dtype.itemsize;
  return {
    data: make(buffer, start * source.dtype.itemsize, elements),
    shape,
    stride,
    offset: contiguous ? 0 : offset,
  };
}

/** @internal What `torch.Tensor(...)`, `torch.FloatTensor(...)` and their kin make: sizes, data, or nothing. */
export function legacyTensor(args: readonly unknown[], type: dtype, anyTensor = false): Tensor {
  if (args.length === 0) return fromFlat(noValues(), [0], type);
  const [first] = args;
  if (args.length === 1) {
    if (first instanceof TensorBase) {
      const given = first as Tensor;
      if (given.dtype !== type && !anyTensor) {
        throw new TypeError(`expected ${type} (got ${given.dtype})`);
      }
      return given.detach();
    }
    if (first instanceof Size) return emptyOf(first, type);
    if (Array.isArray(first) || isTypedArray(first) || isNdArray(first)) return fromData(first, type);
  }
  if (args.every((size) => kindOf(size) === kinds.INT)) {
    return emptyOf(args as number[], type);
  }
  if (typeof first === "string") throw new TypeError("new(): invalid data type 'str'");
  throw new TypeError(`new(): data must be a sequence (got ${typeName(first)})`);
}

let emptyOf: (sizes: readonly number[], type: dtype) => Tensor;

/** @internal torch.empty, given by _tensor.ts because the generated functions load after this module. */
export function setEmpty(empty: typeof emptyOf): void {
  emptyOf = empty;
}

export { contiguousStrides as contiguousStridesOf };
