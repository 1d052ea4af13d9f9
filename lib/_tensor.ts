// class Tensor: what PyTorch binds by hand or writes in Python; all other methods come from the generated table.

import { inspect } from "node:util";
import { accumulateCallback, type Hook, hookCallback, setRequiresGrad } from "./_tensor/gradients.js";
import { putIndex } from "./_tensor/index_put.js";
import { typeOf, typeText } from "./_tensor/legacy_types.js";
import { numpyReady, toList } from "./_tensor/lists.js";
import { move } from "./_tensor/moves.js";
import { display, JUPYTER_DISPLAY } from "./_tensor/notebook.js";
import { type HandwrittenMethods, install } from "./_tensor_methods.js";
import { _str } from "./_tensor_str.js";
import { type Method, ofTensor, withoutArguments } from "./arguments/descriptor.js";
import { frame } from "./arguments/frame.js";
import { def } from "./arguments/function.js";
import { typeName } from "./arguments/kinds.js";
import { parser } from "./arguments/parser.js";
import { no_grad } from "./autograd/grad_mode.js";
import { Node } from "./autograd/graph.js";
import { backward } from "./autograd/index.js";
import { native, type StateHandle, type TensorHandle } from "./binding.js";
import { deferral } from "./deferral.js";
import { type device, deviceOf, toDevice } from "./device.js";
import * as dtypes from "./dtype.js";
import { dtype } from "./dtype.js";
import { IndexError, RuntimeError } from "./errors.js";
import { methods, type TensorMethods } from "./generated/tensor.js";
import * as torch from "./generated/torch.js";
import { getIndex, getKey, type Index, isKey, setKey } from "./indexing.js";
import { tracing, warnConstant } from "./jit/_state.js";
import { contiguous_format, layout, type memory_format } from "./layout.js";
import { followAsync } from "./modes.js";
import { method } from "./operator.js";
import { Complex } from "./python/complex.js";
import { floatRepr } from "./python/format.js";
import { repr } from "./python/repr.js";
import { type Size, sizeOf } from "./size.js";
import { collectTensors, handleOf, passed, setTensorClass, TensorBase, WRAP, wrap } from "./tensor_base.js";
import {
  get_default_dtype,
  legacyTensor,
  type NdArray,
  type NewOptions,
  setEmpty,
  type TensorData,
  tensor,
  toNumpy,
} from "./tensor_new.js";
import type { DeviceLike } from "./types.js";
import { RemovableHandle } from "./utils/_removable_handle.js";

/** Reading by index; writing works alike at run time (TypeScript: `x.index_put_([0], 5)` or `x[0].fill_(5)`). */
export interface TensorIndexing {
  [index: number]: Tensor;
  [index: `${number}`]: Tensor;
  [index: `${string}:${string}`]: Tensor;
  [index: `...${string}`]: Tensor;
  [index: `${number},${string}`]: Tensor;
  [index: `None${string}`]: Tensor;
}

/** A list of numbers as deep as the tensor has dimensions. */
// biome-ignore lint/suspicious/noExplicitAny: its depth is known at run time only
export type NestedList = any;

/** What Tensor.to() takes by keyword. */
export interface ToOptions {
  device?: DeviceLike | null;
  dtype?: dtype | null;
  tensor?: Tensor;
  non_blocking?: boolean;
  copy?: boolean;
  memory_format?: memory_format | null;
}

const parseTo = parser(
  "to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
  "to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)",
);
const parseSize = parser("size(int64_t? dim=None)");
const parseStride = parser("stride(int64_t? dim=None)");
const parseContiguity = parser("is_contiguous(*, MemoryFormat memory_format=None)");
const parseRequiresGrad = parser("requires_grad_(bool requires_grad=True)");
const parseNumpy = parser("numpy(*, bool force=False)");
const parseCpu = parser("cpu(*, MemoryFormat? memory_format=None)");
const TYPE = "type(PyObject dtype=None, bool";
const parseType = parser(
  `${TYPE} non_blocking=False, *, MemoryFormat? memory_format=None)`,
  `${TYPE} async=False, *, MemoryFormat? memory_format=None)|deprecated`,
);
const parseNewTensor = parser(
  "new_tensor(PyObject data, *, ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False)",
);

// What few tensors have, kept out of the fields that every result pays for: the gradient's object, so that
// `p.grad === p.grad`, and the hooks.
const GRAD = Symbol("grad");
const HOOKS = Symbol("hooks");
const ACCUMULATE_HOOKS = Symbol("accumulate hooks");

/**
 * A multi-dimensional array of elements of one dtype, as PyTorch has it.
 *
 * `torch.Tensor(2, 3)` and `torch.Tensor([...])` make tensors of the default dtype; `torch.tensor()` is to be preferred.
 *
 * {@link https://docs.pytorch.org/docs/2.15/tensors.html}
 */
export class Tensor extends TensorBase {
  /** @internal */
  declare [GRAD]?: Tensor | null;
  /** @internal */
  declare [HOOKS]?: { hooks: Map<number, Hook>; list: StateHandle };
  /** @internal */
  declare [ACCUMULATE_HOOKS]?: Map<number, (param: Tensor) => void>;

  constructor(...args: unknown[]);
  /** @internal */
  constructor(handle: TensorHandle, wrap: typeof WRAP, place?: number);
  constructor() {
    // Not as parameters: a rest array would cost every result of every operator.
    // biome-ignore-start lint/complexity/noArguments: see above
    if (arguments[1] === WRAP) super(arguments[0] as TensorHandle, arguments[2] as number | undefined);
    else super(legacyHandle(arguments));
    // biome-ignore-end lint/complexity/noArguments: see above
  }

  /** The type of the elements. */
  get dtype(): dtype {
    return dtype.of(native.dtype(passed(this, 0)));
  }

  /** Where the elements are. */
  get device(): device {
    return deviceOf(native.device(passed(this, 0)));
  }

  /** How the elements lie in memory. */
  get layout(): layout {
    return layout.of(native.layout(passed(this, 0)));
  }

  /** The sizes of the dimensions. */
  get shape(): Size {
    if (tracing !== null) warnConstant("Reading the sizes of a tensor as numbers");
    const dims = native.sizes(passed(this, 0));
    return sizeOf(frame, dims);
  }

  /** The sizes, or the size of one dimension. */
  size(): Size;
  size(dim: number): number;
  size(dim?: number | null | { dim?: number | null }): Size | number;
  size(...args: unknown[]): Size | number {
    const dim =
      typeof args[0] === "number" && args.length === 1 ? args[0] : toIndex(parseSize<{ dim?: unknown }>(args).dim);
    if (dim === undefined) return this.shape;
    // A nested tensor without a shape has sizes in the dimensions in which its parts agree.
    if (this.is_nested && this.layout.name === "strided") return nestedSize.call(this, dim);
    return this.shape[wrapDim(dim, this.dim())];
  }

  /** The steps in elements from one index to the next, of all dimensions or of one. */
  stride(): number[];
  stride(dim: number): number;
  stride(dim?: number | null | { dim?: number | null }): number[] | number;
  stride(...args: unknown[]): number[] | number {
    const dim = toIndex(parseStride<{ dim?: unknown }>(args).dim);
    const strides = Array.from(frame.subarray(0, native.strides(passed(this, 0))));
    return dim === undefined ? strides : strides[wrapDim(dim, strides.length)];
  }

  /** The number of dimensions. */
  dim(): number {
    return native.dim(passed(this, 0));
  }

  /** The number of dimensions. */
  ndimension(): number {
    return this.dim();
  }

  get ndim(): number {
    return this.dim();
  }

  /** The number of elements. */
  numel(): number {
    return native.numel(passed(this, 0));
  }

  nelement(): number {
    return this.numel();
  }

  /** The size of the first dimension; throws TypeError for a tensor of no dimensions. */
  get length(): number {
    if (this.dim() === 0) throw new TypeError("len() of a 0-d tensor");
    return this.shape[0];
  }

  __len__(): number {
    return this.length;
  }

  /** Bytes of one element. */
  element_size(): number {
    return this.dtype.itemsize;
  }

  get itemsize(): number {
    return this.dtype.itemsize;
  }

  get nbytes(): number {
    if (this.is_sparse) {
      throw new RuntimeError(
        "nbytes is not defined for sparse tensors.  If you want the size of the constituent tensors, add the nbytes of the indices and values.  If you want the size of the  equivalent dense tensor, multiply numel() by element_size()",
      );
    }
    return this.numel() * this.itemsize;
  }

  /** The place of the first element in the storage, in elements. */
  storage_offset(): number {
    return native.storageOffset(passed(this, 0));
  }

  /** The address of the first element. */
  data_ptr(): bigint {
    return native.dataPtr(passed(this, 0));
  }

  /** Whether the elements lie in memory in the order of their indices. */
  is_contiguous(options?: { memory_format?: memory_format }): boolean;
  is_contiguous(...args: unknown[]): boolean {
    const { memory_format = contiguous_format } = parseContiguity<{ memory_format?: memory_format }>(args);
    return native.isContiguous(passed(this, 0), memory_format.code);
  }

  get is_cuda(): boolean {
    return this.device.type === "cuda";
  }

  get is_cpu(): boolean {
    return this.device.type === "cpu";
  }

  get is_meta(): boolean {
    return this.device.type === "meta";
  }

  get is_mps(): boolean {
    return this.device.type === "mps";
  }

  get is_xpu(): boolean {
    return this.device.type === "xpu";
  }

  get is_sparse(): boolean {
    return this.layout.name === "sparse_coo";
  }

  get is_sparse_csr(): boolean {
    return this.layout.name === "sparse_csr";
  }

  get is_mkldnn(): boolean {
    return this.layout.name === "_mkldnn";
  }

  get is_quantized(): boolean {
    return /^qu?int/.test(this.dtype.name);
  }

  get is_nested(): boolean {
    return native.isNested(passed(this, 0));
  }

  /** The ordinal of the device, -1 for the CPU. */
  get_device(): number {
    return this.device.index ?? -1;
  }

  /** The names of the dimensions: none here, PyTorch has given named tensors up. */
  get names(): null[] {
    return new Array(this.dim()).fill(null);
  }

  get name(): null {
    return null;
  }

  /** The dimensions in reverse order. */
  get T(): Tensor {
    return this.numpy_T();
  }

  /** The matrix transposed and conjugated. */
  get H(): Tensor {
    return this.matrix_H();
  }

  /** The last two dimensions swapped. */
  get mT(): Tensor {
    return this._mT();
  }

  /** The last two dimensions swapped, conjugated. */
  get mH(): Tensor {
    return this._mH();
  }

  /** @internal */
  declare numpy_T: () => Tensor;
  /** @internal */
  declare matrix_H: () => Tensor;
  /** @internal */
  declare _mT: () => Tensor;
  /** @internal */
  declare _mH: () => Tensor;

  /** The real parts, as a view. */
  get real(): Tensor {
    return torch.real(this);
  }

  set real(value: Tensor | number) {
    this.real.copy_(value);
  }

  /** The imaginary parts, as a view; throws RuntimeError for a real tensor. */
  get imag(): Tensor {
    return torch.imag(this);
  }

  set imag(value: Tensor | number) {
    this.imag.copy_(value);
  }

  /** Whether operations on the tensor are recorded for backward(). */
  get requires_grad(): boolean {
    return native.requiresGrad(passed(this, 0));
  }

  set requires_grad(value: boolean) {
    if (typeof value !== "boolean") throw new RuntimeError("requires_grad must be a bool");
    setRequiresGrad(this, value, "floating point and complex");
  }

  /** Sets requires_grad, in place. */
  requires_grad_(requires_grad?: boolean | { requires_grad?: boolean }): this;
  requires_grad_(...args: unknown[]): this {
    const { requires_grad = true } = parseRequiresGrad<{ requires_grad?: boolean }>(args);
    native.checkSupportsInplaceRequiresGrad();
    setRequiresGrad(this, requires_grad, "floating point");
    return this;
  }

  /** Whether the tensor is a beginning of the graph: gradients are kept for leaves. */
  get is_leaf(): boolean {
    return native.isLeaf(handleOf(this));
  }

  get retains_grad(): boolean {
    return native.retainsGrad(handleOf(this));
  }

  get output_nr(): number {
    return native.outputNr(handleOf(this));
  }

  /**
   * The dtype that the gradient must have: the tensor's own, unless another one is set, or null for any.
   *
   * Throws RuntimeError if it is set on a tensor that is no leaf, or that has a gradient of another dtype.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.grad_dtype.html}
   */
  get grad_dtype(): dtype | null {
    const code = native.gradDtype(handleOf(this));
    return code === null ? null : dtype.of(code);
  }

  set grad_dtype(value: dtype | null) {
    if (value !== null && !(value instanceof dtype)) {
      throw new RuntimeError(`grad_dtype must be a torch.dtype or None, but got ${typeName(value)}`);
    }
    native.setGradDtype(handleOf(this), value?.code ?? null);
  }

  /** How often the tensor was changed in place. */
  get _version(): number {
    return native.version(handleOf(this));
  }

  /** The tensor that this one is a view of, or null. */
  get _base(): Tensor | null {
    const base = native.base(handleOf(this));
    return base && wrap(base);
  }

  /** Whether the tensor is a view of another one. */
  _is_view(): boolean {
    return this._base !== null;
  }

  /** The node of the graph that made the tensor, or null for a leaf. */
  get grad_fn(): Node | null {
    const node = native.gradFn(handleOf(this));
    return node && new Node(node);
  }

  /** The gradient that backward() left, or null. */
  get grad(): Tensor | null {
    const known = this[GRAD] ?? null;
    const found = native.gradOf(handleOf(this), known && handleOf(known));
    if (found === true) return known;
    return remember(this, GRAD, found && wrapOutsideScopes(found));
  }

  set grad(grad: Tensor | null) {
    if (grad !== null && !(grad instanceof Tensor)) {
      throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeName(grad)}`);
    }
    native.setGrad(handleOf(this), grad && handleOf(grad));
    remember(this, GRAD, grad);
  }

  /** The same elements, outside of autograd: what is written to them is not noticed. */
  get data(): Tensor {
    followAsync();
    return wrap(native.data(handleOf(this)));
  }

  set data(data: Tensor) {
    if (!(data instanceof TensorBase)) {
      throw new TypeError(`Variable data has to be a tensor, but got ${typeName(data)}`);
    }
    native.setData(handleOf(this), handleOf(data));
  }

  /**
   * Computes the gradients of this tensor, and adds them to the `grad` of the graph's leaves.
   *
   * `gradient` may be left out for a tensor of one element.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.backward.html}
   */
  backward(
    gradient?:
      | Tensor
      | null
      | {
          gradient?: Tensor | null;
          retain_graph?: boolean | null;
          create_graph?: boolean;
          inputs?: Tensor | readonly Tensor[] | null;
        },
    retain_graph?: boolean | null,
    create_graph?: boolean,
    inputs?: Tensor | readonly Tensor[] | null,
  ): void;
  backward(...args: unknown[]): void {
    runBackward.apply(this, args as never);
  }

  /**
   * Calls a function with the gradient of this tensor whenever it is computed; what it returns replaces the gradient.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.register_hook.html}
   */
  register_hook(hook: Hook): RemovableHandle {
    if (!this.requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
    let known = this[HOOKS];
    if (!known || !native.hasHook(handleOf(this), known.list)) {
      const hooks = new Map<number, Hook>();
      known = remember(this, HOOKS, { hooks, list: native.registerHook(handleOf(this), hookCallback(hooks)) });
    }
    return addHook(known.hooks, hook);
  }

  /** @internal The hooks on the gradient, by the numbers of their handles. */
  get _backward_hooks(): ReadonlyMap<number, Hook> | null {
    return this[HOOKS]?.hooks ?? null;
  }

  /**
   * Calls a function with this leaf after a gradient was added to its `grad`.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.register_post_accumulate_grad_hook.html}
   */
  register_post_accumulate_grad_hook(hook: (param: Tensor) => void): RemovableHandle {
    if (!this.requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
    if (this.grad_fn !== null) {
      throw new RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
    }
    const known = this[ACCUMULATE_HOOKS];
    const hooks: Map<number, (param: Tensor) => void> = known ?? new Map();
    if (!known) {
      remember(this, ACCUMULATE_HOOKS, hooks);
      native.setPostAccumulateGradHook(handleOf(this), accumulateCallback(hooks, new WeakRef(this)));
    }
    return addHook(hooks, hook);
  }

  /** The one element as a number, boolean, bigint (beyond 2**53) or complex; throws RuntimeError if there are more. */
  item(): number {
    type Item = ReturnType<typeof native.item>;
    const value = deferral
      ? (deferral.take(() => native.submitItem(handleOf(this))) as Item)
      : native.item(passed(this, 0));
    return (Array.isArray(value) ? new Complex(...value) : value) as number;
  }

  /** The elements as nested arrays; the one element of a tensor of no dimensions. */
  tolist(): NestedList {
    warnConstant("Converting a tensor to a Python list");
    return toList(this);
  }

  /**
   * The elements as an object with `data`, `shape`, `stride` and `offset`, as npm's `ndarray` has them, sharing memory.
   *
   * Throws TypeError for a tensor on another device or of a dtype that typed arrays lack (bfloat16), and RuntimeError for
   * one that requires grad, unless `force` copies it first.
   *
   * Node gives back what it keeps for each such buffer (not the elements) when the event loop turns: a synchronous loop of
   * many thousand calls should write into one buffer, or use tolist().
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.numpy.html}
   */
  numpy(options?: { force?: boolean }): NdArray & { data: Float32Array };
  numpy(...args: unknown[]): NdArray {
    warnConstant("Converting a tensor to a NumPy array");
    return toNumpy(numpyReady(this, parseNumpy<{ force?: boolean }>(args).force ?? false));
  }

  /**
   * This tensor with another dtype or on another device; itself if nothing changes.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.to.html}
   */
  to(dtype: dtype, non_blocking?: boolean, copy?: boolean): Tensor;
  to(device: DeviceLike, dtype?: dtype | null, non_blocking?: boolean, copy?: boolean): Tensor;
  to(other: Tensor, non_blocking?: boolean, copy?: boolean): Tensor;
  to(device: DeviceLike, options: Omit<ToOptions, "device">): Tensor;
  to(dtype: dtype, options: Omit<ToOptions, "dtype">): Tensor;
  to(options: ToOptions): Tensor;
  to(...args: unknown[]): Tensor {
    const parsed = parseTo<ToOptions>(args);
    const { tensor, non_blocking = false, copy = false } = parsed;
    const type = parsed.dtype ?? tensor?.dtype ?? null;
    const place = parsed.device ?? tensor?.device ?? null;
    const memory_format = parsed.memory_format ?? null;
    if (place === null && type === null && !copy && memory_format === null) return this;
    return this._to_options({ dtype: type, device: place && toDevice(place), non_blocking, copy, memory_format });
  }

  /** @internal */
  declare _to_options: (options: ToOptions) => Tensor;

  /** A copy on the CPU; itself if it is there. */
  cpu(options?: { memory_format?: memory_format | null }): Tensor;
  cpu(...args: unknown[]): Tensor {
    return this.to({ device: "cpu", memory_format: parseCpu<ToOptions>(args).memory_format });
  }

  /** A tensor of the same dtype and device with a copy of the data. */
  new_tensor(data: TensorData, options?: NewOptions): Tensor;
  new_tensor(...args: unknown[]): Tensor {
    const { data, dtype, device, ...rest } = parseNewTensor<NewOptions & { data: TensorData }>(args);
    return tensor(data, {
      dtype: dtype ?? this.dtype,
      device: device ?? this.device,
      requires_grad: rest.requires_grad,
    });
  }

  /** The dtype's old name, such as "torch.FloatTensor"; with a dtype, the tensor converted to it. */
  type(): string;
  type(dtype: dtype | string, non_blocking?: boolean): Tensor;
  type(options: {
    dtype?: dtype | string | null;
    non_blocking?: boolean;
    memory_format?: memory_format | null;
  }): Tensor;
  type(...args: unknown[]): string | Tensor {
    const given = parseType<ToOptions & { dtype?: unknown; async?: boolean }>(args);
    if (given.dtype === undefined || given.dtype === null) return typeText(this);
    const { memory_format, non_blocking = given.async } = given;
    return this.to({ ...typeOf(given.dtype), non_blocking, memory_format });
  }

  /** What Python's x[key] gives, for a key of these parts: numbers, booleans, null, slices, texts, tensors, arrays. */
  index(...key: Index[]): Tensor {
    return getIndex(this, key);
  }

  /**
   * Writes to the elements at a key of such parts as index() takes: Python's `x[key] = value`.
   *
   * With `accumulate` it adds, for indices that are tensors.
   */
  index_put_(
    indices: readonly Index[],
    values: Tensor | number | boolean | bigint,
    accumulate?: boolean | { accumulate?: boolean },
  ): this;
  index_put_(...args: unknown[]): this {
    return putIndex(this, args, true) as this;
  }

  /** A copy with the elements at a key replaced. */
  index_put(
    indices: readonly Index[],
    values: Tensor | number | boolean | bigint,
    accumulate?: boolean | { accumulate?: boolean },
  ): Tensor;
  index_put(...args: unknown[]): Tensor {
    return putIndex(this, args, false);
  }

  /** @internal */
  declare _index_put_: (options: object) => Tensor;

  /** The tensors along the first dimension. */
  *[Symbol.iterator](): Generator<Tensor, void, undefined> {
    if (this.dim() === 0) throw new TypeError("iteration over a 0-d tensor");
    yield* this.unbind(0);
  }

  override toString(): string {
    return this.__repr__();
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    return _str(this);
  }

  /** Python's f"{x}": a tensor of no dimensions, but not a Parameter, is its number. */
  __format__(): string {
    if (this.dim() !== 0 || this.is_meta || Object.getPrototypeOf(this) !== Tensor.prototype) return this.toString();
    const item = this.item();
    return this.dtype.is_floating_point ? floatRepr(item) : repr(item);
  }

  /** What console.log() shows; never throws, for a disposed tensor too. */
  [inspect.custom](): string {
    try {
      return this.toString();
    } catch (error) {
      return `<${this.constructor.name}: ${(error as Error).message}>`;
    }
  }

  /** What a notebook shows: an image (uint8, or floats in [0, 1], of 8 pixels a side at least) as a picture, others as text. */
  [JUPYTER_DISPLAY](): Record<string, string> {
    return display(this as unknown as Tensor, inspect(this));
  }

  /** Refuses JavaScript's operators, which cannot mean what Python's mean; one element may serve as a number. */
  [Symbol.toPrimitive](hint: string): string | number {
    if (hint === "string") return this.toString();
    if (hint === "number" && this.numel() === 1 && !this.requires_grad && !this.is_complex())
      return Number(this.item());
    throw new TypeError(
      "JavaScript has no operators for tensors: write x.add(y), x.sub(y), x.mul(y), x.div(y), x.eq(y), x.lt(y), ... or take a number out with x.item()",
    );
  }
}

/** PyTorch's methods, and x[0], x["1:3"]. */
export interface Tensor extends TensorMethods, HandwrittenMethods, Defined, TensorIndexing {}

/** Adds a hook; what takes it away does not hold the tensor. */
function addHook<H>(hooks: Map<number, H>, hook: H): RemovableHandle {
  const removable = new RemovableHandle(() => hooks.delete(removable.id));
  hooks.set(removable.id, hook);
  return removable;
}

function remember<K extends typeof GRAD | typeof HOOKS | typeof ACCUMULATE_HOOKS, V extends Tensor[K]>(
  self: Tensor,
  key: K,
  value: V,
): V {
  if (Object.hasOwn(self, key)) self[key] = value;
  else Object.defineProperty(self, key, { value, writable: true, configurable: true });
  return value;
}

// The gradient belongs to its parameter, whoever reads it first: torch.tidy() must not free it.
function wrapOutsideScopes(handle: TensorHandle): Tensor {
  const scope = collectTensors(null);
  try {
    return wrap(handle);
  } finally {
    collectTensors(scope);
  }
}

function legacyHandle(args: ArrayLike<unknown>): TensorHandle {
  return handleOf(legacyTensor(Array.from(args), get_default_dtype(), true));
}

/** What Python's __index__ makes of an argument that the parser took for an int. */
function toIndex(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value instanceof TensorBase ? (value as Tensor).item() : value);
}

const nestedSize = method("size", [["size(int64_t dim)", "aten::size.int"]]) as (this: Tensor, dim: number) => number;

function wrapDim(dim: number, dims: number): number {
  const limit = Math.max(dims, 1);
  if (dims === 0 || dim < -limit || dim >= limit) {
    throw new IndexError(
      dims === 0
        ? `Dimension specified as ${dim} but tensor has no dimensions`
        : `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + dims : dim;
}

const runBackward = def(
  "Tensor.backward",
  ["gradient", "retain_graph", "create_graph", "inputs"],
  function (
    this: Tensor,
    gradient: Tensor | null = null,
    retain_graph: boolean | null = null,
    create_graph = false,
    inputs: Tensor | readonly Tensor[] | null = null,
  ) {
    backward(this, gradient, retain_graph, create_graph, null, inputs);
  },
);

const casts: Record<string, dtype> = {
  bfloat16: dtypes.bfloat16,
  bool: dtypes.bool,
  byte: dtypes.uint8,
  char: dtypes.int8,
  double: dtypes.float64,
  float: dtypes.float32,
  half: dtypes.float16,
  int: dtypes.int32,
  long: dtypes.int64,
  short: dtypes.int16,
  cfloat: dtypes.complex64,
  cdouble: dtypes.complex128,
};

/** The methods that convert to a dtype. */
type Cast = (options?: { memory_format?: memory_format }) => Tensor;

/** What is defined below. */
interface Defined {
  bfloat16: Cast;
  bool: Cast;
  byte: Cast;
  char: Cast;
  double: Cast;
  float: Cast;
  half: Cast;
  int: Cast;
  long: Cast;
  short: Cast;
  cfloat: Cast;
  cdouble: Cast;
  /** The tensor with its elements in memory in the order of their indices; itself if they are. */
  contiguous(options?: { memory_format?: memory_format }): Tensor;
  /** A copy on a CUDA device, the current one by default; itself if it is there. */
  cuda(device?: DeviceLike | null, non_blocking?: boolean): Tensor;
  cuda(options: { device?: DeviceLike | null; non_blocking?: boolean; memory_format?: memory_format | null }): Tensor;
  cuda(device: DeviceLike | null, options: { non_blocking?: boolean; memory_format?: memory_format | null }): Tensor;
  /** Copies another tensor's elements into this one, in place; sizes broadcast, dtypes and devices may differ. */
  copy_(other: Tensor | number | boolean, non_blocking?: boolean): this;
  /** Keeps the gradient of a tensor that is no leaf in its `grad`. */
  retain_grad(): void;
}

function define(name: string, value: unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

for (const name of Object.keys(methods)) {
  if (!Object.hasOwn(Tensor.prototype, name)) define(name, method(name, methods[name]));
}
for (const [name, type] of Object.entries(casts)) {
  const parse = parser(`${name}(*, MemoryFormat? memory_format=None)`);
  define(name, function (this: Tensor, ...args: unknown[]) {
    const memory_format = args.length === 0 ? undefined : parse<ToOptions>(args).memory_format;
    return this.to({ dtype: type, memory_format });
  });
}

// Operators that Python reaches through attributes or by other names.
define("numpy_T", method("numpy_T", [["numpy_T()", "aten::numpy_T"]]));
define("matrix_H", method("matrix_H", [["matrix_H()", "aten::matrix_H"]]));
define("_mT", method("mT", [["mT()", "aten::mT"]]));
define("_mH", method("mH", [["mH()", "aten::mH"]]));
define(
  "_to_options",
  method("to", [
    [
      "to(*, ScalarType? dtype=None, Device? device=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None)",
      "aten::to.dtype_layout",
    ],
  ]),
);
define(
  "_index_put_",
  method("index_put_", [
    [
      "index_put_(c10::List<::std::optional<Tensor>> indices, Tensor values, bool accumulate=False)",
      "aten::index_put_",
    ],
  ]),
);
define("chalf", method("chalf", [["chalf(*, MemoryFormat? memory_format=None)", "aten::chalf"]]));
define("contiguous", method("contiguous", [["contiguous(*, MemoryFormat? memory_format=None)", "aten::contiguous"]]));
define(
  "copy_",
  method("copy_", [
    ["copy_(Tensor other, bool non_blocking=False)", "aten::copy_", undefined, { src: "other" }],
    [
      "copy_(Tensor other, bool async=False)|deprecated",
      "aten::copy_",
      undefined,
      { src: "other", non_blocking: "async" },
    ],
  ]),
);
define("retain_grad", method("retain_grad", [["retain_grad()", "aten::retain_grad"]]));
install(Tensor.prototype);

// What Python binds in C refuses other objects than tensors, and arguments where it takes none.
const withArguments = [
  ...["size", "stride", "is_contiguous", "requires_grad_", "numpy", "to", "cpu", "new_tensor", "type"],
  ...["index_put_", "index_put", "new", "set_", "apply_", "map_", "map2_", "as_subclass", "nonzero"],
  ...Object.keys(casts),
] as const;
const noArguments = [
  ...["dim", "ndimension", "numel", "nelement", "element_size", "storage_offset", "data_ptr", "const_data_ptr"],
  ...["get_device", "item", "tolist", "untyped_storage", "_is_view", "retain_grad"],
] as const;
const own = Tensor.prototype as unknown as Record<string, Method>;
for (const name of withArguments) define(name, ofTensor(name, own[name]));
for (const type of ["cuda", "xpu", "ipu", "mtia"]) define(type, ofTensor(type, move(type)));
for (const name of noArguments) define(name, withoutArguments(name, own[name]));

const resize_ = Tensor.prototype.resize_;

/** libtorch sets the sizes before it finds that the storage cannot grow, and leaves them so; here they are put back. */
define("resize_", function (this: Tensor, ...args: Parameters<typeof resize_>) {
  const [sizes, strides] = [[...this.shape], this.stride()];
  try {
    return resize_.apply(this, args);
  } catch (error) {
    if (this.layout.name === "strided") no_grad(() => this.as_strided_(sizes, strides));
    throw error;
  }
});
define("resize_", ofTensor("resize_", own.resize_));

/** What x[key] and x[key] = value reach, at the end of the prototype chain: nothing else is slowed down by it. */
const indexer = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    if (typeof key === "string" && receiver instanceof Tensor && isKey(key)) return getKey(receiver, key);
    return Reflect.get(target, key, receiver);
  },
  set(target, key, value, receiver) {
    if (typeof key === "string" && receiver instanceof Tensor && isKey(key)) {
      setKey(receiver, key, value);
      return true;
    }
    return Reflect.set(target, key, value, receiver);
  },
});
Object.setPrototypeOf(TensorBase.prototype, indexer);

setTensorClass(Tensor);
setEmpty((sizes, type) => torch.empty(sizes as number[], { dtype: type }));

/** @internal For tests: whether both are the same native tensor. */
export function isSame(a: Tensor, b: Tensor): boolean {
  return native.isSame(handleOf(a), handleOf(b));
}
