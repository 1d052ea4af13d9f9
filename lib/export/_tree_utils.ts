// torch/export/_tree_utils.py: the arguments of a call in the order of a program's inputs.

import type { TreeSpec } from "../_export/serde/treespec.js";
import { isPlainObject } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import { repr } from "../python/repr.js";
import { tree_structure } from "../utils/_pytree.js";

/**
 * The leaves of a call's arguments, keyword arguments as the last object.
 *
 * Throws ValueError for arguments of another structure than the spec's.
 */
export function flattenInputs(in_spec: TreeSpec, given: readonly unknown[]): unknown[] {
  const [argsSpec, kwargsSpec] = in_spec.children;
  const args = [...given];
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  const hasKeywords = args.length > argsSpec.children.length && isPlainObject(args.at(-1));
  const keywords = hasKeywords ? (args.pop() as Record<string, unknown>) : {};
  const kwargs = Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
  const names = Object.keys(kwargs);
  if (names.length !== kwargsSpec.keys.length || !names.every((name) => kwargsSpec.keys.includes(name))) {
    throw new ValueError(
      `Ran into a kwarg keyword mismatch: Got the following keywords ${repr(names)} but expected ${repr(kwargsSpec.keys)}`,
    );
  }
  const leaves: unknown[] = [];
  if (in_spec.flattenInto([args, kwargs], leaves)) return leaves;
  throw new ValueError(
    `Trying to flatten user inputs with exported input tree spec: \n${in_spec}\nbut actually got inputs with tree spec of: \n${tree_structure([args, kwargs])}.\nPlease check that the inputs have the same number and type of args and kwargs as the ones you used when tracing.`,
  );
}
