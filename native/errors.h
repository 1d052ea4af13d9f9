// The one place where C++ exceptions become JavaScript errors.
#pragma once

#include <exception>

#include "js.h"

namespace tstorch {

// A JavaScript callback threw; what it threw is kept in Addon::thrown.
struct CallbackThrew : std::exception {
  const char* what() const noexcept override { return "a JavaScript callback threw"; }
};

// Throws the exception being handled as the JavaScript error of PyTorch's class and text; call it inside a catch block.
void throw_current_exception(napi_env env) noexcept;

// Keeps the pending JavaScript exception in Addon::thrown and throws CallbackThrew through libtorch.
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
