// The one place where C++ exceptions become JavaScript errors.
#pragma once

#include <exception>
#include <memory>

#include "js.h"

namespace tstorch {

// A JavaScript callback threw, on its way through libtorch.
struct CallbackThrew : std::exception {
  explicit CallbackThrew(std::shared_ptr<js::Reference> holder) : holder(std::move(holder)) {}
  const std::shared_ptr<js::Reference> holder;  // an array of what was thrown
  const char* what() const noexcept override { return "a JavaScript callback threw"; }
};

// Throws the exception being handled as the JavaScript error of PyTorch's class and text; call it inside a catch block.
void throw_current_exception(napi_env env) noexcept;

// The same as a value.
napi_value current_exception_value(napi_env env);

// Throws the pending JavaScript exception as CallbackThrew through libtorch.
[[noreturn]] void throw_through_libtorch(napi_env env);

// Runs a function that JavaScript called.
template <typename Body>
napi_value guard(napi_env env, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    throw_current_exception(env);
    return nullptr;
  }
}

}  // namespace tstorch
