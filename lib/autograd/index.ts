// torch.autograd: torch/autograd/__init__.py

import type { Tensor } from "../_tensor.js";
import { _vmap } from "../_vmap_internals.js";
import { def, isPlainObject } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { type Handles, native } from "../binding.js";
import { deferral } from "../deferral.js";
import type { dtype } from "../dtype.js";
import { AssertionError, AttributeError, IndexError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { preserve_format } from "../layout.js";
import { followAsync } from "../modes.js";
import { TensorBase, wrap } from "../tensor_base.js";
import { checkEdge, edgeHandle, type GradientEdge, isGradientEdge } from "./graph/edge.js";
import { toHandles } from "./graph/handles.js";
import type { Node } from "./graph/node.js";

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
  enforce_grad_layout_policy,
  inference_mode,
  is_multithreading_enabled,
  is_view_replay_enabled,
  no_grad,
  set_grad_enabled,
  set_multithreading_enabled,
} from "./grad_mode.js";
export { GradcheckError, gradcheck, gradgradcheck } from "./gradcheck.js";
export * as graph from "./graph.js";
export * as profiler from "./profiler.js";
export * as profiler_legacy from "./profiler_legacy.js";
export { DeviceType, ProfilerActivity } from "./profiler_util/enums.js";
export * as profiler_util from "./profiler_util.js";
export { Variable, variable } from "./variable.js";

type Edge = Tensor | GradientEdge;
type Edges = Edge | readonly Edge[];
type Inputs = Edges | Readonly<Record<string, Tensor>>;
type Gradients = Tensor | null | readonly (Tensor | null)[];

/** Python's `tuple(value)`, where one tensor or edge stands for itself and a dict for its values. */
function toTuple<T>(value: unknown): T[] {
  if (value instanceof TensorBase || isGradientEdge(value)) return [value as T];
  if (isPlainObject(value)) return Object.values(value) as T[];
  if (typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== "function")
    throw new TypeError(`'${typeName(value)}' object is not iterable`);
  return [...(value as Iterable<T>)];
}

const gradsOf = (grads: Gradients, length: number): (Tensor | null)[] =>
  grads === null ? new Array(length).fill(null) : toTuple(grads);

const sizeText = (shape: readonly number[]) => `torch.Size([${shape.join(", ")}])`;

/** What backward() has to know of where it begins. */
interface Root {
  shape: readonly number[];
  dtype: dtype;
  /** Ones to begin with. */
  ones(): Tensor;
}

function rootOf(output: Edge): Root {
  if (isGradientEdge(output)) {
    const metadata = (output.node as Partial<Node>)._input_metadata;
    if (metadata === undefined) {
      throw new AttributeError(`'${typeName(output.node)}' object has no attribute '_input_metadata'`);
    }
    if (output.output_nr >= metadata.length) throw new IndexError("tuple index out of range");
    const { shape, dtype, device } = metadata[output.output_nr];
    return { shape, dtype, ones: () => torch.ones(shape, { dtype, device }) };
  }
  if (!(output instanceof TensorBase)) throw new AssertionError("Expected output to be a torch.Tensor");
  const ones = () => torch.ones_like(output, { memory_format: preserve_format });
  return { shape: output.shape, dtype: output.dtype, ones };
}

function checkGrad(output: Edge, root: Root, grad: Tensor, i: number, isGradsBatched: boolean): void {
  const shape = isGradsBatched ? grad.shape.slice(1) : grad.shape;
  if (String([...shape]) !== String([...root.shape])) {
    if (isGradsBatched && isGradientEdge(output)) {
      throw new RuntimeError("Batched grads are not supported with GradientEdge");
    }
    const mismatch = `grad_output[${i}] has a shape of ${sizeText(shape)} and output[${i}] has a shape of ${sizeText(root.shape)}.`;
    throw new RuntimeError(
      isGradsBatched
        ? `If \`is_grads_batched=True\`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: ${mismatch} If you only want some tensors in \`grad_output\` to be considered batched, consider using vmap.`
        : `Mismatch in shape: ${mismatch}`,
    );
  }
  if (root.dtype.is_complex !== grad.dtype.is_complex) {
    throw new RuntimeError(
      `For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[${i}] has a dtype of ${grad.dtype} and output[${i}] has a dtype of ${root.dtype}.`,
    );
  }
}

/** The gradient to begin with for each output: the one given, checked, or ones for a single element. */
function makeGrads(
  outputs: readonly Edge[],
  grads: readonly (Tensor | null)[],
  isGradsBatched: boolean,
): (Tensor | null)[] {
  return outputs.slice(0, grads.length).map((output, i) => {
    const root = rootOf(output);
    const grad = grads[i] ?? null;
    if (grad instanceof TensorBase) {
      checkGrad(output, root, grad, i, isGradsBatched);
      return grad;
    }
    if (grad !== null) throw new TypeError(`gradients can be either Tensors or None, but got ${typeName(grad)}`);
    if (!isGradientEdge(output) && !output.requires_grad) return null;
    if (root.shape.some((size) => size !== 1)) {
      throw new RuntimeError("grad can be implicitly created only for scalar outputs");
    }
    if (!root.dtype.is_floating_point) {
      throw new RuntimeError(`grad can be implicitly created only for real scalar outputs but got ${root.dtype}`);
    }
    return root.ones();
  });
}

/** torch/csrc/autograd/python_engine.cpp, THPEngine_run_backward(): what it refuses before it begins. */
function checkRun(outputs: readonly Edge[], grads: readonly (Tensor | null)[], inputs: readonly Edge[]): void {
  if (outputs.length !== grads.length) {
    throw new RuntimeError(`got ${outputs.length} tensors and ${grads.length} gradients`);
  }
  for (const [i, output] of outputs.entries()) {
    if (!isGradientEdge(output) && !output.requires_grad) {
      throw new RuntimeError(`element ${i} of tensors does not require grad and does not have a grad_fn`);
    }
  }
  for (const input of inputs) {
    if (isGradientEdge(input)) {
      checkEdge(input);
    } else if (!(input instanceof TensorBase)) {
      throw new RuntimeError(`all inputs have to be Tensors or GradientEdges, but got ${typeName(input)}`);
    }
  }
}

/**
 * Computes the gradients of tensors with respect to the graph's leaves, and adds them to the leaves' `grad`.
 *
 * `backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None,
 * inputs=None) -> None`
 *
 * Throws RuntimeError when a tensor needs a gradient to begin with and none is given, or has no graph.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.backward.html}
 */
export const backward = def(
  "backward",
  ["tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs"],
  (
    tensors: Edges,
    grad_tensors: Gradients = null,
    retain_graph: boolean | null = null,
    create_graph = false,
    grad_variables: Gradients = null,
    inputs: Inputs | null = null,
  ): void => {
    if (grad_variables !== null) {
      process.emitWarning("`grad_variables` is deprecated. Use `grad_tensors` instead.", "FutureWarning");
      if (grad_tensors !== null) {
        throw new RuntimeError(
          "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.",
        );
      }
    }
    const targets = inputs === null ? [] : toTuple<Edge>(inputs);
    if (inputs !== null && targets.length === 0)
      throw new RuntimeError("`inputs` argument to `backward()` cannot be empty.");
    const outputs = toTuple<Edge>(tensors);
    const grads = makeGrads(outputs, gradsOf(grad_tensors ?? grad_variables, outputs.length), false);
    checkRun(outputs, grads, targets);
    followAsync();
    const args: Parameters<typeof native.backward> = [
      outputs.map(edgeHandle),
      toHandles(grads),
      retain_graph ?? create_graph,
      create_graph,
      targets.map(edgeHandle),
    ];
    if (deferral) deferral.take(() => native.submitBackward(...args));
    else native.backward(...args);
  },
);

/**
 * The gradients of outputs with respect to inputs, as an array in the order of the inputs, or as a dict with its keys;
 * leaves are not changed.
 *
 * `grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None,
 * is_grads_batched=False, materialize_grads=False) -> tuple[Tensor, ...] | dict[str, Tensor]`
 *
 * With `is_grads_batched` the first dimension of each gradient in `grad_outputs` counts several, and that of each result
 * the results for them.
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
    outputs: Edges,
    inputs: Edges,
    grad_outputs: Gradients = null,
    retain_graph: boolean | null = null,
    create_graph = false,
    only_inputs = true,
    allow_unused: boolean | null = null,
    is_grads_batched = false,
    materialize_grads = false,
  ): Tensor[] => {
    if (materialize_grads && allow_unused === false) {
      throw new ValueError(
        "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.",
      );
    }
    const from = toTuple<Edge>(outputs);
    const to = toTuple<Edge>(inputs);
    if (to.length === 0) throw new RuntimeError("`inputs` argument to `grad()` cannot be empty.");
    if (!only_inputs) {
      process.emitWarning(
        "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use torch.autograd.backward.",
        "FutureWarning",
      );
    }
    const grads = makeGrads(from, gradsOf(grad_outputs, from.length), is_grads_batched);
    checkRun(from, grads, to);
    if (!to.every((input) => isGradientEdge(input) || input.requires_grad)) {
      throw new RuntimeError("One of the differentiated Tensors does not require grad");
    }
    followAsync();
    const vjp = (...gradients: (Tensor | null)[]): (Tensor | null)[] => {
      const args: Parameters<typeof native.grad> = [
        from.map(edgeHandle),
        to.map(edgeHandle),
        toHandles(gradients),
        (retain_graph as boolean | null) ?? create_graph,
        create_graph,
      ];
      const handles = deferral ? (deferral.take(() => native.submitGrad(...args)) as Handles) : native.grad(...args);
      return handles.map((handle) => handle && wrap(handle));
    };
    const found = is_grads_batched
      ? _vmap(vjp, { allow_none_pass_through: true })(...(grads as Tensor[]))
      : vjp(...grads);
    const results = found.map((gradient, i) => {
      if (gradient !== null) return gradient;
      const input = to[i];
      if (materialize_grads && isGradientEdge(input)) {
        throw new RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge");
      }
      if (materialize_grads) return torch.zeros_like(input as Tensor, { requires_grad: create_graph });
      if (allow_unused) return null as unknown as Tensor;
      throw new RuntimeError(
        `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`,
      );
    });
    if (!isPlainObject(inputs)) return results;
    return Object.fromEntries(Object.keys(inputs).map((key, i) => [key, results[i]])) as unknown as Tensor[];
  },
);
