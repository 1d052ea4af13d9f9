// What only CUDA's libraries have. The addon is built without CUDA, so such functions are found by name at run time.
#pragma once

#include <c10/util/Exception.h>

namespace tstorch {

// A symbol of the libraries that are loaded; null where there is none.
void* cuda_symbol(const char* name);

// A function of CUDA's runtime or of libtorch_cuda; throws RuntimeError where that is not loaded.
template <typename Function>
Function* cuda_function(const char* name) {
  void* const symbol = cuda_symbol(name);
  TORCH_CHECK(symbol != nullptr, "Torch not compiled with CUDA enabled");
  return reinterpret_cast<Function*>(symbol);
}

// Throws PyTorch's AcceleratorError for a cudaError_t that is not success.
void check_cuda(int status);

// Calls a function of CUDA's runtime and checks its status.
template <typename... Arguments>
void call_cuda(const char* name, Arguments... arguments) {
  check_cuda(cuda_function<int(Arguments...)>(name)(arguments...));
}

}  // namespace tstorch
