// Which kernels of scaled_dot_product_attention() take which arguments: torch/backends/cuda/__init__.py

import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { def } from "../../arguments/function.js";
import { native } from "../../binding.js";
import { isCompiled } from "../../cuda/_utils.js";
import { handleOf, TensorBase } from "../../tensor_base.js";

class Params {
  constructor(
    readonly query: Tensor,
    readonly key: Tensor,
    readonly value: Tensor,
    readonly attn_mask: Tensor | null,
    readonly dropout: number,
    readonly is_causal: boolean,
    readonly enable_gqa: boolean,
  ) {
    const tensors = [query, key, value, ...(attn_mask === null ? [] : [attn_mask])];
    const flags = [is_causal, enable_gqa];
    if (
      !tensors.every((x) => x instanceof TensorBase) ||
      typeof dropout !== "number" ||
      !flags.every((x) => typeof x === "boolean")
    ) {
      throw new TypeError(
        "__init__(): incompatible constructor arguments. The following argument types are supported:\n    1. torch._C._SDPAParams(arg0: torch.Tensor, arg1: torch.Tensor, arg2: torch.Tensor, arg3: torch.Tensor | None, arg4: typing.SupportsFloat | typing.SupportsIndex, arg5: bool, arg6: bool)",
      );
    }
  }
}

/**
 * The arguments of scaled_dot_product_attention(), to ask whether a kernel takes them.
 *
 * Throws TypeError for arguments of other types.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.backends.cuda.SDPAParams.html}
 */
export interface SDPAParams extends Params {}
export const SDPAParams = keywordClass<SDPAParams>("SDPAParams")(Params, [
  "query",
  "key",
  "value",
  "attn_mask",
  "dropout",
  "is_causal",
  "enable_gqa",
]);

const asks = (name: string, kernel: "flash" | "efficient" | "cudnn", inC: string) =>
  def(name, ["params", "debug"], (params: SDPAParams, debug = false): boolean => {
    if (!(params instanceof Params) || typeof debug !== "boolean") {
      throw new TypeError(
        `${inC}(): incompatible function arguments. The following argument types are supported:\n    1. (arg0: torch._C._SDPAParams, arg1: bool) -> bool`,
      );
    }
    if (!isCompiled()) return false;
    const { query, key, value, attn_mask, dropout, is_causal, enable_gqa } = params;
    const mask = attn_mask === null ? null : handleOf(attn_mask);
    const tensors = [handleOf(query), handleOf(key), handleOf(value), mask] as const;
    return native.sdpCanUse(kernel, ...tensors, dropout, is_causal, enable_gqa, debug);
  });

/** Whether libtorch is built with FlashAttention. */
export const is_flash_attention_available = def(
  "is_flash_attention_available",
  [],
  (): boolean => isCompiled() && native.sdpFlashAvailable(),
);

/** Whether composable_kernel, a library of ROCm's, can be used for attention. */
export const is_ck_sdpa_available = def(
  "is_ck_sdpa_available",
  [],
  (): boolean => isCompiled() && (native.cudaHooks("hasCKSDPA") as boolean),
);

/** Whether FlashAttention takes these arguments; with `debug` warns of the reasons why it does not. */
export const can_use_flash_attention = asks("can_use_flash_attention", "flash", "_can_use_flash_attention");

/** Whether the kernel that saves memory takes these arguments; with `debug` warns of the reasons why it does not. */
export const can_use_efficient_attention = asks(
  "can_use_efficient_attention",
  "efficient",
  "_can_use_mem_efficient_attention",
);

/** Whether cuDNN takes these arguments; with `debug` warns of the reasons why it does not. */
export const can_use_cudnn_attention = asks("can_use_cudnn_attention", "cudnn", "_can_use_cudnn_attention");
