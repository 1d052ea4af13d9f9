#include "call.h"

#include <cmath>

namespace tstorch {

Call::Call(napi_env env, napi_callback_info info) : env_(env) {
  size_t count = 16;
  arguments_.resize(count);
  js::check(napi_get_cb_info(env, info, &count, arguments_.data(), nullptr, nullptr));
  if (count > arguments_.size()) {
    arguments_.resize(count);
    js::check(napi_get_cb_info(env, info, &count, arguments_.data(), nullptr, nullptr));
  }
  arguments_.resize(count);
  addon_ = &Addon::of(env);
}

napi_value Call::value(size_t i) const {
  if (i >= arguments_.size()) throw js::Failed{};
  return arguments_[i];
}

std::vector<at::Tensor> Call::tensors(size_t i) const {
  const napi_value array = value(i);
  std::vector<at::Tensor> result(js::length_of(env_, array));
  for (size_t k = 0; k < result.size(); k++) {
    const napi_value element = js::element(env_, array, k);
    if (!js::is_nullish(env_, element)) result[k] = tensor_of(env_, element);
  }
  return result;
}

at::ScalarType Call::dtype(size_t i) const {
  const int64_t code = integer(i);
  TORCH_CHECK_TYPE(code >= 0 && code < static_cast<int64_t>(at::ScalarType::NumOptions), "unknown dtype code ", code);
  return static_cast<at::ScalarType>(code);
}

at::DeviceType Call::device_type(size_t i) const {
  const int64_t code = integer(i);
  TORCH_CHECK(code >= 0 && code < c10::COMPILE_TIME_MAX_DEVICE_TYPES, "unknown device type ", code);
  return static_cast<at::DeviceType>(code);
}

at::Scalar Call::scalar(size_t i) const {
  switch (js::type_of(env_, value(i))) {
    case napi_boolean:
      return boolean(i);
    case napi_bigint: {
      uint64_t unsigned_value = 0;
      bool lossless = false;
      js::check(napi_get_value_bigint_uint64(env_, value(i), &unsigned_value, &lossless));
      return lossless ? at::Scalar(unsigned_value) : at::Scalar(integer(i));
    }
    case napi_object:
      return c10::complex<double>(js::to_number(env_, js::element(env_, value(i), 0)),
                                  js::to_number(env_, js::element(env_, value(i), 1)));
    default:
      break;
  }
  const double value = number(i);
  const bool integral = std::trunc(value) == value && std::abs(value) < 9007199254740992.0;
  return integral ? at::Scalar(static_cast<int64_t>(value)) : at::Scalar(value);
}

napi_value Call::wrap(const std::vector<at::Tensor>& tensors) const {
  const napi_value result = js::array(env_, tensors.size());
  for (size_t i = 0; i < tensors.size(); i++) js::set_at(env_, result, i, wrap(tensors[i]));
  return result;
}

}  // namespace tstorch
