// torch/backends/mkl/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import { verboseMode } from "./_flags.js";

/** Intel's library of linear algebra and Fourier transforms. */
export interface Mkl {
  readonly VERBOSE_OFF: 0;
  readonly VERBOSE_ON: 1;
  /** Whether libtorch has MKL. */
  is_available(): boolean;
  /** Lets MKL print what it calculates while a function runs, or until the end of a `using` block. */
  verbose<T>(enable: number, body: () => T): T;
  verbose(enable: number): Entered;
}

export const mkl: Mkl = {
  VERBOSE_OFF: 0,
  VERBOSE_ON: 1,
  is_available: def("is_available", [], () => native.getSetting("has_mkl") as boolean),
  verbose: verboseMode("mkl", "enable"),
};
