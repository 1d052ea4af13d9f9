// Choices of torch.backends beyond the settings of context.cc.
#include <ATen/Context.h>

#include "device_functions.h"

// torch/csrc/utils/verbose.h, which asks for Python's headers
namespace torch::verbose {
TORCH_API int _mkl_set_verbose(int enable);
TORCH_API int _mkldnn_set_verbose(int level);
}  // namespace torch::verbose

namespace tstorch {

namespace {

int64_t reduction(at::CuBLASReductionOption option) { return static_cast<int64_t>(option); }

}  // namespace

// backend_choice(name[, value]): the choice as a number; sets it where a value is given. A value of a reduction has two
// bits: whether reduced precision, and whether split k is allowed
napi_value backend_choice(Call& call) {
  at::Context& context = at::globalContext();
  const std::string name = call.string(0);
  const bool sets = call.has(1);
  const int64_t value = sets ? call.integer(1) : 0;
  int64_t choice = 0;
  if (name == "linalg") {
    if (sets) context.setLinalgPreferredBackend(static_cast<at::LinalgBackend>(value));
    choice = static_cast<int64_t>(context.linalgPreferredBackend());
  } else if (name == "blas") {
    if (sets) context.setBlasPreferredBackend(static_cast<at::BlasBackend>(value));
    choice = static_cast<int64_t>(context.blasPreferredBackend());
  } else if (name == "blas_default") {
    choice = static_cast<int64_t>(context.blasDefaultBackend());
  } else if (name == "rocm_fa") {
    if (sets) context.setROCmFAPreferredBackend(static_cast<at::ROCmFABackend>(value));
    choice = static_cast<int64_t>(context.getROCmFAPreferredBackend());
  } else if (name == "fp16_reduction") {
    if (sets) context.setAllowFP16ReductionCuBLAS((value & 1) != 0, (value & 2) != 0);
    choice = reduction(context.allowFP16ReductionCuBLAS());
  } else if (name == "bf16_reduction") {
    if (sets) context.setAllowBF16ReductionCuBLAS((value & 1) != 0, (value & 2) != 0);
    choice = reduction(context.allowBF16ReductionCuBLAS());
  } else if (name == "mkl_verbose") {
    choice = torch::verbose::_mkl_set_verbose(static_cast<int>(value));
  } else if (name == "mkldnn_verbose") {
    choice = torch::verbose::_mkldnn_set_verbose(static_cast<int>(value));
  } else {
    TORCH_CHECK_VALUE(false, "unknown choice ", name);
  }
  return js::number(call.env(), static_cast<double>(choice));
}

}  // namespace tstorch
