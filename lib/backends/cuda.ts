// torch/backends/cuda/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { AttributeError } from "../errors.js";
import { setFlag } from "./_flags.js";

const CUDA = 1; // c10::DeviceType

const flags = new Map([
  ["allow_tf32", { setting: "cublas_allow_tf32", setter: "set_allow_tf32_cublas" }],
  [
    "allow_fp16_accumulation",
    { setting: "cublas_allow_fp16_accumulation", setter: "set_allow_fp16_accumulation_cublas" },
  ],
]);

/** How cuBLAS calculates matrix products. */
export interface MatmulFlags {
  /** Whether float32 products may be calculated in TensorFloat32. */
  allow_tf32: boolean;
  /** Whether float16 products may be added up in float16. */
  allow_fp16_accumulation: boolean;
  fp32_precision: string;
}

/** The flags of matrix products; other members cannot be set. */
export const matmul: MatmulFlags = new Proxy({} as MatmulFlags, {
  get: (_, name) => {
    if (name === "fp32_precision") return native.getSetting("fp32_precision_cuda_matmul");
    const flag = flags.get(String(name));
    return flag && native.getSetting(flag.setting);
  },
  set: (_, name, value) => {
    const flag = flags.get(String(name));
    if (flag) setFlag(flag, value);
    else if (name === "fp32_precision") native.setSetting("fp32_precision_cuda_matmul", value);
    else throw new AttributeError(`Unknown attribute ${String(name)}`);
    return true;
  },
});

/** Whether libtorch is built with CUDA; that there is a device says torch.cuda.is_available(). */
export const is_built = def("is_built", [], (): boolean => native.accelerator() === CUDA);

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
