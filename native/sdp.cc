// Which kernels of attention would take arguments: libtorch_cuda's own checks.
#include <ATen/native/transformers/sdp_utils_cpp.h>

#include "cuda.h"
#include "device_functions.h"

namespace tstorch {

// sdp_can_use("flash" | "efficient" | "cudnn", query, key, value, mask or null, dropout, is causal, enable gqa, debug)
napi_value sdp_can_use(Call& call) {
  const std::string kernel = call.string(0);
  const char* const name = kernel == "flash"       ? "_ZN3sdp23can_use_flash_attentionERKNS_10sdp_paramsEb"
                           : kernel == "efficient" ? "_ZN3sdp31can_use_mem_efficient_attentionERKNS_10sdp_paramsEb"
                                                   : "_ZN3sdp23can_use_cudnn_attentionERKNS_10sdp_paramsEb";
  std::optional<at::Tensor> mask;
  if (call.has(4)) mask = call.tensor(4);
  const sdp::sdp_params parameters{call.tensor(1), call.tensor(2),  call.tensor(3), mask,
                                   call.number(5), call.boolean(6), call.boolean(7)};
  return js::boolean(call.env(), cuda_function<bool(const sdp::sdp_params&, bool)>(name)(parameters, call.boolean(8)));
}

// sdp_flash_available(): whether libtorch_cuda is built with FlashAttention
napi_value sdp_flash_available(Call& call) {
  return js::boolean(call.env(), cuda_function<bool()>("_ZN3sdp28is_flash_attention_availableEv")());
}

}  // namespace tstorch
