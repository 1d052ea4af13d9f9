// torch/backends/cudnn/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import type { Entered } from "../modes.js";
import { defineFlags, type Flag, type FP32Precision, precision, setFlag, withFlags } from "./_flags.js";

const flags = {
  enabled: { setting: "cudnn_enabled", setter: "set_enabled_cudnn" },
  benchmark: { setting: "cudnn_benchmark", setter: "set_benchmark_cudnn" },
  benchmark_limit: { setting: "cudnn_benchmark_limit", setter: "set_benchmark_limit_cudnn", kind: "int" },
  deterministic: { setting: "cudnn_deterministic", setter: "set_deterministic_cudnn" },
  allow_tf32: { setting: "cudnn_allow_tf32", setter: "set_allow_tf32_cublas" },
} satisfies Record<string, Flag>;

interface CudnnFlags {
  enabled?: boolean;
  benchmark?: boolean;
  benchmark_limit?: number;
  deterministic?: boolean;
  allow_tf32?: boolean;
}

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
  /** Whether libtorch has cuDNN. */
  is_available(): boolean;
  /** Sets flags and returns what they were. */
  set_flags(flags?: CudnnFlags): boolean[];
  /** Sets flags while a function runs, or until the end of a `using` block; those left out are set to PyTorch's defaults. */
  flags<T>(flags: CudnnFlags, body: () => T): T;
  flags(flags?: CudnnFlags): Entered;
}

export const cudnn = {
  conv: precision("cuda", "conv"),
  is_available: def("is_available", [], () => native.getSetting("has_cudnn") as boolean),
  set_flags: def(
    "set_flags",
    ["_enabled", "_benchmark", "_benchmark_limit", "_deterministic", "_allow_tf32"],
    (
      _enabled: boolean | null = null,
      _benchmark: boolean | null = null,
      _benchmark_limit: number | null = null,
      _deterministic: boolean | null = null,
      _allow_tf32: boolean | null = null,
    ): unknown[] => {
      const values = [_enabled, _benchmark, _benchmark_limit, _deterministic, _allow_tf32];
      return Object.values(flags).map((flag, i) => {
        const before = native.getSetting(flag.setting);
        if (values[i] !== null) setFlag(flag, values[i]);
        return before;
      });
    },
  ),
  flags<T>(given: CudnnFlags = {}, body?: () => T): T | Entered {
    const defaults = { enabled: false, benchmark: false, benchmark_limit: 10, deterministic: false, allow_tf32: true };
    const values = { ...defaults, ...given };
    const entries = Object.entries(flags).map(([name, flag]) => [flag, values[name as keyof CudnnFlags]] as const);
    return withFlags("cudnn.flags", entries, body);
  },
} as unknown as Cudnn;

defineFlags(cudnn, "torch.backends.cudnn", {
  ...flags,
  fp32_precision: { setting: "fp32_precision_cuda_all", kind: "str" },
});
