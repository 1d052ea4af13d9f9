// Places in the graph.

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { type EdgeHandle, native } from "../../binding.js";
import { AssertionError, RuntimeError } from "../../errors.js";
import { namedTupleClass } from "../../named_tuple.js";
import { isInt } from "../../python/float.js";
import { typeName } from "../../python/objects.js";
import { handleOf } from "../../tensor_base.js";
import { Node, nodeHandle } from "./node.js";

/** The place in the graph where a tensor's gradient flows: a node, and the number of its input. */
export interface GradientEdge extends ReadonlyArray<unknown> {
  readonly node: Node;
  readonly output_nr: number;
  readonly ownership_token: Node | null;
}

const GradientEdgeClass = namedTupleClass("GradientEdge", ["node", "output_nr", "ownership_token"], "typing");

/** A GradientEdge of its parts. */
export const GradientEdge = def(
  "GradientEdge.__new__",
  ["node", "output_nr", "ownership_token"],
  (node: Node, output_nr: number, ownership_token: Node | null = null): GradientEdge =>
    new GradientEdgeClass(node, output_nr, ownership_token) as unknown as GradientEdge,
);

/** @internal */
export const isGradientEdge = (value: unknown): value is GradientEdge => value instanceof GradientEdgeClass;

/** @internal Throws RuntimeError or TypeError for an edge of other things than a node and a number. */
export function checkEdge({ node, output_nr }: GradientEdge): void {
  if (!(node instanceof Node)) {
    throw new RuntimeError(`GradientEdge's first object must be an autograd.graph.Node but got ${typeName(node)}`);
  }
  if (!isInt(output_nr)) throw new TypeError(`'${typeName(output_nr)}' object cannot be interpreted as an integer`);
}

/** @internal */
export function edgeHandle(edge: Tensor | GradientEdge): EdgeHandle {
  if (!isGradientEdge(edge)) return handleOf(edge);
  checkEdge(edge);
  return [nodeHandle(edge.node), edge.output_nr];
}

/** @internal Where a tensor's gradient flows. */
export function edgeOf(tensor: Tensor): [Node, number] {
  const [node, input] = native.gradientEdge(handleOf(tensor));
  if (node === null) throw new AssertionError("Expected gradient function to be set");
  return [new Node(node), input];
}
