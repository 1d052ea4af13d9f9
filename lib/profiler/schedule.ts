// torch/profiler/profiler.py: which steps are recorded

import { def, missingError } from "../arguments/function.js";
import { AssertionError } from "../errors.js";
import { enumeration, type Member } from "../python/enum.js";
import { warn } from "../warnings.js";

/**
 * What a profiler does in a step. A schedule returns one of the first four; DEVICE_STOPPED is the profiler's own.
 *
 * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler.ProfilerAction}
 */
export const ProfilerAction = enumeration("ProfilerAction", {
  NONE: 0,
  WARMUP: 1,
  RECORD: 2,
  RECORD_AND_SAVE: 3,
  DEVICE_STOPPED: 4,
});
export type ProfilerAction = Member;

/** Tells for each step what a profiler does. */
export type Schedule = (step: number) => ProfilerAction;

/**
 * A schedule for `profile`: after `skip_first` steps it waits, warms up and records, each for so many steps, and does that
 * `repeat` times, or for ever. With `skip_first_wait` the first wait is left out.
 *
 * `schedule(*, wait, warmup, active, repeat=0, skip_first=0, skip_first_wait=0) -> Callable`
 *
 * {@link https://docs.pytorch.org/docs/2.15/profiler.html#torch.profiler.schedule}
 */
export const schedule = def(
  "schedule",
  ["*", "wait", "warmup", "active", "repeat", "skip_first", "skip_first_wait"],
  (wait: number, warmup: number, active: number, repeat = 0, skip_first = 0, skip_first_wait = 0): Schedule => {
    const missing = Object.entries({ wait, warmup, active }).filter(([, value]) => value === undefined);
    if (missing.length > 0) {
      throw missingError(
        "schedule",
        "keyword-only",
        missing.map(([name]) => name),
      );
    }
    if (wait < 0 || warmup < 0 || active <= 0 || repeat < 0 || skip_first < 0) {
      throw new AssertionError(
        `Invalid profiler schedule arguments. Got wait=${wait} (need >= 0), warmup=${warmup} (need >= 0), active=${active} (need > 0), repeat=${repeat} (need >= 0), skip_first=${skip_first} (need >= 0).`,
      );
    }
    if (warmup === 0) warn("Profiler won't be using warmup, this can skew profiler results");
    const num_steps = wait + warmup + active;
    return (number) => {
      if (number < 0) throw new AssertionError(`Step must be non-negative. Got ${number}.`);
      if (number < skip_first) return ProfilerAction.NONE;
      const step = number - skip_first + (skip_first_wait !== 0 ? wait : 0);
      if (repeat > 0 && step / num_steps >= repeat) return ProfilerAction.NONE;
      const mod_step = step % num_steps;
      if (mod_step < wait) return ProfilerAction.NONE;
      if (mod_step < wait + warmup) return ProfilerAction.WARMUP;
      return mod_step < num_steps - 1 ? ProfilerAction.RECORD : ProfilerAction.RECORD_AND_SAVE;
    };
  },
);
