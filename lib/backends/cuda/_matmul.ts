// cuBLASModule of torch/backends/cuda/__init__.py

import { native } from "../../binding.js";
import { AttributeError } from "../../errors.js";
import { typeName } from "../../python/objects.js";
import { type Flag, setFlag } from "../_flags.js";

/** How cuBLAS calculates matrix products. */
export interface MatmulFlags {
  /** Whether float32 products may be calculated in TensorFloat32. */
  allow_tf32: boolean;
  /** Whether cuBLASLt is preferred for grouped products. */
  prefer_cublaslt_grouped_gemm: boolean;
  /** Whether float16 products may be added up in float16 between parts; set with two bools, also whether the sum may be split. */
  get allow_fp16_reduced_precision_reduction(): boolean;
  set allow_fp16_reduced_precision_reduction(value: boolean | readonly boolean[]);
  readonly allow_fp16_reduced_precision_reduction_split_k: boolean;
  /** Whether bfloat16 products may be added up in bfloat16 between parts; set with two bools, also whether the sum may be split. */
  get allow_bf16_reduced_precision_reduction(): boolean;
  set allow_bf16_reduced_precision_reduction(value: boolean | readonly boolean[]);
  readonly allow_bf16_reduced_precision_reduction_split_k: boolean;
  /** Whether float16 products may be added up in float16. */
  allow_fp16_accumulation: boolean;
  fp32_precision: string;
}

const flags: Readonly<Record<string, Flag>> = {
  allow_tf32: { setting: "cublas_allow_tf32", setter: "set_allow_tf32_cublas" },
  prefer_cublaslt_grouped_gemm: {
    setting: "cublaslt_prefer_grouped_gemm",
    setter: "set_prefer_cublaslt_grouped_gemm",
  },
  allow_fp16_accumulation: { setting: "cublas_allow_fp16_accumulation", setter: "set_allow_fp16_accumulation_cublas" },
};

// at::CuBLASReductionOption
const REDUCED_AND_SPLIT = 0;
const SPLIT_ALONE = 1;

function parseReduction(value: unknown, name: string): [reduced: boolean, splitK: boolean] {
  const classOf = (x: unknown) => `<class '${typeName(x)}'>`;
  const ensureBool = (x: unknown, which: string): boolean => {
    if (typeof x === "boolean") return x;
    throw new TypeError(`${name} expects a bool for ${which}, but got ${classOf(x)}`);
  };
  if (typeof value === "boolean") return [value, true];
  if (!Array.isArray(value)) {
    throw new TypeError(`${name} expects a bool or a tuple/list of bools, but got ${classOf(value)}`);
  }
  if (value.length === 0) throw new TypeError(`${name} expects at least one boolean argument`);
  if (value.length > 2) throw new TypeError(`${name} expects at most two boolean arguments`);
  const reduced = ensureBool(value[0], "allow_reduced_precision");
  return [reduced, value.length === 1 || ensureBool(value[1], "allow_splitk")];
}

const reduction = (name: string) => /^allow_(fp16|bf16)_reduced_precision_reduction(_split_k)?$/.exec(name);

function get(name: string): unknown {
  if (name === "fp32_precision") return native.getSetting("fp32_precision_cuda_matmul");
  if (Object.hasOwn(flags, name)) return native.getSetting(flags[name].setting);
  const found = reduction(name);
  if (!found) return undefined;
  const option = native.backendChoice(`${found[1]}_reduction`);
  return option === REDUCED_AND_SPLIT || (found[2] !== undefined && option === SPLIT_ALONE);
}

function set(name: string, value: unknown): void {
  const found = reduction(name);
  if (name === "fp32_precision") native.setSetting("fp32_precision_cuda_matmul", value);
  else if (Object.hasOwn(flags, name)) setFlag(flags[name], value);
  else if (found && found[2] === undefined) {
    const [reduced, splitK] = parseReduction(value, name);
    native.backendChoice(`${found[1]}_reduction`, (reduced ? 1 : 0) + (splitK ? 2 : 0));
  } else throw new AttributeError(`Unknown attribute ${name}`);
}

/** The flags of matrix products; other members cannot be set. */
export const matmul: MatmulFlags = new Proxy({} as MatmulFlags, {
  get: (_, name) => get(String(name)),
  set: (_, name, value) => {
    set(String(name), value);
    return true;
  },
});
