// Derivatives by backward() and by forward-mode gradients.

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { _mkldnn, contiguous_format, strided } from "../../layout.js";
import { warn } from "../../warnings.js";
import { dual_level, make_dual, unpack_dual } from "../forward_ad.js";
import { grad } from "../index.js";
import { GradcheckError } from "./error.js";
import { FAILED_NONDET_MSG, privateName } from "./messages.js";
import { allocateWithOutputs } from "./numerical.js";
import { asTuple, dense, type Func, imaginary, indicesOf, isDifferentiable, requiresGrad } from "./tensors.js";

type Rows = (Tensor | null)[][];
type Vjp = (gradOutput: Tensor) => readonly (Tensor | null)[];

/** A row of each input's Jacobian for each element of the output. */
function jacobianRows(vjp: Vjp, sample: Tensor): Rows {
  const gradOut = torch.zeros_like(sample, { memory_format: contiguous_format });
  const flat = gradOut.view(-1);
  const rows: Rows = [];
  for (let j = 0; j < flat.numel(); j++) {
    flat.zero_();
    flat[j].fill_(1);
    for (const [i, found] of vjp(gradOut).entries()) {
      rows[i] ??= [];
      rows[i].push(found?.clone() ?? null);
    }
  }
  return rows;
}

const vjpRow = (vjp: Vjp, sample: Tensor, v: Tensor): Rows =>
  vjp(v.reshape(sample.shape)).map((found) => [found?.clone() ?? null]);

interface Stacked {
  jacobians: Tensor[];
  sizesOk: boolean;
  typesOk: boolean;
}

function stack(rows: Rows, inputs: readonly unknown[], numel: number): Stacked {
  const differentiable = inputs.filter(requiresGrad);
  const jacobians = differentiable
    .filter(isDifferentiable)
    .map((input) => input.new_zeros([input.numel(), numel], { layout: strided }));
  let sizesOk = true;
  let typesOk = true;
  for (const [i, list] of rows.entries()) {
    const input = differentiable[i];
    for (const [j, row] of list.entries()) {
      const column = jacobians[i].select(1, j);
      if (row === null) {
        column.zero_();
        continue;
      }
      if (String(row.shape) !== String(input.shape)) sizesOk = false;
      else if (row.dtype !== input.dtype) typesOk = false;
      const values = dense(row);
      if (column.numel() !== values.numel()) {
        throw new AssertionError(
          `Expected out_jacobian column to have ${values.numel()} elements, but got ${column.numel()}`,
        );
      }
      column.copy_(values.reshape(-1));
    }
  }
  return { jacobians, sizesOk, typesOk };
}

function jacobiansEqual(a: readonly Tensor[], b: readonly Tensor[], atol: number): boolean {
  return a.every((one, i) => one.numel() === 0 || (one.sub(b[i]).abs().max().item() as number) <= atol);
}

/** The Jacobians of an output with respect to the inputs by backward(), which must give the same twice. */
export function backwardJacobians(
  inputs: readonly unknown[],
  output: Tensor,
  nondet_tol: number,
  check_grad_dtypes: boolean,
  v: Tensor | null = null,
): Tensor[] {
  const differentiable = inputs.filter(requiresGrad);
  const vjp: Vjp = (gradOutput) =>
    grad(output, differentiable, gradOutput, { retain_graph: true, allow_unused: true }) as (Tensor | null)[];
  const run = () => {
    const rows = v === null ? jacobianRows(vjp, output.clone()) : vjpRow(vjp, output.clone(), v);
    return stack(rows, inputs, v === null ? output.numel() : 1);
  };
  const [first, second] = [run(), run()];
  if (!first.typesOk && check_grad_dtypes) throw new GradcheckError("Gradient has dtype mismatch");
  if (!first.sizesOk) throw new GradcheckError("Analytical gradient has incorrect size");
  if (!jacobiansEqual(first.jacobians, second.jacobians, nondet_tol)) {
    const tolerance = Number.isInteger(nondet_tol) ? nondet_tol.toFixed(1) : String(nondet_tol);
    throw new GradcheckError(
      `Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was ${tolerance}.${FAILED_NONDET_MSG}`,
    );
  }
  return first.jacobians;
}

/** All tensors that require grad, of a tensor or of nested arrays of them. */
function* tensorsRequiringGrad(value: unknown): Generator<Tensor> {
  if (requiresGrad(value)) yield value;
  else if (Array.isArray(value)) for (const element of value) yield* tensorsRequiringGrad(element);
}

/**
 * Deprecated: the Jacobians of one output with respect to the inputs by backward(), and whether it gave the same twice,
 * gradients of the inputs' sizes, and of their dtypes.
 *
 * Throws ValueError for a complex output, and for another `grad_out` than 1.
 */
export const get_analytical_jacobian = def(
  "get_analytical_jacobian",
  ["inputs", "output", "nondet_tol", "grad_out"],
  (
    inputs: unknown,
    output: Tensor,
    nondet_tol = 0.0,
    grad_out = 1.0,
  ): [jacobians: Tensor[], reentrant: boolean, sizes_ok: boolean, types_ok: boolean] => {
    warn(privateName("get_analytical_jacobian"), "FutureWarning");
    const gone = "get_analytical_jacobian no longer supports";
    if (Number(grad_out) !== 1) throw new ValueError(`Expected grad_out to be 1.0. ${gone} values of grad_out != 1.0.`);
    if (output.is_complex()) {
      throw new ValueError(`Expected output to be non-complex. ${gone} functions that return complex outputs.`);
    }
    const differentiable = [...tensorsRequiringGrad(inputs)];
    const vjp: Vjp = (gradOutput) =>
      grad(output, differentiable, gradOutput, { retain_graph: true, allow_unused: true }) as (Tensor | null)[];
    const run = () => stack(jacobianRows(vjp, output.clone()), differentiable, output.numel());
    const [first, second] = [run(), run()];
    const reentrant = jacobiansEqual(first.jacobians, second.jacobians, nondet_tol);
    return [first.jacobians, reentrant, first.sizesOk, first.typesOk];
  },
);

/** The products of vectors, Jacobians by backward() and directions. */
export function backwardVJu(
  inputs: readonly unknown[],
  outputs: readonly Tensor[],
  nondet_tol: number,
  check_grad_dtypes: boolean,
  all_v: readonly Tensor[],
  all_u: readonly (Tensor | readonly [Tensor, Tensor])[],
): Tensor[][] {
  return outputs.map((output, o) => {
    const products = backwardJacobians(inputs, output, nondet_tol, check_grad_dtypes, all_v[o]);
    return products.map((product, i) => {
      const row = product.t().squeeze(0);
      const u = all_u[i];
      if (!Array.isArray(u)) return row.dot(u as Tensor);
      const parts = torch.view_as_real(row.resolve_conj());
      return parts
        .select(-1, 0)
        .dot(u[0])
        .add(
          parts
            .select(-1, 1)
            .dot(u[1])
            .mul(imaginary(1) as never),
        );
    });
  });
}

/** Inputs with tangents of zeros, and those tangents. */
export function dualInputs(inputs: readonly unknown[]): { duals: unknown[]; tangents: Tensor[]; places: number[] } {
  const tangents: Tensor[] = [];
  const places: number[] = [];
  const duals = inputs.map((input, i) => {
    if (!requiresGrad(input)) return input;
    if (input.layout === _mkldnn) {
      throw new ValueError("MKLDNN inputs are not supported for forward AD gradcheck.");
    }
    const dual = make_dual(input.detach(), torch.zeros_like(input));
    tangents.push(unpack_dual(dual).tangent as Tensor);
    places.push(i);
    return dual;
  });
  return { duals, tangents, places };
}

/** The Jacobians of all outputs with respect to each input by forward-mode gradients, or their products with directions. */
export function forwardJacobians(
  fn: Func,
  inputs: readonly unknown[],
  outputs: readonly unknown[],
  { check_grad_dtypes = false, all_u = null }: { check_grad_dtypes?: boolean; all_u?: readonly Tensor[] | null } = {},
): Tensor[][] {
  const used = inputs.filter(requiresGrad);
  if (used.some((input) => input.is_complex())) {
    throw new ValueError("Expected inputs to be non-complex for _get_analytical_jacobian_forward_ad.");
  }
  const jacobians = used.map((input) => allocateWithOutputs(outputs, all_u ? 1 : input.numel()));
  const store = (place: (output: number) => Tensor, duals: readonly unknown[]) => {
    for (const [o, output] of asTuple(fn(...duals))
      .filter(isDifferentiable)
      .entries()) {
      const { primal, tangent } = unpack_dual(output);
      if (check_grad_dtypes && tangent !== null && primal.is_complex() !== tangent.is_complex()) {
        throw new GradcheckError("Forward AD gradient has dtype mismatch.");
      }
      if (tangent === null) place(o).zero_();
      else place(o).copy_(tangent.reshape(-1));
    }
  };
  dual_level(() => {
    const { duals, tangents } = dualInputs(inputs);
    for (const [i, tangent] of tangents.entries()) {
      if (all_u) {
        tangent.copy_(all_u[i].view_as(tangent));
        store((o) => jacobians[i][o].squeeze_(0), duals);
        tangent.zero_();
        continue;
      }
      let row = 0;
      for (const index of indicesOf([...tangent.shape])) {
        const element = index.length === 0 ? tangent : tangent.index(...index);
        element.fill_(1);
        store((o) => jacobians[i][o][row], duals);
        element.fill_(0);
        row++;
      }
    }
  });
  return jacobians;
}
