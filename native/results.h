// What operators return, as JavaScript values.
#pragma once

#include <ATen/core/ivalue.h>

#include "frame.h"

namespace tstorch {

// A tensor that is one of the call's own inputs (in-place, out=, contiguous() of a contiguous tensor) comes back as the
// position of that input's handle, so that JavaScript returns the very object; any other one as a new handle.
// Such a position plus kOutgrown says that the input, which is in a slab, must get a handle of its own.
constexpr int kOutgrown = 1 << 16;
napi_value wrap_result(const Call& call, const Inputs& inputs, const c10::IValue& value);
napi_value wrap_result(const Call& call, const Inputs& inputs, const at::Tensor& tensor);

napi_value wrap_value(Addon& addon, const c10::IValue& value);  // any tensor as a new handle

// The results that an operator left on the stack: undefined, one value, or an array.
napi_value wrap_stack(const Call& call, const Inputs& inputs, const torch::jit::Stack& stack);

napi_value wrap_scalar(napi_env env, const at::Scalar& scalar);  // a complex number as [real, imaginary]

}  // namespace tstorch
