// Marks for NVIDIA's tools, which libtorch's profiler sets where it has CUDA.
#include <torch/csrc/profiler/stubs/base.h>

#include "device_functions.h"

namespace tstorch {

// nvtx("mark" | "push" | "pop", text)
napi_value nvtx(Call& call) {
  const torch::profiler::impl::ProfilerStubs* const stubs = torch::profiler::impl::cudaStubs();
  const std::string what = call.string(0);
  if (what == "mark") {
    stubs->mark(call.string(1).c_str());
  } else if (what == "push") {
    stubs->rangePush(call.string(1).c_str());
  } else {
    stubs->rangePop();
  }
  return call.undefined();
}

}  // namespace tstorch
