import { inspect } from "node:util";
import { type NodeHandle, native } from "../binding.js";

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
