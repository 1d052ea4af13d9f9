// torch.autograd: torch/autograd/__init__.py

import type { Tensor } from "../_tensor.js";
import { _vmap } from "../_vmap_internals.js";
import { def } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { type Handles, native } from "../binding.js";
import { deferral } from "../deferral.js";
import { RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { followAsync } from "../modes.js";
import { handleOf, TensorBase, wrap } from "../tensor_base.js";
import { toHandles } from "./graph/handles.js";

export { detect_anomaly, set_detect_anomaly } from "./anomaly_mode.js";
export * as forward_ad from "./forward_ad.js";
export * as function from "./function.js";
export { Function } from "./function.js";
export * as functional from "./functional.js";
export * as grad_mode from "./grad_mode.js";
export {
  _force_original_view_tracking,
  _unsafe_preserve_version_counter,
  enable_grad,
  inference_mode,
  is_multithreading_enabled,
  is_view_replay_enabled,
  no_grad,
  set_grad_enabled,
  set_multithreading_enabled,
} from "./grad_mode.js";
export { GradcheckError, gradcheck, gradgradcheck } from "./gradcheck.js";
export * as graph from "./graph.js";
export { Variable, variable } from "./variable.js";

type Tensors = Tensor | readonly Tensor[];
type Gradients = Tensor | null | readonly (Tensor | null)[];

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const sizeText = (tensor: Tensor) => `torch.Size([${tensor.shape.join(", ")}])`;

/** The gradient to begin with for each output: the one given, checked, or ones for a single element. */
function makeGrads(
  outputs: readonly Tensor[],
  grads: readonly (Tensor | null)[],
  isGradsBatched: boolean,
): (Tensor | null)[] {
  return outputs.map((output, i) => {
    const grad = grads[i];
    if (grad instanceof TensorBase) {
      const shape = isGradsBatched ? (grad as Tensor).shape.slice(1) : (grad as Tensor).shape;
      if (String([...shape]) !== String([...output.shape])) {
        throw new RuntimeError(
          `Mismatch in shape: grad_output[${i}] has a shape of ${sizeText(grad as Tensor)} and output[${i}] has a shape of ${sizeText(output)}.`,
        );
      }
      if (output.dtype.is_complex !== (grad as Tensor).dtype.is_complex) {
        throw new RuntimeError(
          `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${(grad as Tensor).dtype} and output[${i}] has a dtype of ${output.dtype}.`,
        );
      }
      return grad as Tensor;
    }
    if (grad !== null && grad !== undefined) {
      throw new TypeError(`gradients can be either Tensors or None, but got ${typeName(grad)}`);
    }
    if (!output.requires_grad) return null;
    if (output.numel() !== 1) throw new RuntimeError("grad can be implicitly created only for scalar outputs");
    if (!output.dtype.is_floating_point) {
      throw new RuntimeError(`grad can be implicitly created only for real scalar outputs but got ${output.dtype}`);
    }
    return torch.ones_like(output, { memory_format: preserve_format });
  });
}

/**
 * Computes the gradients of tensors with respect to the graph's leaves, and adds them to the leaves' `grad`.
 *
 * Throws RuntimeError when a tensor needs a gradient to begin with and none is given, or has no graph.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.backward.html}
 */
export const backward = def(
  "backward",
  ["tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs"],
  (
    tensors: Tensors,
    grad_tensors: Gradients = null,
    retain_graph: boolean | null = null,
    create_graph = false,
    grad_variables: Gradients = null,
    inputs: Tensors | null = null,
  ): void => {
    const outputs = listOf<Tensor>(tensors);
    const targets = inputs === null ? [] : listOf<Tensor>(inputs);
    if (inputs !== null && targets.length === 0)
      throw new RuntimeError("`inputs` argument to `backward()` cannot be empty.");
    const given = grad_tensors ?? grad_variables;
    const grads = makeGrads(outputs, given === null ? [] : listOf<Tensor | null>(given as Tensor), false);
    followAsync();
    const args: Parameters<typeof native.backward> = [
      outputs.map((output) => handleOf(output)),
      toHandles(grads),
      retain_graph ?? create_graph,
      create_graph,
      targets.map((target) => handleOf(target)),
    ];
    if (deferral) deferral.take(() => native.submitBackward(...args));
    else native.backward(...args);
  },
);

/**
 * The gradients of outputs with respect to inputs, as an array in the order of the inputs; leaves are not changed.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.grad.html}
 */
export const grad = def(
  "grad",
  [
    "outputs",
    "inputs",
    "grad_outputs",
    "retain_graph",
    "create_graph",
    "only_inputs",
    "allow_unused",
    "is_grads_batched",
    "materialize_grads",
  ],
  (
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Gradients | GradKeywords = null,
    retain_graph: boolean | null | GradKeywords = null,
    create_graph = false,
    _only_inputs = true,
    allow_unused: boolean | null = null,
    is_grads_batched = false,
    materialize_grads = false,
  ): Tensor[] => {
    if (materialize_grads && allow_unused === false) {
      throw new RuntimeError(
        "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.",
      );
    }
    const from = listOf<Tensor>(outputs);
    const to = listOf<Tensor>(inputs);
    const given = grad_outputs === null ? [] : listOf<Tensor | null>(grad_outputs as Tensor);
    const grads = makeGrads(from, given, is_grads_batched);
    followAsync();
    const vjp = (...gradients: (Tensor | null)[]): (Tensor | null)[] => {
      const args: Parameters<typeof native.grad> = [
        from.map((output) => handleOf(output)),
        to.map((input) => handleOf(input)),
        toHandles(gradients),
        (retain_graph as boolean | null) ?? create_graph,
        create_graph,
        allow_unused ?? materialize_grads,
      ];
      const handles = deferral ? (deferral.take(() => native.submitGrad(...args)) as Handles) : native.grad(...args);
      return handles.map((handle) => handle && wrap(handle));
    };
    const found = is_grads_batched
      ? _vmap(vjp, { allow_none_pass_through: true })(...(grads as Tensor[]))
      : vjp(...grads);
    return found.map((gradient, i) => gradient ?? (materialize_grads ? torch.zeros_like(to[i]) : null)) as Tensor[];
  },
);

/** What autograd.grad() takes by keyword. */
export interface GradKeywords {
  grad_outputs?: Gradients;
  retain_graph?: boolean | null;
  create_graph?: boolean;
  allow_unused?: boolean | null;
  is_grads_batched?: boolean;
  materialize_grads?: boolean;
}
