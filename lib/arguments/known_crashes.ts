// The known crashes: calls that end the process inside of libtorch, in Python too. They throw here instead. Private
// functions that are left to crash as in Python are listed in test/fuzz/unguarded.ts.

import { native } from "../binding.js";
import { type dtype, int32, int64 } from "../dtype.js";
import { IndexError, RuntimeError, ValueError } from "../errors.js";
import { handleOf, isHandleless, TensorBase, wrap } from "../tensor_base.js";
import type { Tensor } from "../types.js";

/** Throws if an operator would crash with these values, which are those of its schema's arguments. */
type Guard = (values: readonly unknown[]) => void;

const isQuantized = (x: unknown) => (x as Tensor | null)?.is_quantized === true;

function refuseEmptyList([tensors]: readonly unknown[]): void {
  if (Array.isArray(tensors) && tensors.length === 0) {
    throw new RuntimeError("stack expects a non-empty TensorList"); // as torch.stack says
  }
}

const refuseQuantized =
  (name: string): Guard =>
  ([self]) => {
    if (isQuantized(self)) throw new RuntimeError(`${name} does not support quantized tensors`);
  };

/** oneDNN divides by the number of elements: linear(), mm() and others end the process for such weights. */
function refuseEmptyMkldnn([self]: readonly unknown[]): void {
  if ((self as Tensor).numel() === 0) throw new RuntimeError("to_mkldnn does not support tensors without elements");
}

const refuseMkldnn =
  (name: string, ...positions: number[]): Guard =>
  (values) => {
    if (positions.some((position) => (values[position] as Tensor | null)?.is_mkldnn))
      throw new RuntimeError(`${name} does not support mkldnn tensors`);
  };

/** LAPACK's geev writes beyond its arrays for what is not finite: the check is linalg.eig's. */
function refuseNotFinite([self]: readonly unknown[]): void {
  const input = self as Tensor;
  if (input.is_meta || native.peekInterpreterStack() !== null || input.numel() === 0) return;
  if ((input.is_floating_point() || input.is_complex()) && !input.detach().isfinite().all().item()) {
    throw new RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.");
  }
}

function refuseOneState([, hx]: readonly unknown[]): void {
  if (Array.isArray(hx) && hx.length !== 2) throw new RuntimeError("lstm_cell expects two hidden states");
}

/** The arguments after the input have an element for each channel: the check is batch_norm's. */
const refuseOtherSizes =
  (...names: string[]): Guard =>
  ([input, ...rest]) => {
    const channels = (input as Tensor).dim() > 1 ? (input as Tensor).shape[1] : 0;
    for (const [i, name] of names.entries()) {
      const given = rest[i] as Tensor | null | undefined;
      if (given && given.numel() !== channels)
        throw new RuntimeError(`${name} should contain ${channels} elements not ${given.numel()}`);
    }
  };

function refuseZeroTensor([self]: readonly unknown[]): void {
  if (!(self as Tensor)._is_zerotensor()) return;
  throw new RuntimeError(
    "ZeroTensors are immutable. Please use the materialized zero tensor obtained using .clone() if you want a mutable tensor.",
  );
}

function refuseQuantizedOut([tensors, , out]: readonly unknown[]): void {
  if (Array.isArray(tensors) && tensors.length === 0 && isQuantized(out))
    throw new ValueError("torch.cat(): expected a non-empty list of Tensors");
}

/** zero_() writes four bytes for each element of an mkldnn tensor, beyond the memory of smaller ones. */
function refuseMkldnnZeros(type: unknown, kind: unknown): void {
  if (String(kind) !== "torch._mkldnn" || type === null || type === undefined || String(type) === "torch.float32")
    return;
  throw new RuntimeError(`zero_ does not support mkldnn tensors of ${type}`);
}

function refuseMkldnnZero(x: unknown): void {
  const tensor = x as Tensor | null | undefined;
  if (tensor?.is_mkldnn) refuseMkldnnZeros(tensor.dtype, tensor.layout);
}

const refuseMkldnnZeroIn =
  (...positions: number[]): Guard =>
  (values) => {
    for (const position of positions) [values[position]].flat().forEach(refuseMkldnnZero);
  };

/** Where the mask is true the indices are taken as they are; where it is false they are 0. */
function refuseOutside([self, mask, indices]: readonly unknown[]): void {
  const input = self as Tensor;
  if (input.is_meta || native.peekInterpreterStack() !== null) return;
  for (const [dim, index] of (indices as (Tensor | null)[]).entries()) {
    if (!index || index.is_floating_point() || index.numel() === 0 || dim >= input.dim()) continue;
    const { min, max } = index.mul(mask as Tensor).aminmax();
    const outside = [min.item(), max.item()].find((at) => at < 0 || at >= input.shape[dim]);
    if (outside === undefined) continue;
    throw new IndexError(`index ${outside} is out of bounds for dimension ${dim} with size ${input.shape[dim]}`);
  }
}

const isTensor = (x: unknown): x is Tensor => x instanceof TensorBase;

/** Whether any is true, in the layers of torch.func too. */
function anyOf(flags: Tensor): boolean {
  let plain = flags;
  while (native.functorchKind(handleOf(plain)) !== 0) plain = wrap(native.getUnwrapped(handleOf(plain)));
  return plain.any().item() as unknown as boolean;
}

/** Integers whose values a kernel of the CPU is going to read. */
function hasIntegers(x: Tensor): boolean {
  if (isHandleless(x) || !x.is_cpu || x.dtype.is_floating_point || x.dtype.is_complex) return false;
  return x.is_sparse || (String(x.layout) === "torch.strided" && !x.is_nested);
}

/** The least numbers: divided by -1 they overflow, at which the processor ends the process. */
const least = new Map<dtype, number>([
  [int32, -(2 ** 31)],
  [int64, -(2 ** 63)],
]);

/** Where a value, or each of a tensor's, is this number. */
function equals(x: unknown, number: number, dtype: dtype): Tensor | boolean {
  if (!isTensor(x)) return Number(x) === number;
  return (x.is_sparse ? x.coalesce()._values() : x).to(dtype).eq(number);
}

function refuseBoth(name: string, dtype: dtype, isLeast: Tensor | boolean, isMinusOne: Tensor | boolean): void {
  if (isLeast === false || isMinusOne === false) return;
  const both = [isLeast, isMinusOne].filter(isTensor).reduce((a, b) => a.logical_and(b));
  if (anyOf(both)) throw new RuntimeError(`${name}: the least number of ${dtype} divided by -1 overflows`);
}

/** The least common multiple divides its first argument by the greatest common divisor, which may be -1. */
function refuseLeastMultiple([self, other]: readonly unknown[]): void {
  if (!isTensor(self) || !isTensor(other) || !hasIntegers(self) || !hasIntegers(other)) return;
  if (self.is_sparse || other.is_sparse) return;
  const { dtype } = self.mul(other);
  const number = least.get(dtype);
  if (number !== undefined) refuseBoth("lcm", dtype, equals(self, number, dtype), self.gcd(other).eq(-1));
}

function refuseLeastQuotient([self, other, rounding]: readonly unknown[]): void {
  if (rounding !== "trunc" || (!isTensor(other) && Number(other) !== -1)) return;
  const tensors = [self, other].filter(isTensor);
  if (!tensors.every(hasIntegers)) return;
  if (isTensor(other) && (other.is_sparse || (other.dim() > 0 && tensors[0].is_sparse))) return;
  const { dtype } = tensors[0].mul((isTensor(self) ? other : self) as Tensor);
  const number = least.get(dtype);
  if (number !== undefined) refuseBoth("div", dtype, equals(self, number, dtype), equals(other, -1, dtype));
}

/** The kernel for quantized tensors takes the output's size as it is, and the padding too. */
function refusePadding([self, padding, out]: readonly unknown[]): void {
  if (!isQuantized(self)) return;
  const { shape } = self as Tensor;
  const width = shape[shape.length - 1];
  const [left, right] = Array.isArray(padding) ? padding.map(Number) : [Number(padding), Number(padding)];
  const padded = [...shape.slice(0, -1), width + left + right];
  if (left >= width || right >= width || padded[padded.length - 1] < 1)
    throw new RuntimeError(
      `reflection_pad1d: the padding [${left}, ${right}] does not fit to the input's size ${shape}`,
    );
  if (String(padded) !== String([...(out as Tensor).shape]))
    throw new RuntimeError(
      `reflection_pad1d: out should be of size [${padded.join(", ")}], but is ${(out as Tensor).shape}`,
    );
}

/** The output's size wraps around to a small one, and the kernel goes by the padding. */
function refuseWrappedPadding([self, padding, mode = "replicate"]: readonly unknown[]): void {
  const given: unknown[] = Array.isArray(padding) ? padding : [padding];
  if (mode !== "replicate" || given.every((pad) => Math.abs(Number(pad)) < 2 ** 53)) return;
  const { shape } = self as Tensor;
  const pads = (Array.isArray(padding) ? given : new Array(2 * shape.length).fill(padding)).map(BigInt);
  for (const [i, size] of [...shape].reverse().entries()) {
    const padded = BigInt(size) + (pads[2 * i] ?? 0n) + (pads[2 * i + 1] ?? 0n);
    if (BigInt.asIntN(64, padded) === padded) continue;
    throw new RuntimeError(`replication_pad: the padding [${pads.join(", ")}] is too large for the size ${shape}`);
  }
}

/** The gradients' formulas read a number for each tensor before the kernel counts them. */
function refuseFewScalars(values: readonly unknown[]): void {
  const [tensors, ...others] = values.filter(Array.isArray);
  const scalars = others.pop() as unknown[];
  const other = others.find(({ length }) => length !== tensors.length);
  if (scalars.length >= tensors.length) return;
  throw new RuntimeError(
    other
      ? `Tensor lists must have the same number of tensors, got ${tensors.length} and ${other.length}`
      : "Tensor list must have same number of elements as scalar list.",
  );
}

/** oneDNN is told the sizes that the input and `hidden_size` imply. */
function refuseOtherLayers(values: readonly unknown[]): void {
  const [input, w0, w1, w2, w3, hx, cx] = values as Tensor[];
  if (input.dim() < 3) return;
  const [, batch, features] = input.shape;
  const hidden = Number(values[10]);
  const rows = hidden * (values[9] === 2 ? 4 : values[9] === 3 ? 3 : 1);
  const check = (name: string, x: Tensor, ...size: number[]) => {
    if (x.is_mkldnn) return;
    const elements = size.reduce((product, n) => product * n);
    if (x.numel() !== elements || (size.length < 3 && x.shape[0] !== rows) || !x.is_contiguous())
      throw new RuntimeError(`mkldnn_rnn_layer: ${name} should be contiguous and of size [${size.join(", ")}]`);
  };
  check("input", input, input.shape[0], batch, features);
  check("weight0", w0, rows, features);
  check("weight1", w1, rows, hidden);
  if (values[12] !== false) {
    check("weight2", w2, rows);
    check("weight3", w3, rows);
  }
  check("hx_", hx, 1, batch, hidden);
  check("cx_", cx, 1, batch, hidden);
}

/** By the operator's qualified name. */
export const known_crashes: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  ["aten::_stack", refuseEmptyList],
  ["aten::_stack.out", refuseEmptyList],
  ["aten::_neg_view_copy", refuseQuantized("_neg_view_copy")],
  ["aten::_neg_view_copy.out", refuseQuantized("_neg_view_copy")],
  ["aten::view_copy.dtype", refuseQuantized("view_copy")],
  ["aten::view_copy.dtype_out", refuseQuantized("view_copy")],
  ["aten::to_mkldnn", refuseEmptyMkldnn],
  ["aten::linalg_eigvals", refuseNotFinite],
  ["aten::linalg_eigvals.out", refuseNotFinite],
  ["aten::quantized_lstm_cell", refuseOneState],
  ["aten::batch_norm_update_stats", refuseOtherSizes("running_mean", "running_var")],
  ["aten::native_batch_norm", refuseOtherSizes("weight", "bias", "running_mean", "running_var")],
  ["aten::_linalg_eigvals", refuseNotFinite],
  ["aten::resize_", refuseZeroTensor],
  ["aten::zero_", refuseMkldnnZeroIn(0)],
  ["aten::zero", refuseMkldnnZeroIn(0)],
  ["aten::zero.out", refuseMkldnnZeroIn(0, 1)],
  ["aten::_foreach_zero_", refuseMkldnnZeroIn(0)],
  ["aten::_foreach_zero", refuseMkldnnZeroIn(0)],
  ["aten::_foreach_zero.out", refuseMkldnnZeroIn(0, 1)],
  ["aten::new_zeros.out", refuseMkldnnZeroIn(2)],
  ["aten::_unsafe_masked_index", refuseOutside],
  ["aten::zeros", ([, type, kind]) => refuseMkldnnZeros(type, kind)],
  ["aten::zeros.out", ([, out]) => refuseMkldnnZero(out)],
  [
    "aten::new_zeros",
    ([self, , type, kind]) => refuseMkldnnZeros(type ?? (self as Tensor).dtype, kind ?? (self as Tensor).layout),
  ],
  [
    "aten::zeros_like",
    ([self, type, kind]) => refuseMkldnnZeros(type ?? (self as Tensor).dtype, kind ?? (self as Tensor).layout),
  ],
  ["aten::cat.out", refuseQuantizedOut],
  ["aten::concat.out", refuseQuantizedOut],
  ["aten::concatenate.out", refuseQuantizedOut],
  ["aten::_sparse_mm", refuseMkldnn("sparse.mm", 0)],
  ["aten::scatter_reduce_.two", refuseMkldnn("scatter_reduce_", 2, 3)],
  ["aten::index_copy_", refuseMkldnn("index_copy_", 2, 3)],
  ["aten::index_add_", refuseMkldnn("index_add_", 2, 3)],
  ["aten::lstm.input", refuseMkldnn("lstm", 0)],
  ...["lcm", "lcm_", "lcm.out"].map((name): [string, Guard] => [`aten::${name}`, refuseLeastMultiple]),
  ...["div", "divide"].flatMap((name) =>
    [".Tensor_mode", ".Scalar_mode", "_.Tensor_mode", "_.Scalar_mode", ".out_mode", ".Scalar_mode_out"].map(
      (overload): [string, Guard] => [`aten::${name}${overload}`, refuseLeastQuotient],
    ),
  ),
  ["aten::reflection_pad1d.out", refusePadding],
  ["aten::pad", refuseWrappedPadding],
  ...[1, 2, 3].flatMap((dims) =>
    ["", ".out"].map((overload): [string, Guard] => [
      `aten::replication_pad${dims}d${overload}`,
      ([self, padding]) => refuseWrappedPadding([self, padding]),
    ]),
  ),
  ...["addcdiv_", "addcmul_", "lerp_"].map((name): [string, Guard] => [
    `aten::_foreach_${name}.ScalarList`,
    refuseFewScalars,
  ]),
  ["aten::mkldnn_rnn_layer", refuseOtherLayers],
]);
