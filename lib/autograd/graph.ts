// torch/autograd/graph.py: the nodes of the graph.

import { inspect } from "node:util";
import type { Tensor } from "../_tensor.js";
import { type Handles, type NodeHandle, native } from "../binding.js";
import { handleOf, wrap } from "../tensor_base.js";
import { RemovableHandle } from "../utils/hooks.js";

type Gradients = (Tensor | null)[];
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
type Replacement = Tensor | readonly (Tensor | null)[] | null | undefined | void;

/** @internal Handles as tensors. */
export const toTensors = (handles: Handles): Gradients => handles.map((handle) => handle && wrap(handle));

/** @internal Tensors as handles. */
export const toHandles = (tensors: readonly (Tensor | null | undefined)[]): Handles =>
  tensors.map((tensor) => (tensor ? handleOf(tensor) : null));

function replaced(result: Replacement): Handles | null {
  if (result === undefined || result === null) return null;
  return toHandles(Array.isArray(result) ? result : [result as Tensor]);
}

// Apart from the methods that register it, so that it does not share their closure, which refers to the registration.
// The node keeps what it was given for as long as it lives: taken away, the hook is gone from there all the same.
function hookCallback<G extends Gradients[]>(hook: (...gradients: G) => Replacement) {
  const registered: { hook: typeof hook | null } = { hook };
  return {
    call: (...handles: Handles[]): Handles | null =>
      registered.hook ? replaced(registered.hook(...(handles.map(toTensors) as G))) : null,
    removable: new RemovableHandle(() => {
      registered.hook = null;
    }),
  };
}

/** A node of the graph that autograd recorded: what `tensor.grad_fn` is. */
export class Node {
  #handle: NodeHandle;

  /** @internal */
  constructor(handle: NodeHandle) {
    this.#handle = handle;
  }

  /** The node's name, such as "AddBackward0". */
  name(): string {
    return native.nodeName(this.#handle);
  }

  /** The nodes that the gradient flows on to, each with the number of its input; null where it ends. */
  get next_functions(): [Node | null, number][] {
    return native.nodeNextFunctions(this.#handle).map(([node, input]) => [node && new Node(node), input]);
  }

  /**
   * Calls a function with the gradients that the node computed and those that it was given; what it returns replaces the
   * former.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.graph.Node.register_hook.html}
   */
  register_hook(hook: (grad_inputs: Gradients, grad_outputs: Gradients) => Replacement): RemovableHandle {
    const { call, removable } = hookCallback(hook);
    native.registerNodeHook(this.#handle, call);
    return removable;
  }

  /**
   * Calls a function with the gradients that the node is given; what it returns replaces them.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.graph.Node.register_prehook.html}
   */
  register_prehook(hook: (grad_outputs: Gradients) => Replacement): RemovableHandle {
    const { call, removable } = hookCallback(hook);
    native.registerNodePrehook(this.#handle, call);
    return removable;
  }

  /** Whether both are the same node of the graph. */
  equals(other: Node): boolean {
    return native.nodeId(this.#handle) === native.nodeId(other.#handle);
  }

  toString(): string {
    return `<${this.name()} object at 0x${native.nodeId(this.#handle).toString(16)}>`;
  }

  __repr__(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
