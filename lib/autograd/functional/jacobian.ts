// The rows of Jacobians: one at a time or all at once, backward or forward.

import type { Tensor } from "../../_tensor.js";
import { _vmap } from "../../_vmap_internals.js";
import { NotImplementedError, RuntimeError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { dual_level, make_dual, unpack_dual } from "../forward_ad.js";
import { asTuple, autogradGrad, type Func, type Tensors, unwrapTuple } from "./shared.js";

/** For each tensor the rows of the identity matrix over all elements that belong to it. */
function standardBasis(tensors: readonly Tensor[], numels: readonly number[]): Tensor[] {
  const total = numels.reduce((sum, numel) => sum + numel, 0);
  let start = 0;
  return tensors.map((tensor, i) => {
    const chunk = tensor.new_zeros(total, numels[i]);
    chunk.diagonal(start).fill_(1);
    start -= numels[i];
    return chunk;
  });
}

/** What jacobian() and hessian() return: a tensor for one input and one output, else arrays, of outputs first. */
// biome-ignore lint/suspicious/noExplicitAny: its depth follows from func and inputs
export type Jacobian = any;

type Rows = readonly (readonly Tensor[])[];

export function unwrapJacobian(rows: Rows, severalOutputs: boolean, severalInputs: boolean): Jacobian {
  return unwrapTuple(
    rows.map((row) => unwrapTuple(row, severalInputs)),
    severalOutputs,
  );
}

/** All rows of the Jacobian in one pass over the graph. */
export function vectorizedRows(outputs: readonly Tensor[], inputs: readonly Tensor[], create_graph: boolean): Rows {
  const numels = outputs.map((output) => output.numel());
  const total = numels.reduce((sum, numel) => sum + numel, 0);
  const flat = outputs.map((output) => output.reshape(-1));
  const found = autogradGrad(flat, inputs, standardBasis(outputs, numels), { create_graph, is_grads_batched: true });
  const byInput = found.map((rows, i) => {
    const all = rows ?? torch.zeros_like(inputs[i]).expand([total, ...inputs[i].shape]);
    return all.split(numels, 0).map((part, o) => part.view([...outputs[o].shape, ...inputs[i].shape]));
  });
  return outputs.map((_, o) => byInput.map((parts) => parts[o]));
}

/** One pass over the graph for each element of an output. */
export function rowsOf(
  output: Tensor,
  index: number,
  inputs: readonly Tensor[],
  create_graph: boolean,
  strict: boolean,
): readonly Tensor[] {
  const rows: Tensor[][] = inputs.map(() => []);
  const flat = output.reshape(-1);
  for (let j = 0; j < output.nelement(); j++) {
    const found = autogradGrad([flat[j]], inputs, null, { retain_graph: true, create_graph });
    for (const [i, row] of found.entries()) {
      if (row === null && strict) {
        throw new RuntimeError(
          `Output ${index} of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`,
        );
      }
      if (row !== null && strict && create_graph && !row.requires_grad) {
        throw new RuntimeError(
          `The jacobian of the user-provided function is independent of input ${index}. This is not allowed in strict mode when create_graph=True.`,
        );
      }
      rows[i].push(row ?? torch.zeros_like(inputs[i]));
    }
  }
  return rows.map((list, i) => torch.stack(list, 0).view([...output.shape, ...inputs[i].shape]));
}

/** The Jacobian by forward-mode gradients: one pass, vectorized over the inputs' elements. */
export function jacobianForward(func: Func<Tensors>, given: Tensors, strict: boolean, vectorize: boolean): Jacobian {
  if (strict) {
    throw new RuntimeError(
      'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.',
    );
  }
  const [several, inputs] = asTuple(given, "inputs", "jacobian");
  if (!vectorize) {
    throw new NotImplementedError(
      "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`.",
    );
  }
  const numels = inputs.map((input) => input.numel());
  let severalOutputs = false;
  let outputs: readonly Tensor[] = [];
  const jvp = (...tangents: Tensor[]): Tensor[] =>
    dual_level(() => {
      const duals = inputs.map((input, i) => make_dual(input, tangents[i].view_as(input)));
      const [isTuple, dualOutputs] = asTuple(func(...duals), "outputs", "None");
      const unpacked = dualOutputs.map((output) => unpack_dual(output));
      severalOutputs = isTuple;
      outputs = unpacked.map(({ primal }) => primal);
      return unpacked.map(({ primal, tangent }) => tangent ?? torch.zeros_like(primal));
    });
  const columns = _vmap(jvp)(...standardBasis(inputs, numels));
  const rows = columns.map((column, o) =>
    column.split(numels, 0).map((part, i) => part.movedim(0, -1).reshape([...outputs[o].shape, ...inputs[i].shape])),
  );
  return unwrapJacobian(rows, severalOutputs, several);
}
