// torch/cuda/nvtx.py: marks and ranges that NVIDIA's tools show

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import type { Entered } from "../modes.js";
import { isCompiled } from "./_utils.js";

/** What NVTX returns where no tool follows the ranges. */
const NO_PUSH_POP_TRACKING = -2;

const isTracked = (): boolean => Boolean(process.env.NVTX_INJECTION64_PATH);

let depth = 0;

function required(): void {
  if (isCompiled()) return;
  throw new RuntimeError("NVTX functions not installed. Are you sure you have a CUDA build?");
}

/**
 * Begins a range within the one that is open, and returns how many are around it; -2 where no tool follows.
 *
 * `range_push(msg)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.nvtx.range_push.html}
 */
export const range_push = def("range_push", ["msg"], (msg: string): number => {
  required();
  native.nvtx("push", msg);
  return isTracked() ? depth++ : NO_PUSH_POP_TRACKING;
});

/**
 * Ends the innermost range, and returns how many are around it; -2 where no tool follows.
 *
 * `range_pop()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.nvtx.range_pop.html}
 */
export const range_pop = def("range_pop", [], (): number => {
  required();
  native.nvtx("pop");
  return isTracked() ? --depth : NO_PUSH_POP_TRACKING;
});

/**
 * Sets a mark.
 *
 * `mark(msg)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.nvtx.mark.html}
 */
export const mark = def("mark", ["msg"], (msg: string): void => {
  required();
  native.nvtx("mark", msg);
});

/**
 * A range around a function, or until the end of a `using` block.
 *
 * `range(msg, *args, **kwargs)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.nvtx.range.html}
 */
export const range: { <T>(msg: string, body: () => T): T; (msg: string): Entered } = mode(
  "cuda.nvtx.range",
  ["msg"],
  (msg: string) => () => {
    range_push(msg);
    return () => void range_pop();
  },
);
