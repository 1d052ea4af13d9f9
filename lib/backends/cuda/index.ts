// torch/backends/cuda/__init__.py

import { def } from "../../arguments/function.js";
import { mode } from "../../arguments/mode.js";
import { native } from "../../binding.js";
import { isCompiled } from "../../cuda/_utils.js";
import type { Entered } from "../../modes.js";
import { enterKernels, SDPBackend } from "../../nn/attention/_kernels.js";
import { warn } from "../../warnings.js";
import { setFlag } from "../_flags.js";

export {
  can_use_cudnn_attention,
  can_use_efficient_attention,
  can_use_flash_attention,
  is_ck_sdpa_available,
  is_flash_attention_available,
  SDPAParams,
} from "./_attention.js";
export {
  _BlasBackend,
  _LinalgBackend,
  _ROCmFABackend,
  blas_workspace_size,
  cublas_workspace_size,
  cublaslt_workspace_size,
  preferred_blas_library,
  preferred_linalg_library,
  preferred_rocm_fa_library,
} from "./_libraries.js";
export { type MatmulFlags, matmul } from "./_matmul.js";
export { cuFFTPlanCache, cuFFTPlanCacheManager, cufft_plan_cache } from "./_plan_cache.js";

/** Whether libtorch is built with CUDA; that there is a device says torch.cuda.is_available(). */
export const is_built = def("is_built", [], (): boolean => isCompiled());

const sdp = (name: string, setter: string) => ({ setting: `sdp_${name}`, setter });

/** Whether scaled_dot_product_attention() may use FlashAttention. */
export const flash_sdp_enabled = def("flash_sdp_enabled", [], (): boolean => native.getSetting("sdp_flash") as boolean);

/** Lets scaled_dot_product_attention() use FlashAttention, or not. */
export const enable_flash_sdp = def("enable_flash_sdp", ["enabled"], (enabled: boolean): void => {
  setFlag(sdp("flash", "set_sdp_use_math"), enabled);
});

/** Whether scaled_dot_product_attention() may use the kernel that saves memory. */
export const mem_efficient_sdp_enabled = def(
  "mem_efficient_sdp_enabled",
  [],
  (): boolean => native.getSetting("sdp_mem_efficient") as boolean,
);

/** Lets scaled_dot_product_attention() use the kernel that saves memory, or not. */
export const enable_mem_efficient_sdp = def("enable_mem_efficient_sdp", ["enabled"], (enabled: boolean): void => {
  setFlag(sdp("mem_efficient", "set_sdp_use_math"), enabled);
});

/** Whether scaled_dot_product_attention() may use plain matrix products. */
export const math_sdp_enabled = def("math_sdp_enabled", [], (): boolean => native.getSetting("sdp_math") as boolean);

/** Lets scaled_dot_product_attention() use plain matrix products, or not. */
export const enable_math_sdp = def("enable_math_sdp", ["enabled"], (enabled: boolean): void => {
  setFlag(sdp("math", "set_sdp_use_math"), enabled);
});

/** Whether scaled_dot_product_attention() may use cuDNN. */
export const cudnn_sdp_enabled = def("cudnn_sdp_enabled", [], (): boolean => native.getSetting("sdp_cudnn") as boolean);

/** Lets scaled_dot_product_attention() use cuDNN, or not. */
export const enable_cudnn_sdp = def("enable_cudnn_sdp", ["enabled"], (enabled: boolean): void => {
  setFlag(sdp("cudnn", "set_sdp_use_cudnn"), enabled);
});

/** Whether attention by plain matrix products may add up half precision numbers in half precision. */
export const fp16_bf16_reduction_math_sdp_allowed = def(
  "fp16_bf16_reduction_math_sdp_allowed",
  [],
  (): boolean => native.getSetting("sdp_reduced_precision_math") as boolean,
);

/** Lets attention by plain matrix products add up half precision numbers in half precision, or not. */
export const allow_fp16_bf16_reduction_math_sdp = def(
  "allow_fp16_bf16_reduction_math_sdp",
  ["enabled"],
  (enabled: boolean): void => {
    setFlag(sdp("reduced_precision_math", "set_sdp_use_math"), enabled);
  },
);

interface SdpKernels {
  enable_flash?: boolean;
  enable_math?: boolean;
  enable_mem_efficient?: boolean;
  enable_cudnn?: boolean;
}

/**
 * Lets scaled_dot_product_attention() use these kernels alone, while a function runs or until the end of a `using` block.
 *
 * @deprecated Use nn.attention.sdpa_kernel().
 */
export const sdp_kernel: {
  <T>(body: () => T): T;
  <T>(kernels: SdpKernels, body: () => T): T;
  (kernels?: SdpKernels): Entered;
} = mode(
  "backends.cuda.sdp_kernel",
  ["enable_flash", "enable_math", "enable_mem_efficient", "enable_cudnn"],
  (enable_flash = true, enable_math = true, enable_mem_efficient = true, enable_cudnn = true) => {
    warn(
      "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please see `torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
      "FutureWarning",
    );
    const chosen: SDPBackend[] = [];
    if (enable_flash) chosen.push(SDPBackend.FLASH_ATTENTION);
    if (enable_mem_efficient) chosen.push(SDPBackend.EFFICIENT_ATTENTION);
    if (enable_math) chosen.push(SDPBackend.MATH);
    if (enable_cudnn) chosen.push(SDPBackend.CUDNN_ATTENTION);
    return enterKernels(chosen);
  },
);
