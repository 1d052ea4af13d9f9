#include "js.h"

#include <cmath>
#include <limits>

#include "addon.h"

namespace tstorch::js {

namespace {
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;
}

napi_value integer(napi_env env, int64_t value) {
  if (value >= -kMaxSafeInteger && value <= kMaxSafeInteger) return number(env, static_cast<double>(value));
  napi_value result = nullptr;
  check(napi_create_bigint_int64(env, value, &result));
  return result;
}

double to_number(napi_env env, napi_value value) {
  double result = 0;
  check(napi_get_value_double(env, value, &result));
  return result;
}

int64_t to_integer(napi_env env, napi_value value) {
  if (type_of(env, value) == napi_bigint) {
    int64_t result = 0;
    bool lossless = false;
    check(napi_get_value_bigint_int64(env, value, &result, &lossless));
    TORCH_CHECK_VALUE(lossless, "Overflow when unpacking long long");
    return result;
  }
  const double number = to_number(env, value);
  TORCH_CHECK_TYPE(std::trunc(number) == number && std::abs(number) < 9223372036854775808.0,
                   "expected an integer, got ", number);
  return static_cast<int64_t>(number);
}

bool to_boolean(napi_env env, napi_value value) {
  bool result = false;
  check(napi_get_value_bool(env, value, &result));
  return result;
}

std::string to_string(napi_env env, napi_value value) {
  size_t length = 0;
  check(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string result(length, '\0');
  check(napi_get_value_string_utf8(env, value, result.data(), length + 1, &length));
  return result;
}

napi_valuetype type_of(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  check(napi_typeof(env, value, &type));
  return type;
}

bool is_nullish(napi_env env, napi_value value) {
  const napi_valuetype type = type_of(env, value);
  return type == napi_undefined || type == napi_null;
}

size_t length_of(napi_env env, napi_value array) {
  uint32_t length = 0;
  check(napi_get_array_length(env, array, &length));
  return length;
}

napi_value element(napi_env env, napi_value array, size_t index) {
  napi_value result = nullptr;
  check(napi_get_element(env, array, static_cast<uint32_t>(index), &result));
  return result;
}

Reference::Reference(napi_env env, napi_value value) : env_(env), addon_id_(Addon::of(env).id) {
  check(napi_create_reference(env, value, 1, &ref_));
}

Reference::~Reference() { Addon::retire(addon_id_, ref_); }

napi_value Reference::value() const {
  napi_value result = nullptr;
  check(napi_get_reference_value(env_, ref_, &result));
  return result;
}

}  // namespace tstorch::js
