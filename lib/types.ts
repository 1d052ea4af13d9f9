// The types of PyTorch's parameters, as its argument parser reads them.

import type { Tensor } from "./_tensor.js";
import type { device } from "./device.js";
import type { dtype } from "./dtype.js";
import type { layout } from "./layout.js";
import type { Complex } from "./python.js";

export type { Tensor } from "./_tensor.js";
export type { device } from "./device.js";
export type { dtype } from "./dtype.js";
export type { layout, memory_format, qscheme } from "./layout.js";
export type { Complex } from "./python.js";
export type { Generator } from "./random.js";

/** Any of Python's numbers. */
export type Scalar = number | bigint | boolean | Complex;

/** An int, or a tensor of one element that stands for one. */
export type Int = number | bigint | Tensor;

/** A float, or a tensor of one element that stands for one. */
export type Float = number | bigint | boolean | Tensor;

/** What `torch.device` can be made of. */
export type DeviceLike = device | string | number;

/** Keyword arguments. Without the second half a tensor would do: it has a `dtype` and a `device` too. */
export type Keywords<T> = T & { readonly [Symbol.iterator]?: never };

/** The keyword arguments of functions that make tensors. */
export interface TensorOptions {
  dtype?: dtype | null;
  layout?: layout | null;
  device?: DeviceLike | null;
  pin_memory?: boolean | null;
  requires_grad?: boolean | null;
}

/** A tuple whose elements have names too: `NamedTuple<["values", "indices"]>`. */
export type NamedTuple<
  Names extends readonly string[],
  Elements extends { readonly [Index in keyof Names]: unknown } = { [Index in keyof Names]: Tensor },
> = Without<Elements, Names[number]> & {
  readonly [Index in keyof Names & `${number}` as Names[Index]]: Elements[Index];
};

/** The tuple, but where a name is one of an array's own (`values`), not the array's member. */
type Without<Elements, Name extends string> = Name & keyof Elements extends never
  ? Elements
  : { readonly [Key in keyof Elements as Exclude<Key, Name | number>]: Elements[Key] };
