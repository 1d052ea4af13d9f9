// Several backward passes that share what they compute again.

import { type Mode, mode } from "../../arguments/mode.js";
import { RuntimeError } from "../../errors.js";

let current: object | null = null;

/** @internal The group that backward passes belong to at present. */
export const currentGroup = (): object | null => current;

function enterGroup(): () => void {
  if (current !== null) throw new RuntimeError("GraphExecGroup contexts cannot be nested. Already inside group");
  current = {};
  return () => {
    current = null;
  };
}

/**
 * A mode in which checkpoints without reentrance compute again at most once, however many backward passes need them; each
 * of what was saved may be needed by one pass alone.
 *
 * Throws RuntimeError inside of another such mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/checkpoint.html#torch.utils.checkpoint.GraphExecGroup}
 */
export const GraphExecGroup: Mode = mode("utils.checkpoint.GraphExecGroup", null, () => enterGroup);
