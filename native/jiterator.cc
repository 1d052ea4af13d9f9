// torch.cuda.jiterator: elementwise kernels that are compiled when they are first called.
#include <c10/core/Scalar.h>

#include "cuda.h"
#include "device_functions.h"

namespace tstorch {

// jiterator_launch(code, name of the kernel, return by reference, number of outputs, tensors, scalars)
napi_value jiterator_launch(Call& call) {
  c10::SmallVector<at::Tensor> tensors;
  for (at::Tensor& tensor : call.tensors(4)) {
    TORCH_CHECK(tensor.is_cuda(), "Expected all tensors to be on the same device, but found a tensor on ",
                tensor.device());
    tensors.emplace_back(std::move(tensor));
  }
  c10::SmallVector<at::Scalar> scalars;
  for (size_t i = 0; i < js::length_of(call.env(), call.value(5)); i++) {
    const napi_value value = js::element(call.env(), call.value(5), i);
    if (js::type_of(call.env(), value) == napi_boolean) {
      scalars.emplace_back(js::to_boolean(call.env(), value));
    } else if (js::type_of(call.env(), value) == napi_bigint) {
      scalars.emplace_back(js::to_integer(call.env(), value));
    } else {
      scalars.emplace_back(js::to_number(call.env(), value));
    }
  }
  const auto launch = cuda_function<c10::SmallVector<at::Tensor>(const std::string&, const std::string&, int,
                                                                 const c10::SmallVector<at::Tensor>&,
                                                                 const c10::SmallVector<at::Scalar>&, bool)>(
      "_ZN2at4cuda22CompileAndLaunchKernelERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES8_iRKN3c1011Small"
      "VectorINS_6TensorELj6EEERKNSA_INS9_6ScalarELj1EEEb");
  const auto outputs =
      launch(call.string(0), call.string(1), static_cast<int>(call.integer(3)), tensors, scalars, call.boolean(2));
  return call.wrap(std::vector<at::Tensor>(outputs.begin(), outputs.end()));
}

}  // namespace tstorch
