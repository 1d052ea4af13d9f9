// The wrapped tensors of torch.func.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

namespace tstorch {

// Whether vmap, or any transform, wrapped a tensor.
bool is_batched(const at::Tensor& tensor);
bool is_functorch_wrapped(const at::Tensor& tensor);

// While it lives, operators run outside of all transforms of torch.func.
struct WithoutFunctorch {
  c10::impl::ExcludeDispatchKeyGuard front{c10::DispatchKey::FuncTorchDynamicLayerFrontMode};
  c10::impl::ExcludeDispatchKeyGuard back{c10::DispatchKey::FuncTorchDynamicLayerBackMode};
};

// A tensor made outside of the dispatcher, as one of the transforms that are active.
at::Tensor lift_into_transforms(at::Tensor tensor);

// What Python writes for vmap and forward differentiation of operators that libtorch has no rules for.
void register_decompositions();

}  // namespace tstorch
