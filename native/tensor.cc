// What a tensor is: its dtype, place and shape.
#include <ATen/ATen.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include "functions.h"
#include "memory.h"
#include "results.h"

namespace tstorch {

namespace {

napi_value write_to_frame(Call& call, at::IntArrayRef values) {
  Addon& addon = call.addon();
  TORCH_CHECK(values.size() <= addon.frame_size, "the argument frame is too short");
  for (size_t i = 0; i < values.size(); i++) addon.frame[i] = static_cast<double>(values[i]);
  return js::number(call.env(), static_cast<double>(values.size()));
}

}  // namespace

napi_value dtype_of(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0).scalar_type())); }

// device(tensor): type * 256 + index + 1, index -1 being none
napi_value device_of(Call& call) {
  const c10::Device device = call.tensor(0).device();
  return js::number(call.env(), static_cast<double>(device.type()) * 256 + device.index() + 1);
}

napi_value layout_of(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0).layout())); }

napi_value is_nested(Call& call) { return js::boolean(call.env(), call.tensor(0).is_nested()); }

napi_value dim_of(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0).dim())); }

napi_value numel_of(Call& call) { return js::integer(call.env(), call.tensor(0).numel()); }

// sizes(tensor): writes the sizes into the frame and returns how many they are
napi_value sizes_of(Call& call) { return write_to_frame(call, call.tensor(0).sizes()); }

napi_value strides_of(Call& call) { return write_to_frame(call, call.tensor(0).strides()); }

napi_value storage_offset_of(Call& call) { return js::integer(call.env(), call.tensor(0).storage_offset()); }

napi_value is_contiguous(Call& call) {
  const auto format = static_cast<at::MemoryFormat>(call.integer(1));
  return js::boolean(call.env(), call.tensor(0).is_contiguous(format));
}

// item(tensor): a number, bigint or boolean; a complex number as [real, imaginary]
napi_value item(Call& call) {
  const at::Tensor tensor = call.tensor(0);  // a dispatch mode may dispose of it meanwhile
  torch::jit::tracer::warn("Converting a tensor to a Python number", torch::jit::tracer::WARN_PYTHON_DATAFLOW);
  return wrap_scalar(call.env(), tensor.item());
}

napi_value is_same(Call& call) { return js::boolean(call.env(), call.tensor(0).is_same(call.tensor(1))); }

napi_value dispose(Call& call) {
  dispose_tensor(call.env(), call.value(0), call.place(0));
  return call.undefined();
}

napi_value live_tensor_count(Call& call) { return js::number(call.env(), static_cast<double>(live_tensors())); }

}  // namespace tstorch
