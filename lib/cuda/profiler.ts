// torch/cuda/profiler.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import type { Entered } from "../modes.js";
import { check_error, cudart } from "./cudart.js";

/**
 * Lets NVIDIA's tools collect from now on.
 *
 * `start()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.html#torch.cuda.profiler.start}
 */
export const start = def("start", [], (): void => check_error(cudart().cudaProfilerStart()));

/**
 * Lets NVIDIA's tools collect no longer.
 *
 * `stop()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.html#torch.cuda.profiler.stop}
 */
export const stop = def("stop", [], (): void => check_error(cudart().cudaProfilerStop()));

/**
 * Lets NVIDIA's tools collect while a function runs, or until the end of a `using` block.
 *
 * `profile()`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.html#torch.cuda.profiler.profile}
 */
export const profile: { <T>(body: () => T): T; (): Entered } = mode("cuda.profiler.profile", [], () => () => {
  start();
  return stop;
});
