#include "errors.h"

#include <c10/util/Exception.h>
#include <torch/csrc/jit/runtime/jit_exception.h>

#include <unordered_map>

#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

constexpr intptr_t kStack = 1024;  // about the bytes of a recorded stack

// The stack goes along as it was recorded: its text costs milliseconds, so cpp_stack_of() makes it when it is read.
void throw_error(napi_env env, const char* name, const std::string& message, c10::Backtrace stack = nullptr) {
  Addon& addon = Addon::of(env);
  napi_value make_error = nullptr;
  js::check(napi_get_reference_value(env, addon.make_error, &make_error));
  const napi_value kept =
      stack ? wrap_state(addon, std::const_pointer_cast<c10::LazyValue<std::string>>(stack), kStack) : js::null(env);
  const napi_value arguments[] = {js::string(env, name), js::string(env, message), kept};
  report_memory(env);
  napi_value error = nullptr;
  js::check(napi_call_function(env, js::undefined(env), make_error, 3, arguments, &error));
  js::check(napi_throw(env, error));
}

// The name that PyTorch's Python API gives the exception being handled, most derived class first.
void translate(napi_env env) {
  const auto raise = [env](const char* name, const c10::Error& error) {
    throw_error(env, name, error.what_without_backtrace(), error.backtrace());
  };
  try {
    throw;
  } catch (const js::Failed&) {
    bool pending = false;
    js::check(napi_is_exception_pending(env, &pending));
    if (!pending) throw_error(env, "TypeError", "tstorch: a native function was called with the wrong arguments");
  } catch (const CallbackThrew& error) {
    js::check(napi_throw(env, js::element(env, error.holder->value(), 0)));
  } catch (const c10::IndexError& error) {
    raise("IndexError", error);
  } catch (const c10::ValueError& error) {
    raise("ValueError", error);
  } catch (const c10::TypeError& error) {
    raise("TypeError", error);
  } catch (const c10::NotImplementedError& error) {
    raise("NotImplementedError", error);
  } catch (const c10::BufferError& error) {
    raise("BufferError", error);
  } catch (const c10::SyntaxError& error) {
    raise("SyntaxError", error);
  } catch (const c10::LinAlgError& error) {
    raise("LinAlgError", error);
  } catch (const c10::OutOfMemoryError& error) {
    raise("OutOfMemoryError", error);
  } catch (const c10::AcceleratorError& error) {
    raise("AcceleratorError", error);
  } catch (const c10::DistBackendError& error) {
    raise("DistBackendError", error);
  } catch (const c10::DistNetworkError& error) {
    raise("DistNetworkError", error);
  } catch (const c10::DistStoreError& error) {
    raise("DistStoreError", error);
  } catch (const c10::DistError& error) {
    raise("DistError", error);
  } catch (const c10::Error& error) {
    raise("RuntimeError", error);
  } catch (const torch::jit::JITException& error) {
    throw_error(env, "JITException", error.what());
  } catch (const std::exception& error) {
    throw_error(env, "RuntimeError", error.what());
  } catch (...) {
    throw_error(env, "RuntimeError", "an unknown C++ exception");
  }
}

}  // namespace

// unordered(names): in the order in which C++'s unordered_map holds them, which PyTorch's texts of errors follow
napi_value unordered(Call& call) {
  std::unordered_map<std::string, int> names;
  for (size_t i = 0; i < js::length_of(call.env(), call.value(0)); i++)
    names.emplace(js::to_string(call.env(), js::element(call.env(), call.value(0), i)), 0);
  const napi_value result = js::array(call.env(), names.size());
  size_t next = 0;
  for (const auto& [name, _] : names) js::set_at(call.env(), result, next++, js::string(call.env(), name));
  return result;
}

void throw_current_exception(napi_env env) noexcept {
  try {
    translate(env);
  } catch (...) {
    // The environment is ending: no JavaScript can run, so there is nobody to tell.
  }
}

napi_value current_exception_value(napi_env env) {
  translate(env);
  napi_value value = nullptr;
  js::check(napi_get_and_clear_last_exception(env, &value));
  return value;
}

void throw_through_libtorch(napi_env env) {
  napi_value thrown = nullptr;
  js::check(napi_get_and_clear_last_exception(env, &thrown));
  const napi_value holder = js::array(env, 1);  // what is thrown may be a primitive, which cannot be referenced
  js::set_at(env, holder, 0, thrown);
  throw CallbackThrew(std::make_shared<js::Reference>(env, holder));
}

// cpp_stack(stack): the text of the C++ stack that an error recorded
napi_value cpp_stack(Call& call) {
  const auto stack = std::static_pointer_cast<c10::LazyValue<std::string>>(state_of(call.env(), call.value(0)));
  return js::string(call.env(), stack->get());
}

// cppBacktrace(frames_to_skip, maximum_number_of_frames): the text of this thread's C++ stack
napi_value cpp_backtrace(Call& call) {
  const auto skipped = static_cast<size_t>(call.integer(0));
  const auto most = static_cast<size_t>(call.integer(1));
  return js::string(call.env(), c10::get_backtrace(skipped, most, /*skip_python_frames=*/true));
}

}  // namespace tstorch
