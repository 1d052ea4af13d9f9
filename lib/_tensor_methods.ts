// The methods that torch/_tensor.py writes in Python, in its order, and those that PyTorch binds by hand.

import * as _linalg_utils from "./_linalg_utils.js";
import { compute_elementwise_output_logical_to_physical_perm } from "./_prims_common.js";
import type { Tensor } from "./_tensor.js";
import { __copy__, __deepcopy__ } from "./_tensor_methods/copy.js";
import { type Dunders, dunders } from "./_tensor_methods/dunders.js";
import { apply_, map_, map2_ } from "./_tensor_methods/map.js";
import type { Arguments } from "./arguments/function.js";
import { binder } from "./arguments/function.js";
import { parser } from "./arguments/parser.js";
import { native } from "./binding.js";
import { AttributeError, RuntimeError } from "./errors.js";
import type { Unique } from "./functional/unique.js";
import { lu, norm, stft, unique, unique_consecutive } from "./functional.js";
import { methods } from "./generated/tensor.js";
import * as torch from "./generated/torch.js";
import { memory_format } from "./layout.js";
import { warn } from "./nn/functional/warn.js";
import { method } from "./operator.js";
import { isInt } from "./python/float.js";
import { typeName } from "./python/objects.js";
import { Size } from "./size.js";
import {
  _warn_typed_storage_removal,
  type LegacyStorage,
  legacyStorages,
  storageBytes,
  storageOf,
  TypedStorage,
  typedStorageOf,
  UntypedStorage,
} from "./storage.js";
import { handleOf, TensorBase } from "./tensor_base.js";
import { legacyTensor, type TensorData } from "./tensor_new.js";
import { cppTypeName } from "./torch_functions/dtypes.js";
import { nonzero_numpy } from "./torch_functions/operators.js";
import type { DeviceLike, dtype, Int, Keywords, Scalar } from "./types.js";
import { __dlpack__, __dlpack_device__, type DLPackCapsule } from "./utils/dlpack.js";

type Sections = Int | readonly Int[];
type Storage = UntypedStorage | TypedStorage;

type StftNames = [
  "n_fft",
  "hop_length",
  "win_length",
  "window",
  "center",
  "pad_mode",
  "normalized",
  "onesided",
  "return_complex",
  "align_to_window",
];
type StftTypes = [
  n_fft: number,
  hop_length?: number | null,
  win_length?: number | null,
  window?: Tensor | null,
  center?: boolean,
  pad_mode?: string,
  normalized?: boolean,
  onesided?: boolean | null,
  return_complex?: boolean | null,
  align_to_window?: boolean | null,
];
type IstftNames = [
  "n_fft",
  "hop_length",
  "win_length",
  "window",
  "center",
  "normalized",
  "onesided",
  "length",
  "return_complex",
];
type IstftTypes = [
  n_fft: number,
  hop_length?: number | null,
  win_length?: number | null,
  window?: Tensor | null,
  center?: boolean,
  normalized?: boolean,
  onesided?: boolean | null,
  length?: number | null,
  return_complex?: boolean,
];
type NormTypes = [
  p?: Scalar | string | null,
  dim?: number | readonly number[] | null,
  keepdim?: boolean,
  dtype?: dtype | null,
];

/** The methods that no operator gives. */
export interface HandwrittenMethods extends Dunders {
  /** An alias of the tensor as an object of a subclass. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.as_subclass.html} */
  as_subclass<T extends Tensor>(cls: abstract new (...args: never[]) => T): T;
  /** Replaces each element, in place, by what a function makes of it; on the CPU. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.apply_.html} */
  apply_(callable: (element: number) => number | boolean): this;
  /** Replaces each element, in place, by what a function makes of it and of another tensor's. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.map_.html} */
  map_(tensor: Tensor, callable: (a: number, b: number) => number | boolean): this;
  /** Replaces each element, in place, by what a function makes of it and of two other tensors'. */
  map2_(x: Tensor, y: Tensor, callable: (a: number, b: number, c: number) => number | boolean): this;
  /** Removed from PyTorch: throws RuntimeError. */
  cholesky(...args: Arguments<["upper"], [upper?: boolean]>): never;
  /** The address of the first element. */
  const_data_ptr(): bigint;
  /** A capsule with the tensor's memory, for `torch.from_dlpack`. {@link https://docs.pytorch.org/docs/2.15/dlpack.html} */
  __dlpack__(keywords?: {
    stream?: number | null;
    max_version?: readonly number[] | null;
    dl_device?: readonly [type: number, index: number] | null;
    copy?: boolean | null;
    read_only?: boolean;
  }): DLPackCapsule;
  /** Where the elements are, in DLPack's numbers: (1, 0) for the CPU. {@link https://docs.pytorch.org/docs/2.15/dlpack.html} */
  __dlpack_device__(): readonly [type: number, index: number];
  /** The dimensions in the order in which they lie in memory, the outermost first. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.dim_order.html} */
  dim_order(keywords?: Keywords<{ ambiguity_check?: boolean | readonly memory_format[] }>): number[];
  /** Removed from PyTorch: throws RuntimeError. */
  eig(...args: Arguments<["eigenvectors"], [eigenvectors?: boolean]>): never;
  /** Throws RuntimeError: libtorch has no such devices. */
  ipu(device?: DeviceLike | null): Tensor;
  /** Whether the memory may outlive its thread: after share_memory_(), and on an accelerator. */
  is_shared(): boolean;
  /** The signal that stft() transformed. {@link https://docs.pytorch.org/docs/2.15/generated/torch.istft.html} */
  istft(...args: Arguments<IstftNames, IstftTypes>): Tensor;
  /** Removed from PyTorch: throws RuntimeError. */
  lstsq(other: Tensor): never;
  /** The LU factorization and its pivots; with `get_infos` also the codes of failures. {@link https://docs.pytorch.org/docs/2.15/generated/torch.lu.html} */
  lu(pivot?: boolean, get_infos?: false): [LU: Tensor, pivots: Tensor];
  lu(pivot: boolean, get_infos: true): [LU: Tensor, pivots: Tensor, infos: Tensor];
  lu(keywords: Keywords<{ pivot?: boolean; get_infos?: false }>): [LU: Tensor, pivots: Tensor];
  lu(keywords: Keywords<{ pivot?: boolean; get_infos: true }>): [LU: Tensor, pivots: Tensor, infos: Tensor];
  /** What load_state_dict() puts in this tensor's place. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.module_load.html} */
  module_load(...args: Arguments<["other", "assign"], [other: Tensor, assign?: boolean]>): Tensor;
  /** Throws AssertionError: libtorch has no such devices. */
  mtia(device?: DeviceLike | null): Tensor;
  /** A tensor of the same dtype and device, of sizes or of data, as `torch.Tensor()` makes them. */
  "new"(...size: number[]): Tensor;
  "new"(data: TensorData): Tensor;
  /** The indices of the elements that are not zero. {@link https://docs.pytorch.org/docs/2.15/generated/torch.nonzero.html} */
  nonzero(keywords?: Keywords<{ as_tuple?: false }>): Tensor;
  nonzero(keywords: Keywords<{ as_tuple: true }>): Tensor[];
  /** The norm, of all elements or along dimensions. {@link https://docs.pytorch.org/docs/2.15/generated/torch.norm.html} */
  norm(...args: Arguments<["p", "dim", "keepdim", "dtype"], NormTypes>): Tensor;
  /** Removed from PyTorch: throws RuntimeError. */
  qr(...args: Arguments<["some"], [some?: boolean]>): never;
  /** Removed from PyTorch: throws RuntimeError. */
  reinforce(reward: unknown): never;
  /** The tensor with other sizes and as many elements. Deprecated by PyTorch for reshape(). */
  resize(...sizes: number[]): Tensor;
  /** The tensor with the sizes of another one. Deprecated by PyTorch for reshape_as(). */
  resize_as(tensor: Tensor): Tensor;
  /** Takes over the memory of another tensor or of a storage, in place, with other sizes if they are given. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.set_.html} */
  set_(source?: Tensor | Storage): this;
  set_(source: Tensor | Storage, storage_offset: Int, size: readonly Int[], stride?: readonly Int[] | null): this;
  /** Makes the memory one that other threads can use, whichever ends first; that of a typed array is copied. */
  share_memory_(): this;
  /** Removed from PyTorch: throws RuntimeError. */
  solve(other: Tensor): never;
  /** Views of a given size each, or of given sizes, along a dimension. {@link https://docs.pytorch.org/docs/2.15/generated/torch.split.html} */
  split(...args: Arguments<["split_size", "dim"], [split_size: Sections, dim?: Int]>): Tensor[];
  /** The short-time Fourier transform. {@link https://docs.pytorch.org/docs/2.15/generated/torch.stft.html} */
  stft(...args: Arguments<StftNames, StftTypes>): Tensor;
  /** The memory, as elements. Deprecated by PyTorch for untyped_storage(). */
  storage(): TypedStorage;
  /** The class of the memory, as elements. Deprecated by PyTorch. */
  storage_type(): LegacyStorage | null;
  /** Removed from PyTorch: throws RuntimeError. */
  symeig(...args: Arguments<["eigenvectors"], [eigenvectors?: boolean]>): never;
  /** The tensor in the sparse layout with coordinates. */
  to_sparse_coo(): Tensor;
  /** The tensor with one dimension replaced by several. {@link https://docs.pytorch.org/docs/2.15/generated/torch.Tensor.unflatten.html} */
  unflatten(...args: Arguments<["dim", "sizes"], [dim: Int, sizes: readonly Int[]]>): Tensor;
  /** The different elements, or slices along a dimension. {@link https://docs.pytorch.org/docs/2.15/generated/torch.unique.html} */
  unique<I extends boolean = false, C extends boolean = false>(
    keywords: Keywords<{ sorted?: boolean; return_inverse?: I; return_counts?: C; dim?: number | null }>,
  ): Unique<I, C>;
  unique<I extends boolean = false, C extends boolean = false>(
    sorted?: boolean,
    return_inverse?: I,
    return_counts?: C,
    dim?: number | null,
  ): Unique<I, C>;
  /** The elements, or slices along a dimension, without immediate repetitions. {@link https://docs.pytorch.org/docs/2.15/generated/torch.unique_consecutive.html} */
  unique_consecutive<I extends boolean = false, C extends boolean = false>(
    keywords: Keywords<{ return_inverse?: I; return_counts?: C; dim?: number | null }>,
  ): Unique<I, C>;
  unique_consecutive<I extends boolean = false, C extends boolean = false>(
    return_inverse?: I,
    return_counts?: C,
    dim?: number | null,
  ): Unique<I, C>;
  /** The memory, as bytes. */
  untyped_storage(): UntypedStorage;
  /** Always false, and warns: PyTorch has given it up. */
  readonly volatile: boolean;
  /** Throws AssertionError: libtorch has no such devices. */
  xpu(device?: DeviceLike | null): Tensor;
  readonly is_ipu: boolean;
  readonly is_maia: boolean;
  readonly is_mtia: boolean;
  readonly is_vulkan: boolean;
  readonly is_xla: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the interface above gives each method its type
type Body = (self: Tensor, ...args: any[]) => unknown;

/** A method that Python writes as a function of `self`, with its names of parameters. */
function pythonMethod(name: string, names: readonly string[], body: Body) {
  const bind = binder(`Tensor.${name}`, names, Math.max(0, body.length - 1));
  return function (this: Tensor, ...args: unknown[]) {
    return body(this, ...bind(args));
  };
}

/** Python's int() of a tensor of one element; other values as they are. */
function toIndex(value: unknown): unknown {
  if (!(value instanceof TensorBase) || (value as Tensor).numel() !== 1) return value;
  return (value as Tensor).__int__();
}

const unflatten = method("unflatten", methods.unflatten);

/** The tensor with other sizes; throws RuntimeError unless they have as many elements. */
function resize(self: Tensor, sizes: readonly number[]): Tensor {
  const numel = sizes.reduce((product, size) => product * size, 1);
  if (self.numel() !== numel) {
    throw new RuntimeError(
      `requested resize to ${sizes.join("x")} (${numel} elements in total), but the given tensor has a size of ${self.size().join("x")} (${self.numel()} elements). autograd's resize can only change the shape of a given tensor, while preserving the number of elements. `,
    );
  }
  return self.contiguous().view(...sizes);
}

const REINFORCE = `reinforce() was removed.
Use torch.distributions instead.
See https://pytorch.org/docs/main/distributions.html

Instead of:

probs = policy_network(state)
action = probs.multinomial()
next_state, reward = env.step(action)
action.reinforce(reward)
action.backward()

Use:

probs = policy_network(state)
# NOTE: categorical is equivalent to what used to be called multinomial
m = torch.distributions.Categorical(probs)
action = m.sample()
next_state, reward = env.step(action)
loss = -m.log_prob(action) * reward
loss.backward()
`;

function dim_order(self: Tensor, ambiguity_check: boolean | readonly memory_format[] = false): number[] {
  if (self.is_sparse) {
    throw new AttributeError(
      `Can't get dim order on sparse type: ${self.type()} Use Tensor.to_dense() to convert to a dense tensor first.`,
    );
  }
  const formats = Array.isArray(ambiguity_check) ? ambiguity_check : [];
  const isBool = typeof ambiguity_check === "boolean";
  if (!isBool && !(Array.isArray(ambiguity_check) && formats.every((format) => format instanceof memory_format))) {
    throw new TypeError("The ambiguity_check argument must be a bool or a list of memory formats.");
  }
  const strides = self.stride();
  const has_multiple_dim_order =
    strides.some((stride, i) => i > 0 && stride === strides[i - 1]) || self.size().includes(1);
  const legal = formats.filter((format) => self.is_contiguous({ memory_format: format })).length;
  if (ambiguity_check !== false && has_multiple_dim_order && legal !== 1) {
    throw new RuntimeError(
      "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.",
    );
  }
  const check = isBool ? ambiguity_check : formats.length > 0;
  const [out_perm, raise_ambiguity] = compute_elementwise_output_logical_to_physical_perm(self, {
    ambiguity_check: check,
  });
  if (raise_ambiguity) throw new RuntimeError("The tensor does not have unique dim order.");
  return out_perm;
}

/** The methods of _tensor.py: the names of their parameters, and their bodies. */
const pythonMethods: Record<string, [names: readonly string[], body: Body]> = {
  dim_order: [["*", "ambiguity_check"], dim_order],
  reinforce: [
    ["reward"],
    (_self, _reward) => {
      throw new RuntimeError(REINFORCE);
    },
  ],
  is_shared: [[], (self) => native.isShared(handleOf(self))],
  share_memory_: [
    [],
    (self) => {
      native.shareStorage(handleOf(self));
      return self;
    },
  ],
  module_load: [
    ["other", "assign"],
    (self, other: Tensor, assign = false) => (assign ? other.detach() : self.copy_(other).detach()),
  ],
  __reversed__: [[], (self) => (self.dim() === 0 ? self : self.flip(0))],
  norm: [
    ["p", "dim", "keepdim", "dtype"],
    (self, p = "fro", dim = null, keepdim = false, dtype = null) => norm(self, p, dim, keepdim, { dtype }),
  ],
  cholesky: [["upper"], (self, upper = false) => _linalg_utils.cholesky(self, { upper })],
  solve: [["other"], (self, other) => _linalg_utils.solve(self, other)],
  lstsq: [["other"], (self, other) => _linalg_utils.lstsq(self, other)],
  eig: [["eigenvectors"], (self, eigenvectors = false) => _linalg_utils.eig(self, { eigenvectors })],
  qr: [["some"], (self, some = true) => _linalg_utils.qr(self, { some })],
  symeig: [["eigenvectors"], (self, eigenvectors = false) => _linalg_utils._symeig(self, { eigenvectors })],
  lu: [["pivot", "get_infos"], (self, pivot = true, get_infos = false) => lu(self, { pivot, get_infos })],
  stft: [
    [
      "n_fft",
      "hop_length",
      "win_length",
      "window",
      "center",
      "pad_mode",
      "normalized",
      "onesided",
      "return_complex",
      "align_to_window",
    ],
    (self, n_fft, ...rest) => stft(self, n_fft, ...(rest as [])),
  ],
  istft: [
    ["n_fft", "hop_length", "win_length", "window", "center", "normalized", "onesided", "length", "return_complex"],
    (self, n_fft, ...rest) => torch.istft(self, n_fft, ...(rest as [])),
  ],
  resize_as: [
    ["tensor"],
    (self, tensor: Tensor) => {
      warn("non-inplace resize_as is deprecated");
      return resize(self, tensor.size());
    },
  ],
  split: [
    ["split_size", "dim"],
    (self, split_size: Sections, dim = 0) => {
      const size = toIndex(split_size);
      if (isInt(size)) return torch.split(self, size as number, dim);
      return torch.split_with_sizes(self, size as number[], dim);
    },
  ],
  unique: [
    ["sorted", "return_inverse", "return_counts", "dim"],
    (self, sorted = true, return_inverse = false, return_counts = false, dim = null) =>
      unique(self, { sorted, return_inverse, return_counts, dim }),
  ],
  unique_consecutive: [
    ["return_inverse", "return_counts", "dim"],
    (self, return_inverse = false, return_counts = false, dim = null) =>
      unique_consecutive(self, { return_inverse, return_counts, dim }),
  ],
  storage_type: [
    [],
    (self) => {
      _warn_typed_storage_removal();
      return self.is_cpu ? (legacyStorages.get(self.dtype) ?? null) : null;
    },
  ],
  unflatten: [
    ["dim", "sizes"],
    (self, dim, sizes) => {
      if (!sizes || sizes.length === 0) throw new RuntimeError("unflatten: sizes must be non-empty");
      return unflatten.call(self, dim, sizes);
    },
  ],
  to_sparse_coo: [[], (self) => self.to_sparse()],
  storage: [
    [],
    (self) => {
      _warn_typed_storage_removal();
      return typedStorageOf(self);
    },
  ],
};

const parseAsSubclass = parser("as_subclass(PyObject cls)");
const parseNonzero = parser("nonzero()", "nonzero(*, bool as_tuple)");
const _nonzero = method("nonzero", [["nonzero()", "aten::nonzero"]]);
const _alias = method("alias", [["alias()", "aten::alias"]]);
const PLACE = "SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None";
const _set_ = method("set_", [
  ["set_()", "aten::set_"],
  // set_() below gives the storage's bytes as a tensor instead; these stand in the text of errors.
  ["set_(Storage source)", "aten::set_.source_Storage"],
  [`set_(Storage source, ${PLACE})`, "aten::set_.source_Storage_storage_offset"],
  ["set_(Tensor source)", "aten::set_.source_Tensor"],
  [`set_(Tensor source, ${PLACE})`, "aten::set_.source_Tensor_storage_offset"],
]);

/** Checks that a storage with a dtype, or a tensor, has the tensor's dtype. */
function checkSource(self: Tensor, source: unknown): void {
  if (source instanceof TypedStorage && source.dtype !== self.dtype) {
    throw new RuntimeError(
      `Expected a Storage of type ${cppTypeName(self.dtype)} or an UntypedStorage, but got type ${source.dtype.scalarType} for argument 1 'storage'`,
    );
  }
  if (source instanceof TensorBase && (source as Tensor).dtype !== self.dtype) {
    throw new RuntimeError(
      `Could not set tensor of type ${cppTypeName((source as Tensor).dtype)} to a tensor of type ${cppTypeName(self.dtype)}`,
    );
  }
}

/** The methods that PyTorch binds by hand in C++. */
const boundMethods: Record<string, (this: Tensor, ...args: never[]) => unknown> = {
  as_subclass(...args: unknown[]) {
    const { cls } = parseAsSubclass<{ cls: abstract new (...args: never[]) => Tensor }>(args);
    if (typeof cls !== "function") throw new TypeError(`cls must be a type (got ${typeName(cls)})`);
    return Object.setPrototypeOf(_alias.call(this), cls.prototype);
  },
  apply_,
  map_,
  map2_,
  const_data_ptr() {
    return this.data_ptr();
  },
  __dlpack__: __dlpack__ as never,
  __dlpack_device__,
  new(...args: unknown[]) {
    const given = args.length === 1 && args[0] instanceof Size ? [...args[0]] : args;
    return legacyTensor(given, this.dtype).to({ device: this.device });
  },
  nonzero(...args: unknown[]) {
    const { as_tuple = false } = parseNonzero<{ as_tuple?: boolean }>(args);
    return as_tuple ? nonzero_numpy(this) : _nonzero.call(this);
  },
  resize(...sizes: number[]) {
    warn("non-inplace resize is deprecated");
    return resize(this, sizes);
  },
  set_(...args: unknown[]) {
    const [source, ...place] = args;
    checkSource(this, source);
    if (!(source instanceof UntypedStorage || source instanceof TypedStorage)) return _set_.apply(this, args);
    const whole = [0, [Math.floor(source.nbytes() / this.itemsize)], [1]];
    return _set_.call(this, storageBytes(source), ...(place.length ? place : whole));
  },
  untyped_storage() {
    return storageOf(this);
  },
  __copy__,
  __deepcopy__,
};

const devices = ["ipu", "maia", "mtia", "vulkan", "xla"];

/** @internal Gives class Tensor the methods that no operator gives. */
export function install(prototype: Tensor): void {
  const define = (name: string, descriptor: PropertyDescriptor) =>
    Object.defineProperty(prototype, name, { ...descriptor, configurable: true });
  for (const [name, [names, body]] of Object.entries(pythonMethods)) {
    define(name, { value: pythonMethod(name, names, body), writable: true });
  }
  for (const [name, value] of Object.entries({ ...boundMethods, ...dunders })) define(name, { value, writable: true });
  for (const type of devices) {
    define(`is_${type}`, {
      get(this: Tensor) {
        return this.device.type === type;
      },
    });
  }
  define("volatile", {
    get() {
      warn("volatile was removed (Variable.volatile is always False)");
      return false;
    },
  });
}
