// Derivatives of one function compared: all of the Jacobians, or (fast mode) one random combination of their elements.

import type { Tensor } from "../../_tensor.js";
import { complex64, complex128, type dtype, float32, float64 } from "../../dtype.js";
import * as torch from "../../generated/torch.js";
import { sparse_bsr, sparse_coo, sparse_csr } from "../../layout.js";
import { Generator } from "../../random.js";
import { promote_types } from "../../torch_functions/dtypes.js";
import { sparse_compressed_tensor, sparse_coo_tensor } from "../../torch_functions/sparse_tensors.js";
import { backwardJacobians, backwardVJu, forwardJacobians } from "./analytical.js";
import { GradcheckError } from "./error.js";
import { FAST_FAIL_SLOW_OK_MSG } from "./messages.js";
import { type Direction, hasNonZero, numericalJacobian, numericalJvpOf, numericalVJu } from "./numerical.js";
import {
  asTuple,
  densify,
  type Func,
  isDifferentiable,
  isSparse,
  isSparseCompressed,
  requiresGrad,
} from "./tensors.js";

/** What both ways of comparing are told. */
export interface Comparison {
  eps: number;
  rtol: number;
  atol: number;
  check_grad_dtypes: boolean;
  nondet_tol: number;
  masked: boolean | null;
  forward: boolean;
  /** The complex outputs (in forward mode the inputs) of which one part is looked at. */
  complex_indices: readonly number[] | null;
  test_imag: boolean;
}

export type Compare = (
  func: Func,
  funcOut: unknown,
  inputs: readonly unknown[],
  outputs: readonly Tensor[],
  options: Comparison,
) => void;

function allclose(a: Tensor, b: Tensor, rtol: number, atol: number): boolean {
  const type = promote_types(a.dtype, b.dtype);
  return torch.allclose(a.to(type), b.to(type), rtol, atol);
}

function mismatch(
  analytical: Tensor,
  numerical: Tensor,
  output: number,
  input: number,
  { complex_indices, test_imag, forward }: Comparison,
): string {
  const isComplex = complex_indices?.includes(forward ? input : output) ?? false;
  const part = test_imag ? "imaginary" : "real";
  const prefix = isComplex
    ? `While considering the ${part} part of complex ${forward ? "inputs" : "outputs"} only, `
    : "";
  const how = forward ? "computed with forward mode " : "";
  return `${prefix}Jacobian ${how}mismatch for output ${output} with respect to input ${input},\nnumerical:${numerical}\nanalytical:${analytical}\n`;
}

function checkAllZero(func: Func, inputs: readonly unknown[], funcOut: readonly unknown[], options: Comparison): void {
  for (const jacobian of numericalJacobian(func, inputs, funcOut, options.eps, options.forward).flat()) {
    if (hasNonZero(jacobian)) throw new GradcheckError("Numerical gradient for function expected to be zero");
  }
}

/** Compares all elements of all Jacobians. */
export const slowGradcheck: Compare = (func, funcOut, inputs, outputs, options) => {
  const { eps, rtol, atol, forward } = options;
  const all = asTuple(funcOut);
  if (outputs.length === 0) return checkAllZero(func, inputs, all, options);
  const perturbed = options.masked ? inputs : densify(inputs);
  const byInput = numericalJacobian(func, perturbed, all, eps, forward);
  // Jacobians exist for differentiable outputs; compared are those whose output requires grad.
  const numerical = all
    .filter(isDifferentiable)
    .flatMap((output, o) => (requiresGrad(output) ? [o] : []))
    .map((o) => byInput.map((jacobians) => jacobians[o]));
  const analytical = forward
    ? forwardJacobians(func, inputs, all, { check_grad_dtypes: options.check_grad_dtypes })
    : null;
  for (const [o, output] of outputs.entries()) {
    const jacobians =
      analytical?.map((ofInput) => ofInput[o]) ??
      backwardJacobians(inputs, output, options.nondet_tol, options.check_grad_dtypes);
    for (const [i, jacobian] of jacobians.entries()) {
      const expected = numerical[o][i].to(jacobian.device);
      if (allclose(jacobian, expected, rtol, atol)) continue;
      throw new GradcheckError(mismatch(jacobian, expected, o, i, options));
    }
  }
};

const realOf = (type: dtype): dtype => (type === complex128 ? float64 : type === complex64 ? float32 : type);

/** A random vector of length one, of a tensor's form. */
function randomLike(x: Tensor, generator: Generator, real: boolean): Tensor {
  const type = real ? realOf(x.dtype) : x.dtype;
  const random = (count: number) => torch.rand(count, { generator, device: "cpu" }).to(x.device, type);
  const unit = (values: Tensor) => values.div_(values.norm());
  if (x.layout === sparse_coo) {
    const values = unit(random(x._values().numel()).view(x._values().shape));
    return sparse_coo_tensor(x._indices(), values, x.shape, { device: x.device });
  }
  if (isSparseCompressed(x)) {
    const rows = x.layout === sparse_csr || x.layout === sparse_bsr;
    const values = unit(random(x.values().numel()).view(x.values().shape));
    return sparse_compressed_tensor(
      rows ? x.crow_indices() : x.ccol_indices(),
      rows ? x.col_indices() : x.row_indices(),
      values,
      x.shape,
      { layout: x.layout, device: x.device },
    );
  }
  return unit(random(x.numel()));
}

const flatDense = (tensor: Tensor): Tensor => (isSparse(tensor) ? tensor.to_dense().reshape(-1) : tensor);

type Directions = (Tensor | readonly [Tensor, Tensor])[];

/** A direction for each input and, for backward(), a vector for each output. */
export function makeVectors(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  forward: boolean,
): { all_v: Tensor[] | null; all_u: Directions; all_u_dense: Directions } {
  const generator = new Generator();
  const all_u: Directions = inputs.map((input) => {
    const real = randomLike(input, generator, true);
    return input.is_complex() ? [real, randomLike(input, generator, true)] : real;
  });
  const all_u_dense: Directions = all_u.map((u) =>
    Array.isArray(u) ? [flatDense(u[0]), flatDense(u[1])] : flatDense(u as Tensor),
  );
  const all_v = forward ? null : outputs.map((output) => randomLike(output, generator, false));
  return { all_v, all_u, all_u_dense };
}

const sumOf = (tensor: Tensor): number => Number(torch.real(tensor.sum()).item());

function adjustedAtol(atol: number, u: Directions[number], v: Tensor | null): number {
  const parts = Array.isArray(u) ? (u as readonly Tensor[]) : [u as Tensor];
  return atol * parts.reduce((sum, part) => sum + sumOf(part), 0) * (v === null ? 1 : sumOf(v));
}

function slowResult(
  func: Func,
  inputs: readonly unknown[],
  outputs: readonly Tensor[],
  input: number,
  output: number,
  { eps, rtol, atol, forward }: Comparison,
): string {
  let numerical: Tensor;
  let analytical: Tensor;
  if (forward) {
    const place = inputs.flatMap((one, i) => (requiresGrad(one) ? [i] : []))[input];
    const one = (value: Tensor): Tensor =>
      asTuple(func(...inputs.map((given, i) => (i === place ? value : given)))).filter(isDifferentiable)[output];
    const checked = [inputs[place]];
    const result = [one(inputs[place] as Tensor)];
    numerical = numericalJacobian(one, checked, result, eps, true)[0][0];
    analytical = forwardJacobians(one, checked, result)[0][0];
  } else {
    numerical = numericalJacobian(func, inputs, outputs, eps, false)[input][output];
    analytical = backwardJacobians(inputs, outputs[output], Number.POSITIVE_INFINITY, false)[input];
  }
  const difference = numerical.sub(analytical).abs().max().item();
  const text = `\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\nNumerical:\n ${numerical}\nAnalytical:\n${analytical}\n\nThe max per-element difference (slow mode) is: ${difference}.\n`;
  return torch.allclose(analytical, numerical, rtol, atol) ? text + FAST_FAIL_SLOW_OK_MSG : text;
}

/** Compares one random combination of the elements of each Jacobian. */
export const fastGradcheck: Compare = (func, funcOut, inputs, outputs, options) => {
  const { eps, rtol, atol, forward, nondet_tol, check_grad_dtypes } = options;
  const places = inputs.flatMap((input, i) => (requiresGrad(input) ? [i] : []));
  const tensors = inputs.filter(requiresGrad);
  const { all_v, all_u, all_u_dense } = makeVectors(tensors, outputs, forward);
  const keep = <T>(value: T): T => (options.masked ? value : densify(value));
  const numerical = numericalVJu(
    func,
    keep(inputs),
    places,
    funcOut,
    keep(all_u as Direction[]),
    keep(all_v),
    eps,
    forward,
  );
  if (!forward && outputs.length === 0) {
    for (const [k, place] of places.entries()) {
      for (const jvp of numericalJvpOf(func, place, inputs, all_u[k], eps)) {
        if (jvp.numel() === 0 || (jvp.abs().max().item() as number) <= nondet_tol) continue;
        throw new GradcheckError("Numerical gradient for function expected to be zero");
      }
    }
  }
  const analytical = forward
    ? forwardJacobians(func, inputs, asTuple(funcOut), { all_u: all_u as Tensor[], check_grad_dtypes })
    : backwardVJu(inputs, outputs, nondet_tol, check_grad_dtypes, all_v ?? [], all_u_dense);
  for (const [i, products] of numerical.entries()) {
    for (const [o, product] of products.entries()) {
      const found = forward ? analytical[i][o] : analytical[o][i];
      const expected = product.to(found.device);
      if (allclose(found, expected, rtol, adjustedAtol(atol, all_u[i], all_v?.[o] ?? null))) continue;
      const slow = slowResult(func, inputs, outputs, i, o, options);
      throw new GradcheckError(mismatch(found, expected, o, i, options) + slow);
    }
  }
};
