// Node-API with every status checked: a failing call throws Failed, which guard() in errors.h turns into a return.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <exception>
#include <string>

namespace tstorch::js {

// A Node-API call failed: either a JavaScript exception is pending or the environment is ending. A std::exception,
// because libtorch's threads catch nothing else.
struct Failed : std::exception {};

inline void check(napi_status status) {
  if (status != napi_ok) throw Failed{};
}

inline napi_value undefined(napi_env env) {
  napi_value result = nullptr;
  check(napi_get_undefined(env, &result));
  return result;
}

inline napi_value null(napi_env env) {
  napi_value result = nullptr;
  check(napi_get_null(env, &result));
  return result;
}

inline napi_value boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  check(napi_get_boolean(env, value, &result));
  return result;
}

inline napi_value small_integer(napi_env env, int32_t value) {
  napi_value result = nullptr;
  check(napi_create_int32(env, value, &result));
  return result;
}

inline napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  check(napi_create_double(env, value, &result));
  return result;
}

// An integer: a number where a number holds it exactly, else a bigint.
napi_value integer(napi_env env, int64_t value);

inline napi_value string(napi_env env, const std::string& value) {
  napi_value result = nullptr;
  check(napi_create_string_utf8(env, value.data(), value.size(), &result));
  return result;
}

inline napi_value array(napi_env env, size_t length) {
  napi_value result = nullptr;
  check(napi_create_array_with_length(env, length, &result));
  return result;
}

inline napi_value object(napi_env env) {
  napi_value result = nullptr;
  check(napi_create_object(env, &result));
  return result;
}

inline void set_at(napi_env env, napi_value array, size_t index, napi_value value) {
  check(napi_set_element(env, array, static_cast<uint32_t>(index), value));
}

inline void set(napi_env env, napi_value object, const char* name, napi_value value) {
  check(napi_set_named_property(env, object, name, value));
}

double to_number(napi_env env, napi_value value);
int64_t to_integer(napi_env env, napi_value value);  // a number or a bigint
bool to_boolean(napi_env env, napi_value value);
std::string to_string(napi_env env, napi_value value);
napi_valuetype type_of(napi_env env, napi_value value);
bool is_nullish(napi_env env, napi_value value);
size_t length_of(napi_env env, napi_value array);
napi_value element(napi_env env, napi_value array, size_t index);

// A strong reference that is deleted by the environment's own thread, whichever thread drops it.
class Reference {
 public:
  Reference(napi_env env, napi_value value);
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  napi_value value() const;

 private:
  napi_env env_;
  uint64_t addon_id_;
  napi_ref ref_ = nullptr;
};

// Frees the values that are made in it when it ends, where libtorch calls JavaScript again and again.
class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { check(napi_open_handle_scope(env, &scope_)); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace tstorch::js
