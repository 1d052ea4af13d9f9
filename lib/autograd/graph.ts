// torch/autograd/graph.py: the graph that autograd recorded, and what it saves.

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { AssertionError, RuntimeError, ValueError } from "../errors.js";
import type { Entered } from "../modes.js";
import { typeName } from "../python/objects.js";
import { repr } from "../python/repr.js";
import { handleOf, TensorBase } from "../tensor_base.js";
import { RemovableHandle } from "../utils/_removable_handle.js";
import { edgeOf, GradientEdge } from "./graph/edge.js";
import { Node, nodeHandle } from "./graph/node.js";

export { allow_mutation_on_saved_tensors } from "./graph/allow_mutation.js";
export { GradientEdge } from "./graph/edge.js";
export type { InputMetadata } from "./graph/node.js";
export { Node } from "./graph/node.js";
export { disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks } from "./graph/saved_tensors_hooks.js";

/**
 * The place in the graph where a tensor's gradient flows.
 *
 * Throws RuntimeError for a tensor that does not require grad.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.get_gradient_edge}
 */
export const get_gradient_edge = def("get_gradient_edge", ["tensor"], (tensor: Tensor): GradientEdge => {
  if (!tensor.requires_grad) {
    throw new RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients");
  }
  return GradientEdge(...edgeOf(tensor));
});

/**
 * Tells autograd that tensors were changed in a way that it did not see.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.increment_version}
 */
export const increment_version = def("increment_version", ["tensor"], (tensor: Tensor | Iterable<Tensor>): void => {
  const tensors = tensor instanceof TensorBase ? [tensor as Tensor] : [...(tensor as Iterable<Tensor>)];
  for (const one of tensors) native.incrementVersion(handleOf(one));
});

/** Calls a function when the backward pass that runs has ended. */
export const queue_callback = def("queue_callback", ["callback"], (callback: () => void): void => {
  native.queueCallback(() => {
    callback();
    return null;
  });
});

/** The type of node_creation_hook(). */
export interface NodeCreationHook {
  <T>(hook: (node: Node) => void, body: () => T): T;
  (hook: (node: Node) => void): Entered;
}

/**
 * A mode in which a function is called with each node of the graph that is made, once the node is complete; to make another
 * node in it throws RuntimeError. Several such functions are called from the outermost to the innermost.
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.node_creation_hook}
 */
export const node_creation_hook: NodeCreationHook = mode(
  "autograd.graph.node_creation_hook",
  ["hook"],
  (hook: (node: Node) => void) => () => {
    native.pushNodeCreationHook((node) => {
      hook(new Node(node));
    });
    return native.popNodeCreationHook;
  },
  { called: "node_creation_hook.__init__" },
);

/**
 * For torch.compile alone: throws RuntimeError, TypeError for what is no number, and ValueError for one that is not in
 * [0, 1].
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.region_activation_memory_budget}
 */
export const region_activation_memory_budget = def(
  "region_activation_memory_budget",
  ["budget"],
  (budget: number): never => {
    const name = "torch.autograd.graph.region_activation_memory_budget";
    if (typeof budget !== "number") throw new TypeError(`${name}: expects a float, got ${typeName(budget)}`);
    if (!(budget >= 0 && budget <= 1)) throw new ValueError(`${name}: must be in [0, 1], got ${repr(budget)}`);
    throw new RuntimeError(`${name} can only be used inside a torch.compile region; it has no effect in eager mode.`);
  },
);

/** Sets whether backward() warns where a leaf's gradient is accumulated on another stream than the one it was computed on. */
export const set_warn_on_accumulate_grad_stream_mismatch = def(
  "set_warn_on_accumulate_grad_stream_mismatch",
  ["enabled"],
  (enabled: boolean): void => native.setSetting("warn_on_accumulate_grad_stream_mismatch", enabled),
);

/**
 * Sets whether backward(), while a CUDA graph is captured, moves nodes that belong to a stream outside of the capture into
 * it; otherwise a node of the default stream is an error.
 */
export const set_override_stale_capture_stream = def(
  "set_override_stale_capture_stream",
  ["enabled"],
  (enabled: boolean): void => native.setSetting("override_stale_capture_stream", enabled),
);

function removable(handles: readonly RemovableHandle[]): RemovableHandle {
  return new RemovableHandle(() => {
    for (const handle of handles) handle.remove();
  });
}

function currentTask(): number {
  const id = native.graphTaskId();
  if (id === -1) throw new AssertionError("expected this hook to be called inside a backward call");
  return id;
}

interface Gathered {
  calls: number;
  expected: number;
  grads: (Tensor | null)[];
}

// The nodes are asked for anew in each pass: kept by a hook, a leaf's node would keep the leaf for ever.
function gatherAll(count: number, nodes: () => Node[], fn: (grads: (Tensor | null)[]) => void) {
  const tasks = new Map<number, Gathered>();
  return (index: number) => (grad: Tensor) => {
    const id = currentTask();
    let task = tasks.get(id);
    if (!task) {
      const expected = nodes().filter((node) => native.willExecute(nodeHandle(node))).length;
      task = { calls: 0, expected, grads: new Array(count).fill(null) };
      tasks.set(id, task);
    }
    task.grads[index] = grad;
    if (++task.calls < task.expected) return;
    tasks.delete(id);
    fn(task.grads);
  };
}

type MultiGradHook = ((grads: (Tensor | null)[]) => void) | ((grad: Tensor) => void);

/**
 * Calls a function once in each backward pass: with the gradients of all of these tensors when the last is there
 * ("all"), or with the first gradient that is there ("any").
 *
 * {@link https://docs.pytorch.org/docs/2.15/autograd.html#torch.autograd.graph.register_multi_grad_hook}
 */
export const register_multi_grad_hook = def(
  "register_multi_grad_hook",
  ["tensors", "fn", "*", "mode"],
  (tensors: readonly Tensor[], fn: MultiGradHook, mode: "all" | "any" = "all"): RemovableHandle => {
    if (mode !== "all" && mode !== "any") {
      throw new ValueError(`Expects mode to be one of ('all', 'any') but got ${mode}`);
    }
    if (mode === "all") {
      const nodes = tensors.map((tensor) => edgeOf(tensor)[0]);
      const hook = gatherAll(tensors.length, () => nodes, fn as (grads: (Tensor | null)[]) => void);
      return removable(tensors.map((tensor, i) => tensor.register_hook(hook(i))));
    }
    let last = -1;
    const first = (grad: Tensor) => {
      const id = currentTask();
      if (id === last) return;
      last = id;
      (fn as (grad: Tensor) => void)(grad);
    };
    return removable(tensors.filter((tensor) => tensor.requires_grad).map((tensor) => tensor.register_hook(first)));
  },
);
