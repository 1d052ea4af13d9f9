// One call from JavaScript: its arguments, unwrapped on demand.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/SmallVector.h>

#include <string>
#include <vector>

#include "addon.h"
#include "errors.h"
#include "handle.h"
#include "slab.h"

namespace tstorch {

class Call {
 public:
  Call(napi_env env, napi_callback_info info);

  Addon& addon() const { return *addon_; }
  napi_env env() const { return env_; }
  size_t size() const { return arguments_.size(); }
  napi_value value(size_t i) const;
  const napi_value* begin() const { return arguments_.data(); }

  bool has(size_t i) const { return i < size() && !js::is_nullish(env_, arguments_[i]); }
  double number(size_t i) const { return js::to_number(env_, value(i)); }
  int64_t integer(size_t i) const { return js::to_integer(env_, value(i)); }
  bool boolean(size_t i) const { return js::to_boolean(env_, value(i)); }
  std::string string(size_t i) const { return js::to_string(env_, value(i)); }
  at::Tensor& tensor(size_t i) const { return tensor_of(env_, value(i), place(i)); }
  int place(size_t i) const { return i < addon_->places_size ? addon_->places[i] : -1; }
  at::Tensor optional_tensor(size_t i) const { return has(i) ? tensor(i) : at::Tensor(); }
  std::vector<at::Tensor> tensors(size_t i) const;  // null elements become undefined tensors
  at::ScalarType dtype(size_t i) const;
  at::DeviceType device_type(size_t i) const;
  at::Scalar scalar(size_t i) const;  // a number, bigint, boolean or the two parts of a complex

  napi_value undefined() const { return js::undefined(env_); }
  napi_value wrap_in_slab(const at::Tensor& tensor) const { return tstorch::wrap_in_slab(*addon_, tensor); }
  napi_value wrap(at::Tensor tensor) const { return wrap_tensor(*addon_, std::move(tensor)); }
  napi_value wrap(const std::vector<at::Tensor>& tensors) const;

 private:
  napi_env env_;
  Addon* addon_ = nullptr;
  c10::SmallVector<napi_value, 16> arguments_;
};

// Makes a native function visible to JavaScript.
template <napi_value (*body)(Call&)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value function = nullptr;
  js::check(napi_create_function(
      env, name, NAPI_AUTO_LENGTH,
      [](napi_env env, napi_callback_info info) -> napi_value {
        return guard(env, [&] {
          Call call(env, info);
          const napi_value result = body(call);
          call.addon().housekeep();
          return result;
        });
      },
      nullptr, &function));
  js::set(env, exports, name, function);
}

}  // namespace tstorch
