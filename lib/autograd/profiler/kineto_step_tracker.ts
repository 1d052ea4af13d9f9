// torch/autograd/profiler.py: KinetoStepTracker

import { native } from "../../binding.js";
import { str } from "../../python/repr.js";
import { warn } from "../../warnings.js";

let current_step = 0;
const step_dict = new Map<string, number>();

function init_step_count(requester: string): void {
  step_dict.set(requester, current_step);
}

/** Counts steps for several requesters; the largest count is that of the process, and libtorch is told when it grows. */
export const KinetoStepTracker = {
  /** Begins to count for a requester. */
  init_step_count,

  /** Ends to count for a requester; whether it was counted. */
  erase_step_count: (requester: string): boolean => step_dict.delete(requester),

  /** Counts a step of a requester, and returns the count of the process. */
  increment_step(requester: string): number {
    if (!step_dict.has(requester)) init_step_count(requester);
    step_dict.set(requester, (step_dict.get(requester) ?? 0) + 1);
    const new_step = Math.max(...step_dict.values());
    const delta = new_step - current_step;
    if (delta > 1) {
      warn(
        `Profiler step count has increased more than 1 - current_step = ${current_step} step dict =  defaultdict(<class 'int'>, ${str(step_dict)})`,
      );
    }
    for (let i = 0; i < delta; i++) native.profilerStep();
    current_step = Math.max(current_step, new_step);
    return current_step;
  },

  /** The count of the process. */
  current_step: (): number => current_step,
};
