// torch/cuda/tunable.py: matrix products whose fastest kernel is found by trying

import fs from "node:fs";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native } from "../binding.js";
import { AssertionError, RuntimeError } from "../errors.js";
import type { Entered } from "../modes.js";
import { isInt } from "../python/float.js";
import { typeName } from "../python/objects.js";
import { current_device, set_device } from "./_device.js";
import { _process_single_offline_gemm } from "./_tune_gemm.js";
import { requireFunction } from "./_utils.js";

/** A setting of libtorch's TuningContext: its names there, in torch._C and in Python's module. */
function flag(python: string, inC: string, setter: string, getter: string) {
  const set = def(python, ["val"], (val = true): void => {
    requireFunction(inC);
    if (typeof val !== "boolean") {
      throw new RuntimeError(`${inC.replace(/^_/, "")} expects a bool, but got ${typeName(val)}`);
    }
    native.tunableSet(setter, val);
  });
  const get = def(python.replace(/enable$/, "is_enabled"), [], (): boolean => {
    requireFunction(inC.replace(/enable$/, "is_enabled"));
    return native.tunableGet(getter) as boolean;
  });
  return [set, get] as const;
}

function count(name: string, parameter: string, setter: string, getter: string) {
  const inC = `_cuda_tunableop_set_${name}`;
  const set = def(`set_${name}`, [parameter], (value: number): void => {
    requireFunction(inC);
    if (!isInt(value)) throw new RuntimeError(`${inC.slice(1)} expects an int, but got ${typeName(value)}`);
    native.tunableSet(setter, value);
  });
  const get = def(`get_${name}`, [], (): number => {
    requireFunction(`_cuda_tunableop_get_${name}`);
    return native.tunableGet(getter) as number;
  });
  return [set, get] as const;
}

const [tunable, isTunable] = flag("enable", "_cuda_tunableop_enable", "EnableTunableOp", "IsTunableOpEnabled");
const [tuning, isTuning] = flag("tuning_enable", "_cuda_tunableop_tuning_enable", "EnableTuning", "IsTuningEnabled");
const [record, isRecord] = flag(
  "record_untuned_enable",
  "_cuda_record_untuned_enable",
  "EnableRecordUntuned",
  "IsRecordUntunedEnabled",
);
const [wildcard, isWildcard] = flag(
  "wildcard_fallback_enable",
  "_cuda_tunableop_wildcard_fallback_enable",
  "EnableWildcardFallback",
  "IsWildcardFallbackEnabled",
);
const [setDuration, getDuration] = count(
  "max_tuning_duration",
  "duration",
  "SetMaxTuningDurationMs",
  "GetMaxTuningDurationMs",
);
const [setIterations, getIterations] = count(
  "max_tuning_iterations",
  "iterations",
  "SetMaxTuningIterations",
  "GetMaxTuningIterations",
);
const [setAlgorithms, getAlgorithms] = count(
  "cublaslt_requested_algo_count",
  "count",
  "SetCublasLtRequestedAlgoCount",
  "GetCublasLtRequestedAlgoCount",
);
const [setBuffer, getBuffer] = count(
  "rotating_buffer_size",
  "buffer_size",
  "SetRotatingBufferSize",
  "GetRotatingBufferSize",
);

/**
 * Lets matrix products use the kernels that were found, or not.
 *
 * `enable(val=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.enable}
 */
export const enable = tunable;

/**
 * Whether matrix products use the kernels that were found.
 *
 * `is_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.is_enabled}
 */
export const is_enabled = isTunable;

/**
 * Lets products whose kernel is not known be tuned, or not.
 *
 * `tuning_enable(val=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.tuning_enable}
 */
export const tuning_enable = tuning;

/**
 * Whether products whose kernel is not known are tuned.
 *
 * `tuning_is_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.tuning_is_enabled}
 */
export const tuning_is_enabled = isTuning;

/**
 * Writes products that are not tuned to a file, or not.
 *
 * `record_untuned_enable(val=True) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.record_untuned_enable}
 */
export const record_untuned_enable = record;

/**
 * Whether products that are not tuned are written to a file.
 *
 * `record_untuned_is_enabled() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.record_untuned_is_enabled}
 */
export const record_untuned_is_enabled = isRecord;

/**
 * Lets products of other sizes take what was found for sizes of a mask, or not.
 *
 * `wildcard_fallback_enable(val=True) -> None`
 */
export const wildcard_fallback_enable = wildcard;

/**
 * Whether products of other sizes take what was found for sizes of a mask.
 *
 * `wildcard_fallback_is_enabled() -> bool`
 */
export const wildcard_fallback_is_enabled = isWildcard;

/**
 * The milliseconds that tuning one product takes at most.
 *
 * `set_max_tuning_duration(duration) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_max_tuning_duration}
 */
export const set_max_tuning_duration = setDuration;

/**
 * The milliseconds that tuning one product takes at most.
 *
 * `get_max_tuning_duration() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_max_tuning_duration}
 */
export const get_max_tuning_duration = getDuration;

/**
 * How often a kernel is tried at most.
 *
 * `set_max_tuning_iterations(iterations) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_max_tuning_iterations}
 */
export const set_max_tuning_iterations = setIterations;

/**
 * How often a kernel is tried at most.
 *
 * `get_max_tuning_iterations() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_max_tuning_iterations}
 */
export const get_max_tuning_iterations = getIterations;

/**
 * How many algorithms cuBLASLt is asked for.
 *
 * `set_cublaslt_requested_algo_count(count) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_cublaslt_requested_algo_count}
 */
export const set_cublaslt_requested_algo_count = setAlgorithms;

/**
 * How many algorithms cuBLASLt is asked for.
 *
 * `get_cublaslt_requested_algo_count() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_cublaslt_requested_algo_count}
 */
export const get_cublaslt_requested_algo_count = getAlgorithms;

/**
 * The megabytes that operands take turns in; -1 stands for the size of the device's cache.
 *
 * `set_rotating_buffer_size(buffer_size) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_rotating_buffer_size}
 */
export const set_rotating_buffer_size = setBuffer;

/**
 * The kilobytes that operands take turns in.
 *
 * `get_rotating_buffer_size() -> int`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_rotating_buffer_size}
 */
export const get_rotating_buffer_size = getBuffer;

/**
 * Which sizes of a product stand for any other while a function runs, or until the end of a `using` block.
 *
 * `dynamic_dims_mask(M=False, N=False, K=False, BATCH=False) -> Iterator[None]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.dynamic_dims_mask}
 */
export const dynamic_dims_mask: {
  <T>(mask: { M?: boolean; N?: boolean; K?: boolean; BATCH?: boolean }, body: () => T): T;
  (mask?: { M?: boolean; N?: boolean; K?: boolean; BATCH?: boolean }): Entered;
} = mode(
  "cuda.tunable.dynamic_dims_mask",
  ["M", "N", "K", "BATCH"],
  (M = false, N = false, K = false, BATCH = false) => {
    const mask = [M, N, K, BATCH].reduce((bits, on, i) => bits | (on ? 1 << i : 0), 0);
    return () => {
      requireFunction("_cuda_tunableop_push_dynamic_dims_mask");
      const entered = native.tunableDynamicDims(mask);
      return () => native.tunableEndDynamicDims(entered);
    };
  },
);

/**
 * Names the file of the results; with the device's ordinal in the name where that is asked for.
 *
 * `set_filename(filename, insert_device_ordinal=False) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_filename}
 */
export const set_filename = def(
  "set_filename",
  ["filename", "insert_device_ordinal"],
  (filename: string, insert_device_ordinal = false): void => {
    requireFunction("_cuda_tunableop_set_filename");
    native.tunableFilename(filename, insert_device_ordinal);
  },
);

/**
 * The name of the file of the results.
 *
 * `get_filename() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_filename}
 */
export const get_filename = def("get_filename", [], (): string => {
  requireFunction("_cuda_tunableop_get_filename");
  return native.tunableFilename();
});

/**
 * What was found: product, sizes, kernel and milliseconds.
 *
 * `get_results() -> tuple[str, str, str, float]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_results}
 */
export const get_results = def("get_results", [], (): [string, string, string, number][] => {
  requireFunction("_cuda_tunableop_get_results");
  return native.tunableResults()[1];
});

/**
 * What results must have been found with: versions and the device.
 *
 * `get_validators() -> tuple[str, str]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.get_validators}
 */
export const get_validators = def("get_validators", [], (): [string, string][] => {
  requireFunction("_cuda_tunableop_get_validators");
  return native.tunableResults()[0];
});

/**
 * Reads results from a file, that of the results by default; whether there were any.
 *
 * `read_file(filename=None) -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.read_file}
 */
export const read_file = def("read_file", ["filename"], (filename: string | null = null): boolean => {
  const name = filename ?? get_filename();
  requireFunction("_cuda_tunableop_read_file");
  return native.tunableReadFile(name);
});

/**
 * Compares results of kernels with the default one's, within tolerances.
 *
 * `set_numerical_check_tolerances(enable, atol=1e-05, rtol=1e-05) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.set_numerical_check_tolerances}
 */
export const set_numerical_check_tolerances = def(
  "set_numerical_check_tolerances",
  ["enable", "atol", "rtol"],
  (enable: boolean, atol = 1e-5, rtol = 1e-5): void => {
    requireFunction("_cuda_tunableop_set_numerical_check_tolerances");
    native.tunableSet("SetNumericalCheckConfig", enable, atol, rtol);
  },
);

/**
 * Tunes the products that a file of record_untuned_enable() names, by calling the operators that ask for them.
 *
 * `tune_gemm_in_file(filename) -> None`
 *
 * Throws AssertionError unless TunableOp and its tuning are enabled.
 *
 * {@link https://docs.pytorch.org/docs/2.15/cuda.tunable.html#torch.cuda.tunable.tune_gemm_in_file}
 */
export const tune_gemm_in_file = def("tune_gemm_in_file", ["filename"], (filename: string): void => {
  if (!is_enabled()) throw new AssertionError("TunableOp is not enabled");
  if (!tuning_is_enabled()) throw new AssertionError("Tuning is not enabled");
  const device = `cuda:${current_device()}`;
  for (const line of fs.readFileSync(filename, "utf8").split("\n")) {
    if (!/^(Gemm|ScaledGemm)/.test(line)) continue;
    set_device(device);
    _process_single_offline_gemm(line, device);
  }
});
