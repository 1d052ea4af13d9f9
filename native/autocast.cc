// Autocast: for each type of device, whether operators choose their own dtype, and which.
#include <ATen/autocast_mode.h>

#include "functions.h"

namespace tstorch {

namespace {}  // namespace

napi_value is_autocast_available(Call& call) {
  return js::boolean(call.env(), at::autocast::is_autocast_available(call.device_type(0)));
}

napi_value is_autocast_enabled(Call& call) {
  return js::boolean(call.env(), at::autocast::is_autocast_enabled(call.device_type(0)));
}

napi_value set_autocast_enabled(Call& call) {
  at::autocast::set_autocast_enabled(call.device_type(0), call.boolean(1));
  return call.undefined();
}

napi_value get_autocast_dtype(Call& call) {
  return js::number(call.env(), static_cast<double>(at::autocast::get_autocast_dtype(call.device_type(0))));
}

napi_value set_autocast_dtype(Call& call) {
  at::autocast::set_autocast_dtype(call.device_type(0), call.dtype(1));
  return call.undefined();
}

napi_value is_autocast_cache_enabled(Call& call) {
  return js::boolean(call.env(), at::autocast::is_autocast_cache_enabled());
}

napi_value set_autocast_cache_enabled(Call& call) {
  at::autocast::set_autocast_cache_enabled(call.boolean(0));
  return call.undefined();
}

napi_value clear_autocast_cache(Call& call) {
  at::autocast::clear_cache();
  return call.undefined();
}

napi_value autocast_increment_nesting(Call& call) { return js::number(call.env(), at::autocast::increment_nesting()); }

napi_value autocast_decrement_nesting(Call& call) { return js::number(call.env(), at::autocast::decrement_nesting()); }

}  // namespace tstorch
