// Loads shared libraries by their absolute path before the addon that needs them: libtorch stays where it was found,
// and libtorch_cuda is there before the first call that asks for CUDA, which is too late for the whole process.
#include <node_api.h>

#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

std::string load_library(const std::string& path) {
#ifdef _WIN32
  if (LoadLibraryExA(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH) != nullptr) return "";
  return "error " + std::to_string(GetLastError());
#else
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return "";
  const char* error = dlerror();
  return error == nullptr ? "unknown error" : error;
#endif
}

// loadLibrary(path): "" or what went wrong
napi_value load(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value argument = nullptr, result = nullptr;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1) return nullptr;
  if (napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok) return nullptr;
  std::string path(length, '\0');
  if (napi_get_value_string_utf8(env, argument, path.data(), length + 1, &length) != napi_ok) return nullptr;
  const std::string error = load_library(path);
  if (napi_create_string_utf8(env, error.data(), error.size(), &result) != napi_ok) return nullptr;
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function = nullptr;
  if (napi_create_function(env, "loadLibrary", NAPI_AUTO_LENGTH, load, nullptr, &function) != napi_ok ||
      napi_set_named_property(env, exports, "loadLibrary", function) != napi_ok) {
    return nullptr;
  }
  return exports;
}
