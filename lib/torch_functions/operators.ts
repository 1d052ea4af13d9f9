// Operators that PyTorch binds by hand: torch/csrc/autograd/python_torch_functions_manual.cpp

import type { Tensor } from "../_tensor.js";
import { parser } from "../arguments/parser.js";
import { RuntimeError } from "../errors.js";
import { operator } from "../operator.js";
import type { Keywords } from "../types.js";

export { hspmm as hsmm, mm as dsmm, mm as spmm, sspaddmm as saddmm } from "../generated/torch.js";

const parseNonzero = parser("nonzero(Tensor input, *, bool as_tuple=False, Tensor out=None)");

const _nonzero = operator("nonzero", [
  ["nonzero(Tensor input, *, Tensor out=None)", "aten::nonzero", "aten::nonzero.out"],
]);

/** @internal A tensor of indices for each dimension. */
export const nonzero_numpy: (input: Tensor) => Tensor[] = operator("nonzero", [
  ["nonzero(Tensor input)", "aten::nonzero_numpy"],
]);

interface NonzeroKeywords {
  as_tuple?: boolean;
  out?: Tensor | null;
}

/**
 * The indices of the elements that are not zero: a row for each, or, with `as_tuple`, a vector for each dimension, such
 * as index() takes.
 *
 * `nonzero(input, *, out=None, as_tuple=False) -> LongTensor or tuple of LongTensors`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nonzero.html}
 */
export function nonzero(input: Tensor, keywords: Keywords<{ as_tuple: true }>): Tensor[];
export function nonzero(keywords: Keywords<{ input: Tensor; as_tuple: true }>): Tensor[];
export function nonzero(input: Tensor, keywords?: Keywords<{ as_tuple?: false; out?: Tensor | null }>): Tensor;
export function nonzero(keywords: Keywords<{ input: Tensor; as_tuple?: false; out?: Tensor | null }>): Tensor;
export function nonzero(...args: unknown[]): Tensor | Tensor[] {
  const { input, as_tuple = false, out } = parseNonzero<NonzeroKeywords & { input: Tensor }>(args);
  if (!as_tuple) return _nonzero(input, { out });
  if (out) throw new RuntimeError("nonzero does not support the out kwarg when as_tuple is True");
  return nonzero_numpy(input);
}
