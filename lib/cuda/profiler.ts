// torch/cuda/profiler.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import type { Entered } from "../modes.js";
import { check_error, cudart } from "./cudart.js";

/** Lets NVIDIA's tools collect from now on. */
export const start = def("start", [], (): void => check_error(cudart().cudaProfilerStart()));

/** Lets NVIDIA's tools collect no longer. */
export const stop = def("stop", [], (): void => check_error(cudart().cudaProfilerStop()));

/** Lets NVIDIA's tools collect while a function runs, or until the end of a `using` block. */
export const profile: { <T>(body: () => T): T; (): Entered } = mode("cuda.profiler.profile", [], () => () => {
  start();
  return stop;
});
