// The nodes of the graph that autograd recorded.

import { inspect } from "node:util";
import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { type Handles, type NodeHandle, native } from "../../binding.js";
import { type device, deviceOf } from "../../device.js";
import { dtype } from "../../dtype.js";
import { wrap } from "../../tensor_base.js";
import { RemovableHandle } from "../../utils/_removable_handle.js";
import { toHandles, toTensors } from "./handles.js";

type Gradients = (Tensor | null)[];
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
type Replacement = Tensor | readonly (Tensor | null)[] | null | undefined | void;

/** What a node knows of a gradient that it is given. */
export interface InputMetadata {
  readonly shape: number[];
  readonly dtype: dtype;
  readonly device: device;
  readonly is_nested_tensor: boolean;
}

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

let read: (node: Node) => NodeHandle;

/** @internal The native handle of a node. */
export const nodeHandle = (node: Node): NodeHandle => read(node);

/** A node of the graph that autograd recorded: what `tensor.grad_fn` is. */
export class Node {
  #handle: NodeHandle;

  /** @internal */
  constructor(handle: NodeHandle) {
    this.#handle = handle;
  }

  static {
    read = (node) => node.#handle;
  }

  /** The node's name, such as "AddBackward0". */
  name(): string {
    return native.nodeName(this.#handle);
  }

  /** The nodes that the gradient flows on to, each with the number of its input; null where it ends. */
  get next_functions(): [Node | null, number][] {
    return native.nodeNextFunctions(this.#handle).map(([node, input]) => [node && new Node(node), input]);
  }

  /** An object of the node's own for a user's fields. */
  get metadata(): Record<string, unknown> {
    return native.nodeMetadata(this.#handle);
  }

  /** A number that grows with every node that a thread makes. */
  _sequence_nr(): number {
    return native.nodeSequenceNr(this.#handle);
  }

  /** What the node knows of the gradients that it is given. */
  get _input_metadata(): InputMetadata[] {
    return native.nodeInputMetadata(this.#handle).map(([shape, type, device, is_nested_tensor]) => ({
      shape,
      dtype: dtype.of(type),
      device: deviceOf(device),
      is_nested_tensor,
    }));
  }

  /** The leaf whose gradient the node accumulates; undefined for a node that does something else. */
  get variable(): Tensor | undefined {
    const variable = native.nodeVariable(this.#handle);
    return variable === null ? undefined : wrap(variable);
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
    return `<${this.name().replace("torch::autograd::", "")} object at 0x${native.nodeId(this.#handle).toString(16)}>`;
  }

  __repr__(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

takeKeywords("Node", Node.prototype, { name: [], register_hook: ["fn"], register_prehook: ["fn"] });
