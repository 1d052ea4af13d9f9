// make_graphed_callables() of torch/cuda/graphs.py

import type { Tensor } from "../_tensor.js";
import { is_autocast_cache_enabled, is_autocast_enabled } from "../amp/autocast_mode.js";
import { def } from "../arguments/function.js";
import { Function, type FunctionCtx, once_differentiable } from "../autograd/function.js";
import { grad } from "../autograd/index.js";
import { native } from "../binding.js";
import { AssertionError, NotImplementedError, RuntimeError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { Module } from "../nn/modules/module.js";
import { TensorBase } from "../tensor_base.js";
import { tree_flatten, tree_leaves, tree_unflatten } from "../utils/_pytree.js";
import { currentIndex } from "./_utils.js";
import { CUDAGraph, type GraphPool, graph, graph_pool_handle, poolId, prepareCapture } from "./graphs.js";
import { withStream } from "./stream_context.js";
import { Stream } from "./streams.js";

// biome-ignore lint/suspicious/noExplicitAny: what callables take and give is the user's
type Any = any;
type GraphedCallable = (...args: Any[]) => Any;

/** One callable with all that its two graphs read and write. */
interface Captured {
  readonly forward: CUDAGraph;
  readonly backward: CUDAGraph;
  readonly argumentCount: number;
  /** The tensors that the graphs read: the arguments, then the parameters. */
  readonly inputs: readonly Tensor[];
  readonly params: readonly Tensor[];
  outputs: readonly Tensor[];
  spec: ReturnType<typeof tree_flatten>[1] | null;
  gradOutputs: readonly (Tensor | null)[];
  gradInputs: readonly (Tensor | null)[];
}

function check(func: GraphedCallable, leaves: readonly unknown[]): void {
  if (func instanceof Module) {
    const module = func as unknown as { _backward_hooks: object; _forward_hooks: object; _forward_pre_hooks: object };
    const hooks = [module._backward_hooks, module._forward_hooks, module._forward_pre_hooks];
    if (hooks.some((registered) => registered instanceof Map && registered.size > 0)) {
      throw new AssertionError(
        "Modules must not have hooks registered at the time they are passed. However, registering hooks on modules after passing them through make_graphed_callables is allowed.",
      );
    }
    if ([...(func as Module).buffers()].some((buffer) => buffer.requires_grad)) {
      throw new AssertionError(
        "In any :class:`~torch.nn.Module` passed to :func:`~make_graphed_callables`, only parameters may be trainable. All buffers must have ``requires_grad=False``.",
      );
    }
  }
  if (leaves.some((leaf) => !(leaf instanceof TensorBase))) {
    throw new AssertionError(
      "In the beta API, sample_args for each callable must contain only Tensors. Other types are not allowed.",
    );
  }
}

const trainable = (tensors: readonly Tensor[]): Tensor[] => tensors.filter((tensor) => tensor.requires_grad);

function gradients(one: Captured, gradOutputs: readonly Tensor[], allow_unused: boolean): readonly (Tensor | null)[] {
  const found = grad({
    outputs: trainable(one.outputs),
    inputs: trainable(one.inputs),
    grad_outputs: [...gradOutputs],
    allow_unused,
  } as Any) as readonly (Tensor | null)[];
  let next = 0;
  return one.inputs.map((input) => (input.requires_grad ? found[next++] : null));
}

function copyInto(target: Tensor, source: Tensor): void {
  if (target.data_ptr() !== source.data_ptr()) target.copy_(source);
}

function graphed(one: Captured): GraphedCallable {
  class Graphed extends Function {
    static override forward(_ctx: FunctionCtx, ...inputs: Tensor[]): Tensor[] {
      for (let i = 0; i < one.argumentCount; i++) copyInto(one.inputs[i], inputs[i]);
      one.forward.replay();
      return one.outputs.map((output) => output.detach());
    }

    static override backward = once_differentiable((_ctx: FunctionCtx, ...grads: Tensor[]) => {
      for (const [i, target] of one.gradOutputs.entries()) if (target) copyInto(target, grads[i]);
      one.backward.replay();
      return one.gradInputs.map((gradient) => gradient?.detach() ?? null);
    });
  }
  return (...args) => {
    const result = Graphed.apply(...tree_leaves(args), ...one.params);
    return tree_unflatten(Array.isArray(result) ? result : [result], one.spec as Any);
  };
}

/**
 * Versions of functions or modules that run as graphs, forward and backward, for arguments like the samples.
 *
 * `make_graphed_callables(callables, sample_args, num_warmup_iters=3, allow_unused_input=False, pool=None,
 * capture_error_mode='global', enable_annotations=False) -> _ModuleOrCallable | tuple[_ModuleOrCallable, ...]`
 *
 * A module keeps its forward() for the other mode than the one, training or not, that it is in. Throws AssertionError for
 * samples that are no tensors, and for modules with hooks or with buffers that require gradients.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.make_graphed_callables.html}
 */
export const make_graphed_callables = def(
  "make_graphed_callables",
  [
    "callables",
    "sample_args",
    "num_warmup_iters",
    "allow_unused_input",
    "pool",
    "capture_error_mode",
    "enable_annotations",
  ],
  (
    callables: Any,
    sample_args: readonly Any[],
    num_warmup_iters = 3,
    allow_unused_input = false,
    pool: GraphPool | null = null,
    capture_error_mode = "global",
    enable_annotations = false,
  ): Any => {
    if (enable_annotations) {
      throw new NotImplementedError("annotations of kernels are read through Python's package cuda-bindings");
    }
    if (is_autocast_enabled() && is_autocast_cache_enabled()) {
      throw new RuntimeError(
        "make_graphed_callables does not support the autocast caching. Please set `cache_enabled=False`.",
      );
    }
    const functions: GraphedCallable[] = Array.isArray(callables) ? callables : [callables];
    const samples: Any[][] = (Array.isArray(callables) ? sample_args : [sample_args]) as Any[][];
    const leaves = functions.map((func, i) => {
      const flat = tree_leaves(samples[i]);
      check(func, flat);
      return flat as Tensor[];
    });
    prepareCapture();
    const all: Captured[] = functions.map((func, i) => {
      const params = func instanceof Module ? [...(func as Module).parameters()] : [];
      return {
        forward: new CUDAGraph(),
        backward: new CUDAGraph(),
        argumentCount: leaves[i].length,
        inputs: [...leaves[i], ...params],
        params,
        outputs: [],
        spec: null,
        gradOutputs: [],
        gradInputs: [],
      };
    });
    const options = {
      pool: pool === null ? graph_pool_handle() : poolId(pool),
      stream: new Stream(),
      capture_error_mode,
    };
    native.synchronize(currentIndex());
    withStream(options.stream, () => {
      for (const [i, one] of all.entries()) {
        for (let k = 0; k < num_warmup_iters; k++) {
          one.outputs = tree_leaves(functions[i](...samples[i])) as Tensor[];
          const outputs = trainable(one.outputs);
          if (outputs.length)
            gradients(
              one,
              outputs.map((output) => torch.empty_like(output)),
              allow_unused_input,
            );
        }
        one.outputs = [];
      }
    });
    native.synchronize(currentIndex());
    for (const [i, one] of all.entries()) {
      const result = graph(one.forward, options, () => functions[i](...samples[i]));
      const [outputs, spec] = tree_flatten(result);
      one.outputs = outputs as Tensor[];
      one.spec = spec;
    }
    for (const one of all.toReversed()) {
      one.gradOutputs = one.outputs.map((output) => (output.requires_grad ? torch.empty_like(output) : null));
      const given = one.gradOutputs.filter((gradient) => gradient !== null);
      one.gradInputs = given.length
        ? graph(one.backward, options, () => gradients(one, given, allow_unused_input))
        : one.inputs.map(() => null);
    }
    const results = all.map((one, i) => {
      const func = functions[i];
      const run = graphed(one);
      if (!(func instanceof Module)) return run;
      const module = func as Module & { forward: GraphedCallable };
      const original = module.forward;
      const wasTraining = module.training;
      const forward = function (this: Module, ...args: Any[]) {
        return this.training === wasTraining ? run(...args) : original.apply(this, args);
      };
      Object.defineProperty(module, "forward", { value: forward, writable: true, configurable: true });
      return module;
    });
    return Array.isArray(callables) ? results : results[0];
  },
);
