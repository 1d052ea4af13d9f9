// The choices between libraries of torch/backends/cuda/__init__.py, and the sizes of their workspaces

import { def } from "../../arguments/function.js";
import { native } from "../../binding.js";
import { requireFunction } from "../../cuda/_utils.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { isInt } from "../../python/float.js";
import { typeName } from "../../python/objects.js";

/** What calculates linear algebra on CUDA devices. */
export enum _LinalgBackend {
  Default = 0,
  Cusolver = 1,
  Magma = 2,
}

/** What calculates matrix products on CUDA devices. */
export enum _BlasBackend {
  Default = 0,
  Cublas = 1,
  Cublaslt = 2,
  Ck = 3,
}

/** What calculates FlashAttention with ROCm. */
export enum _ROCmFABackend {
  Default = 0,
  AOTriton = 1,
  Ck = 2,
}

const linalgBackends = new Map([
  ["default", _LinalgBackend.Default],
  ["cusolver", _LinalgBackend.Cusolver],
  ["magma", _LinalgBackend.Magma],
]);

const blasBackends = new Map([
  ["default", _BlasBackend.Default],
  ["cublas", _BlasBackend.Cublas],
  ["hipblas", _BlasBackend.Cublas],
  ["cublaslt", _BlasBackend.Cublaslt],
  ["hipblaslt", _BlasBackend.Cublaslt],
  ["ck", _BlasBackend.Ck],
]);

const rocmBackends = new Map([
  ["default", _ROCmFABackend.Default],
  ["aotriton", _ROCmFABackend.AOTriton],
  ["ck", _ROCmFABackend.Ck],
]);

/** What PyTorch says to a name, and to a value of another type, that stands for no library. */
interface Errors {
  readonly name: Error;
  readonly type: Error;
}

function errorsOf(what: string, names: ReadonlyMap<string, number>): Errors {
  const choose = `Choose from: ${[...names.keys()].join(", ")}.`;
  return { name: new RuntimeError(`${what}. ${choose}`), type: new ValueError(`${what}. ${choose}`) };
}

function resolve<T extends number>(names: ReadonlyMap<string, T>, backend: string | T, errors: () => Errors): T {
  if (typeof backend === "string") {
    const found = names.get(backend);
    if (found === undefined) throw errors().name;
    return found;
  }
  if (![...names.values()].includes(backend)) throw errors().type;
  return backend;
}

const unknownValue = (names: ReadonlyMap<string, number>) => (): Errors => ({
  name: errorsOf("Unknown input value", names).name,
  type: new RuntimeError("Unknown input value type."),
});

function choice<T extends number>(
  which: "linalg" | "blas" | "rocm_fa",
  names: ReadonlyMap<string, T>,
  backend: string | T | null,
  errors = unknownValue(names),
): T {
  return (
    backend === null ? native.backendChoice(which) : native.backendChoice(which, resolve(names, backend, errors))
  ) as T;
}

/**
 * The library that linear algebra on CUDA devices prefers; sets it where one is given: "default", "cusolver" or "magma".
 *
 * Throws RuntimeError for another one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html#torch.backends.cuda.preferred_linalg_library}
 */
export const preferred_linalg_library = def(
  "preferred_linalg_library",
  ["backend"],
  (backend: string | _LinalgBackend | null = null): _LinalgBackend => choice("linalg", linalgBackends, backend),
);

/**
 * The library that matrix products on CUDA devices prefer; sets it where one is given: "default", "cublas", "cublaslt"
 * or, with ROCm, "ck".
 *
 * Throws RuntimeError for another one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html#torch.backends.cuda.preferred_blas_library}
 */
export const preferred_blas_library = def(
  "preferred_blas_library",
  ["backend"],
  (backend: string | _BlasBackend | null = null): _BlasBackend => choice("blas", blasBackends, backend),
);

/**
 * The library that FlashAttention prefers with ROCm; sets it where one is given: "default", "aotriton" or "ck".
 *
 * Throws RuntimeError for another name, ValueError for what is no name.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html#torch.backends.cuda.preferred_rocm_fa_library}
 */
export const preferred_rocm_fa_library = def(
  "preferred_rocm_fa_library",
  ["backend"],
  (backend: string | _ROCmFABackend | null = null): _ROCmFABackend =>
    choice("rocm_fa", rocmBackends, backend, () => errorsOf("Unknown input value", rocmBackends)),
);

function workspaceSize(which: "cublas" | "cublaslt", size: number | null): number {
  const name = which === "cublas" ? "Cublas" : "CublasLt";
  if (size === null) {
    requireFunction(`_cuda_get${name}WorkspaceSize`);
    return native.cudaWorkspace(which);
  }
  requireFunction(`_cuda_set${name}WorkspaceSize`);
  if (!isInt(size)) throw new RuntimeError(`set ${which} workspace size expects an int, but got ${typeName(size)}`);
  if (size < 0) throw new RuntimeError(`${which} workspace size must be non-negative, got ${size}`);
  return native.cudaWorkspace(which, size);
}

/**
 * The bytes that cuBLAS has to work in; sets them where a size is given.
 *
 * Throws RuntimeError for a size below 0.
 */
export const cublas_workspace_size = def("cublas_workspace_size", ["size"], (size: number | null = null): number =>
  workspaceSize("cublas", size),
);

/**
 * The bytes that cuBLASLt has to work in; sets them where a size is given.
 *
 * Throws RuntimeError for a size below 0.
 */
export const cublaslt_workspace_size = def("cublaslt_workspace_size", ["size"], (size: number | null = null): number =>
  workspaceSize("cublaslt", size),
);

/**
 * The bytes that a library of matrix products has to work in, the preferred one by default; sets them where a size is given.
 *
 * Throws RuntimeError for an unknown library and for "ck", which has no such memory.
 */
export const blas_workspace_size = def(
  "blas_workspace_size",
  ["size", "backend"],
  (size: number | null = null, backend: string | _BlasBackend | null = null): number => {
    const errors = (): Errors => ({
      name: errorsOf("Unknown backend string", blasBackends).name,
      type: new RuntimeError("Unknown backend type."),
    });
    const chosen = backend === null ? preferred_blas_library() : resolve(blasBackends, backend, errors);
    const library = chosen === _BlasBackend.Default ? native.backendChoice("blas_default") : chosen;
    if (library === _BlasBackend.Ck) throw new RuntimeError("CK backend does not use a workspace.");
    return workspaceSize(library === _BlasBackend.Cublaslt ? "cublaslt" : "cublas", size);
  },
);
