// Derivatives by finite differences.

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import type { dtype } from "../../dtype.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { _mkldnn, strided } from "../../layout.js";
import { warn } from "../../warnings.js";
import { privateName } from "./messages.js";
import {
  asTuple,
  elementsOf,
  type Func,
  imaginary,
  isDifferentiable,
  isSparse,
  isSparseCompressed,
  isTensor,
  requiresGrad,
} from "./tensors.js";

/** Zeros for the Jacobian of each output that can have one. */
export function allocateWithOutputs(
  outputs: readonly unknown[],
  numelInput: number,
  dtype: dtype | null = null,
): Tensor[] {
  return outputs
    .filter(isDifferentiable)
    .map((output) => output.new_zeros([numelInput, output.numel()], { layout: strided, ...(dtype && { dtype }) }));
}

/** The inputs, one of them as perturbed. */
function prepared(input: Tensor, perturbed: Tensor | null, fastMode: boolean): Tensor {
  if (perturbed === null) return input;
  if (input.layout === _mkldnn) return perturbed.to_mkldnn();
  return isSparse(input) && fastMode ? perturbed : input;
}

function withPreparedInputs(fn: Func, inputs: unknown, index: number, perturbed: Tensor, fastMode: boolean) {
  return (): Tensor[] => {
    const given = asTuple(inputs).map((input, i) =>
      isTensor(input) ? prepared(input, i === index ? perturbed : null, fastMode) : input,
    );
    return (asTuple(fn(...given)) as Tensor[]).map((output) => output.clone());
  };
}

type Check = (a: Tensor, b: Tensor) => void;

function sameDtypeAndShape(eps: number, index: readonly number[] | null): Check {
  const where = index ? `on index (${index.join(", ")}${index.length === 1 ? "," : ""}) ` : "";
  return (a, b) => {
    const start = (what: string) =>
      `Expected \`func\` to return outputs with the same ${what} when inputs are perturbed ${where}by ${eps}, but got: ${what}s `;
    if (String(a.shape) !== String(b.shape)) {
      throw new AssertionError(`${start("shape")}${a.shape} and ${b.shape}.`);
    }
    if (a.dtype !== b.dtype) throw new AssertionError(`${start("dtype")}${a.dtype} and ${b.dtype}.`);
  };
}

type Step = Tensor | number | ReturnType<typeof imaginary>;

/** (fn(entry + step) - fn(entry - step)) / (2 * norm), for each output; `get` and `set` reach the entry. */
function numericalGradient(fn: () => Tensor[], entry: Tensor, step: Step, norm: number, check: Check): Tensor[] {
  let place = entry;
  let delta = step;
  if (isSparseCompressed(entry)) {
    place = entry.values().detach();
    delta = (step as Tensor).values();
  }
  const original = place.clone();
  place.copy_(original.sub(delta as Tensor));
  const before = fn();
  place.copy_(original.add(delta as Tensor));
  const after = fn();
  place.copy_(original);
  return before.map((a, i) => {
    check(a, after[i]);
    return after[i]
      .sub(a)
      .div(2 * norm)
      .detach()
      .reshape(-1);
  });
}

/** The direction to move an input in: for a complex one two, for its parts. */
export type Direction = Tensor | number | readonly [Tensor, Tensor];

const timesI = (x: Tensor | number): Step => (isTensor(x) ? x.mul(imaginary(1) as never) : imaginary(x));

function numericalJvps(
  jvp: (step: Step) => Tensor[],
  delta: Direction,
  isComplex: boolean,
  forward: boolean,
): Tensor[] {
  const [first, second] = Array.isArray(delta) ? delta : [delta, delta];
  const real = jvp(first);
  if (!isComplex) {
    if (!forward && real.some((one) => one.is_complex())) {
      throw new AssertionError("Expected ds_dx to be real-valued, not complex.");
    }
    return real;
  }
  if (real.some((one) => one.is_complex())) {
    throw new AssertionError("Expected ds_dx to be real-valued, not complex");
  }
  const imag = jvp(timesI(second));
  return real.map((one, i) => one.add(imag[i].mul(imaginary(1) as never)));
}

/** The Jacobians of all outputs with respect to one input, one element of it after another. */
export function numericalJacobianOf(
  fn: Func,
  index: number,
  inputs: readonly unknown[],
  outputs: readonly unknown[],
  eps: number,
  forward = false,
  input: Tensor = inputs[index] as Tensor,
): Tensor[] {
  if (!input.requires_grad) throw new AssertionError("Expected input to have requires_grad=True");
  const columns = new Map<number, Tensor[]>();
  for (const [tensor, place, flat] of elementsOf(input)) {
    const wrapped = withPreparedInputs(fn, inputs, index, tensor, false);
    const entry = place.length === 0 ? tensor : tensor.index(...place);
    const check = sameDtypeAndShape(eps, place);
    const jvp = (step: Step) => numericalGradient(wrapped, entry, step, eps, check);
    columns.set(flat, numericalJvps(jvp, eps, tensor.is_complex(), forward));
  }
  const used = outputs.flatMap((output, o) => (isDifferentiable(output) ? [o] : []));
  const jacobians = allocateWithOutputs(outputs, input.numel(), input.is_complex() ? input.dtype : null);
  for (const [i, jacobian] of jacobians.entries()) {
    for (const [row, values] of columns) jacobian[row].copy_(values[used[i]]);
  }
  return jacobians;
}

const COMPLEX_OUTPUT =
  "Expected output to be non-complex. get_numerical_jacobian no longer supports functions that return complex outputs.";

/** The Jacobians with respect to each input that requires grad, of all outputs. */
export function numericalJacobian(
  fn: Func,
  inputs: readonly unknown[],
  outputs: readonly unknown[],
  eps: number,
  forward: boolean,
): Tensor[][] {
  if (!forward && (outputs as Tensor[]).some((output) => output.is_complex())) {
    throw new ValueError(COMPLEX_OUTPUT);
  }
  return inputs.flatMap((input, i) =>
    requiresGrad(input) ? [numericalJacobianOf(fn, i, inputs, outputs, eps, forward)] : [],
  );
}

/**
 * The Jacobians of all outputs with respect to one input, by finite differences.
 *
 * Throws AssertionError for an input that does not require grad.
 */
export const get_numerical_jacobian_wrt_specific_input = def(
  "get_numerical_jacobian_wrt_specific_input",
  ["fn", "input_idx", "inputs", "outputs", "eps", "input", "is_forward_ad"],
  (
    fn: Func,
    input_idx: number,
    inputs: readonly unknown[],
    outputs: readonly unknown[],
    eps: number,
    input: Tensor | null = null,
    is_forward_ad = false,
  ): Tensor[] => numericalJacobianOf(fn, input_idx, inputs, outputs, eps, is_forward_ad, input ?? undefined),
);

/**
 * Deprecated: the Jacobians of a function's first output with respect to each input that requires grad, or to `target`, by
 * finite differences. The function takes the inputs as one array.
 *
 * Throws ValueError for another `grad_out` than 1.
 */
export const get_numerical_jacobian = def(
  "get_numerical_jacobian",
  ["fn", "inputs", "target", "eps", "grad_out"],
  (
    fn: (inputs: unknown[]) => unknown,
    inputs: readonly unknown[],
    target: unknown = null,
    eps = 1e-3,
    grad_out = 1.0,
  ): Tensor[] => {
    warn(privateName("get_numerical_jacobian"), "FutureWarning");
    if (Number(grad_out) !== 1) {
      throw new ValueError(
        "Expected grad_out to be 1.0. get_numerical_jacobian no longer supports values of grad_out != 1.0.",
      );
    }
    const packed: Func = (...given) => fn(given);
    const outputs = asTuple(packed(...inputs));
    if ((outputs as Tensor[]).some((output) => output.is_complex())) throw new ValueError(COMPLEX_OUTPUT);
    return asTuple(target ?? inputs).flatMap((one, i) =>
      requiresGrad(one) ? [numericalJacobianOf(packed, i, inputs, outputs, eps, false, one)[0]] : [],
    );
  },
);

function inputToPerturb(input: Tensor): Tensor {
  if (input.layout === _mkldnn) return input.to_dense();
  return isSparse(input) ? input.clone() : input.data;
}

/** The products of the outputs' Jacobians and one direction of an input. */
export function numericalJvpOf(
  fn: Func,
  index: number,
  inputs: readonly unknown[],
  direction: Direction,
  eps: number,
  forward = false,
): Tensor[] {
  const input = inputs[index] as Tensor;
  const entry = inputToPerturb(input);
  const wrapped = withPreparedInputs(fn, inputs, index, entry, true);
  const jvp = (step: Step) => numericalGradient(wrapped, entry, step, eps, sameDtypeAndShape(eps, null));
  const scaled = (u: Tensor) => (isSparse(u) ? u : u.reshape(entry.shape)).mul(eps);
  const delta: Direction = Array.isArray(direction)
    ? [scaled(direction[0]), scaled(direction[1])]
    : scaled(direction as Tensor);
  return numericalJvps(jvp, delta, input.is_complex(), forward);
}

/** For each input, the products of its direction with the outputs' Jacobians, and with the outputs' vectors if there are. */
export function numericalVJu(
  fn: Func,
  inputs: readonly unknown[],
  indices: readonly number[],
  funcOut: unknown,
  all_u: readonly Direction[],
  all_v: readonly Tensor[] | null,
  eps: number,
  forward: boolean,
): Tensor[][] {
  const outputs = asTuple(funcOut);
  return indices.map((index, k) => {
    const products = numericalJvpOf(fn, index, inputs, all_u[k], eps, forward);
    const used = products.filter((_, i) => {
      const output = outputs[i];
      return isDifferentiable(output) && (forward || output.requires_grad);
    });
    if (all_v === null) return used;
    return all_v.slice(0, used.length).map((v, i) => v.mul(used[i]).sum());
  });
}

/** Whether numbers are zero where they should be, for a function none of whose outputs has a gradient. */
export const hasNonZero = (jacobian: Tensor): boolean => (torch.ne(jacobian, 0).sum().item() as number) > 0;
