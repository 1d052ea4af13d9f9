// torch/backends/cudnn/__init__.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { mode } from "../../arguments/mode.js";
import { native } from "../../binding.js";
import { type dtype, float16, float32, float64 } from "../../dtype.js";
import type { Entered } from "../../modes.js";
import { defineFlags, enterFlags, type Flag, type FP32Precision, precision, setFlags } from "../_flags.js";
import { rnn } from "./rnn.js";

const flags = {
  enabled: { setting: "cudnn_enabled", setter: "set_enabled_cudnn" },
  benchmark: { setting: "cudnn_benchmark", setter: "set_benchmark_cudnn" },
  benchmark_limit: { setting: "cudnn_benchmark_limit", setter: "set_benchmark_limit_cudnn", kind: "int" },
  deterministic: { setting: "cudnn_deterministic", setter: "set_deterministic_cudnn" },
  allow_tf32: { setting: "cudnn_allow_tf32", setter: "set_allow_tf32_cublas" },
  fp32_precision: { setting: "fp32_precision_cuda_all", kind: "string" },
  depthwise_kernel: { setting: "cudnn_depthwise_kernel", setter: "set_cudnn_depthwise_kernel", kind: "string" },
} satisfies Record<string, Flag>;

interface CudnnFlags {
  enabled?: boolean;
  benchmark?: boolean;
  benchmark_limit?: number;
  deterministic?: boolean;
  allow_tf32?: boolean;
  fp32_precision?: string;
  depthwise_kernel?: string;
}

/** The parameters of set_flags(), which leaves a flag as it is that is null. */
type SetCudnnFlags = { [Name in keyof CudnnFlags as `_${Name}`]: CudnnFlags[Name] | null };

/**
 * NVIDIA's library of convolutions and recurrent networks, and what PyTorch does with it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/backends.html#module-torch.backends.cudnn}
 */
export interface Cudnn {
  /** Whether cuDNN is used. */
  enabled: boolean;
  /** Whether the fastest of several algorithms is found by trying them. */
  benchmark: boolean;
  /** How many algorithms are tried at most; 0 stands for all. */
  benchmark_limit: number;
  /** Whether only deterministic algorithms are used. */
  deterministic: boolean;
  /** Whether convolutions may calculate in TensorFloat32. */
  allow_tf32: boolean;
  /** The precision of convolutions. */
  readonly conv: FP32Precision;
  fp32_precision: string;
  /** What calculates convolutions of one channel each: "auto", "cudnn" or "native". */
  depthwise_kernel: string;
  readonly rnn: typeof rnn;
  /** The dtypes that cuDNN calculates with. */
  readonly CUDNN_TENSOR_DTYPES: Set<dtype>;
  /** Whether libtorch has cuDNN. */
  is_available(): boolean;
  /** The version of cuDNN that libtorch was built with, as CUDNN_VERSION counts; null without cuDNN. */
  version(): number | null;
  /** Whether cuDNN is used and can calculate with a tensor. */
  is_acceptable(tensor: Tensor): boolean;
  /** Sets flags, the precision by default to "none", and returns what they were. */
  set_flags(flags?: SetCudnnFlags): unknown[];
  set_flags(
    _enabled?: boolean | null,
    _benchmark?: boolean | null,
    _benchmark_limit?: number | null,
    _deterministic?: boolean | null,
    _allow_tf32?: boolean | null,
    _fp32_precision?: string | null,
    _depthwise_kernel?: string | null,
  ): unknown[];
  /** Sets flags while a function runs, or until the end of a `using` block; those left out are set to PyTorch's defaults. */
  flags<T>(body: () => T): T;
  flags<T>(flags: CudnnFlags, body: () => T): T;
  flags(flags?: CudnnFlags): Entered;
}

const names = Object.keys(flags);
const CUDNN_TENSOR_DTYPES = new Set([float16, float32, float64]);
const is_available = def("is_available", [], () => native.getSetting("has_cudnn") as boolean);

const set_flags = def(
  "set_flags",
  names.map((name) => `_${name}`),
  (
    _enabled: boolean | null = null,
    _benchmark: boolean | null = null,
    _benchmark_limit: number | null = null,
    _deterministic: boolean | null = null,
    _allow_tf32: boolean | null = null,
    _fp32_precision: string | null = "none",
    _depthwise_kernel: string | null = null,
  ): unknown[] =>
    setFlags(Object.values(flags), [
      _enabled,
      _benchmark,
      _benchmark_limit,
      _deterministic,
      _allow_tf32,
      _fp32_precision,
      _depthwise_kernel,
    ]),
) as Cudnn["set_flags"];

export const cudnn = {
  conv: precision("cuda", "conv"),
  rnn,
  CUDNN_TENSOR_DTYPES,
  is_available,
  version: def("version", [], () => (is_available() ? (native.cudaHooks("versionCuDNN") as number) : null)),
  is_acceptable: def("is_acceptable", ["tensor"], (tensor: Tensor): boolean => {
    const isTheirs = tensor.device.type === "cuda" && CUDNN_TENSOR_DTYPES.has(tensor.dtype);
    return (native.getSetting("cudnn_enabled") as boolean) && isTheirs && is_available();
  }),
  set_flags,
  flags: mode(
    "backends.cudnn.flags",
    names,
    (
      enabled = false,
      benchmark = false,
      benchmark_limit = 10,
      deterministic = false,
      allow_tf32 = true,
      fp32_precision = "none",
      depthwise_kernel = "auto",
    ) =>
      enterFlags(
        set_flags,
        enabled,
        benchmark,
        benchmark_limit,
        deterministic,
        allow_tf32,
        fp32_precision,
        depthwise_kernel,
      ),
  ),
} as unknown as Cudnn;

defineFlags(cudnn, "torch.backends.cudnn", flags);
