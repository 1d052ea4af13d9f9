// torch/utils/data/_utils/collate.py

import { Tensor } from "../../../_tensor.js";
import { def, generic, isPlainObject } from "../../../arguments/function.js";
import { typeName } from "../../../arguments/kinds.js";
import { float64 } from "../../../dtype.js";
import { KeyError, RuntimeError } from "../../../errors.js";
import * as torch from "../../../generated/torch.js";
import { isFloat } from "../../../python/float.js";
import { isinstance } from "../../../python/isinstance.js";
import { float, int } from "../../../python/numbers.js";
import { repr, str } from "../../../python/repr.js";
import { Size } from "../../../size.js";
import { from_numpy, type NdArray, type TensorData, tensor } from "../../../tensor_new.js";

// biome-ignore-start lint/suspicious/noExplicitAny: batches of anything

/** What default_collate() makes of a list of samples of this type. */
export type Collated<T> = unknown extends T
  ? any
  : T extends Tensor | number | bigint | boolean
    ? Tensor
    : T extends string | Buffer
      ? T[]
      : T extends ArrayBufferView | NdArray
        ? Tensor
        : T extends ReadonlyMap<infer K, infer V>
          ? Map<K, Collated<V>>
          : T extends object
            ? { -readonly [Key in keyof T]: Collated<T[Key]> }
            : never;

/** What default_convert() makes of a sample of this type. */
export type Converted<T> = unknown extends T
  ? any
  : T extends Tensor | number | bigint | boolean | string | Buffer | null | undefined
    ? T
    : T extends ArrayBufferView | NdArray
      ? Tensor
      : T extends ReadonlyMap<infer K, infer V>
        ? Map<K, Converted<V>>
        : T extends object
          ? { -readonly [Key in keyof T]: Converted<T[Key]> }
          : T;

/** Collates samples of one type; samples within samples by the functions of `collate_fn_map`. */
export type CollateTypeFn = (batch: any[], keywords: { collate_fn_map: CollateFnMap }) => unknown;

/** The functions for types: classes, and torch.py's int, float and str. */
export type CollateFnMap = Map<any, CollateTypeFn>;

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** An object with elements and strides, as npm's `ndarray` is. */
function isNdArray(value: unknown): value is NdArray {
  return typeof value === "object" && value !== null && "data" in value && "stride" in value && "offset" in value;
}

const isMapping = (value: unknown): value is Map<unknown, unknown> | Record<string, unknown> =>
  value instanceof Map || isPlainObject(value);

/** A list of a class of its own, such as one whose elements have names, stays one. */
function likeList(list: readonly unknown[], elements: readonly unknown[]): unknown[] {
  const prototype = Object.getPrototypeOf(list);
  const made = [...elements];
  return prototype === Array.prototype || list instanceof Size ? made : Object.setPrototypeOf(made, prototype);
}

/** What a sample has under a key; throws KeyError. */
function entryOf(sample: unknown, key: unknown): unknown {
  const entries = sample instanceof Map ? sample : new Map(Object.entries(sample as object));
  if (!entries.has(key)) throw new KeyError(repr(key));
  return entries.get(key);
}

/** A mapping with the same keys. */
function mapValues(
  mapping: Map<unknown, unknown> | Record<string, unknown>,
  f: (value: unknown, key: unknown) => unknown,
) {
  if (mapping instanceof Map) return new Map([...mapping].map(([key, value]) => [key, f(value, key)]));
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, f(value, key)]));
}

/**
 * Turns typed arrays and `ndarray`s into tensors, also those in lists and objects; leaves everything else as it is.
 *
 * `default_convert(data)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.default_convert}
 */
export const default_convert = def(
  "default_convert",
  ["data"],
  (data: unknown): unknown => {
    if (data instanceof Tensor || Buffer.isBuffer(data)) return data;
    if (ArrayBuffer.isView(data) || isNdArray(data)) return from_numpy(data);
    if (isMapping(data)) return mapValues(data, (value) => default_convert(value));
    if (Array.isArray(data))
      return likeList(
        data,
        data.map((value) => default_convert(value)),
      );
    return data;
  },
  { dict: 0 },
) as <T>(data: T) => Converted<T>;

const errorFor = (elem: unknown) =>
  new TypeError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class '${typeName(elem)}'>`,
  );

/**
 * Makes one batch of a list of samples: by the function for the first sample's type, else element by element for lists,
 * dicts and named tuples.
 *
 * Throws TypeError for samples of other types, and RuntimeError for lists of different lengths.
 */
export function collate(
  batch: readonly unknown[],
  { collate_fn_map = new Map() }: { collate_fn_map?: CollateFnMap | null } = {},
): unknown {
  const [elem] = batch;
  const map: CollateFnMap = collate_fn_map ?? new Map();
  const rest = { collate_fn_map: map };
  for (const [type, collate_fn] of map) if (isinstance(elem, type)) return collate_fn(batch as unknown[], rest);

  if (isMapping(elem)) {
    return mapValues(elem, (_, key) =>
      collate(
        batch.map((sample) => entryOf(sample, key)),
        rest,
      ),
    );
  }
  if (Array.isArray(elem)) {
    const samples = batch as readonly unknown[][];
    if (samples.some((sample) => sample.length !== elem.length)) {
      throw new RuntimeError("each element in list of batch should be of equal size");
    }
    const collated = elem.map((_, i) =>
      collate(
        samples.map((sample) => sample[i]),
        rest,
      ),
    );
    return likeList(elem, collated);
  }
  throw errorFor(elem);
}

const sparseLayouts = new Set(["sparse_coo", "sparse_csr", "sparse_bsr", "sparse_csc", "sparse_bsc"]);

function collate_tensor_fn(batch: Tensor[]): Tensor {
  const [elem] = batch;
  const kind = elem.is_nested ? "nested" : sparseLayouts.has(elem.layout.name) ? "sparse" : null;
  if (kind !== null) {
    throw new RuntimeError(
      `Batches of ${kind} tensors are not currently supported by the default collate_fn; please provide a custom collate_fn to handle them appropriately.`,
    );
  }
  return torch.stack(batch, 0);
}

function collate_numpy_array_fn(batch: unknown[], keywords: { collate_fn_map: CollateFnMap }): unknown {
  if (Buffer.isBuffer(batch[0])) return collate_str_fn(batch);
  return collate(
    batch.map((array) => from_numpy(array as ArrayBufferView)),
    keywords,
  );
}

function collate_float_fn(batch: unknown[]): Tensor {
  return tensor(batch as TensorData, { dtype: float64 });
}

function collate_int_fn(batch: unknown[]): Tensor {
  // 1 and 0.5 are floats to Python, and both are numbers here.
  return batch.some(isFloat) ? collate_float_fn(batch) : tensor(batch as TensorData);
}

function collate_str_fn(batch: unknown[]): unknown[] {
  return batch;
}

const TypedArray = Object.getPrototypeOf(Uint8Array);

/** An `ndarray`, for `instanceof`. */
// biome-ignore lint/complexity/noStaticOnlyClass: only a class can be asked for by instanceof
class NdArrayLike {
  static [Symbol.hasInstance](value: unknown): boolean {
    return isNdArray(value);
  }
}

/** The functions of default_collate(), to which others may be added. */
export const default_collate_fn_map: CollateFnMap = new Map<unknown, CollateTypeFn>([
  [Tensor, collate_tensor_fn],
  [TypedArray, collate_numpy_array_fn],
  [NdArrayLike, collate_numpy_array_fn],
  [float, collate_float_fn],
  [int, collate_int_fn],
  [str, collate_str_fn],
]);

/**
 * Makes one batch of a list of samples, as DataLoader does by default.
 *
 * `default_collate(batch)`
 *
 * Tensors are stacked along a new first dimension, numbers become a tensor (int64, float64 or bool), text stays a list,
 * and lists and dicts of these are collated element by element. A batch of whole numbers is int64, unless `float()` of
 * torch.py marks them as floats.
 *
 * Throws TypeError for samples of other types, and RuntimeError for tensors or lists of different sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html#torch.utils.data.default_collate}
 */
export const default_collate = generic(
  "default_collate",
  ["batch"],
  <T>(batch: readonly T[]): Collated<T> => {
    return collate(batch, { collate_fn_map: default_collate_fn_map }) as Collated<T>;
  },
  { dict: 0 },
);
