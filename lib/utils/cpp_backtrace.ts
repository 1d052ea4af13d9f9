// torch/utils/cpp_backtrace.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { ValueError } from "../errors.js";

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new ValueError(`${name} should be a non-negative integer, but got ${value}`);
}

/** The text of this thread's C++ stack. Throws ValueError for a negative number. */
export const get_cpp_backtrace = def(
  "get_cpp_backtrace",
  ["frames_to_skip", "maximum_number_of_frames"],
  (frames_to_skip = 0, maximum_number_of_frames = 64): string => {
    checkCount("frames_to_skip", frames_to_skip);
    checkCount("maximum_number_of_frames", maximum_number_of_frames);
    return native.cppBacktrace(frames_to_skip, maximum_number_of_frames);
  },
);
