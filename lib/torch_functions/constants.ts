// The constants of torch/__init__.py

import { native } from "../binding.js";

export { contiguous_format as legacy_contiguous_format } from "../layout.js";

/** Euler's number. */
export const e = Math.E;

/** Infinity, a Python float. */
export const inf = Number.POSITIVE_INFINITY;

/** Not a number. */
export const nan = Number.NaN;

export const pi = Math.PI;

/** Inserts a dimension of size one where it stands in a key: `x.index("...", torch.newaxis)`. */
export const newaxis = null;

/** libtorch is built with Intel's MKL or another LAPACK, OpenMP and fast Fourier transforms. */
export const has_lapack = true;
export const has_mkl: boolean = native.getSetting("has_mkl") as boolean;
export const has_openmp = true;
export const has_spectral = true;
