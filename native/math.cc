// The C library's functions of numbers, which Python's float arithmetic and its math module call: V8 brings functions
// of its own, whose last bit differs for some percent of all arguments.
#include <cmath>

#include "math_functions.h"

namespace tstorch {

napi_value math_pow(Call& call) { return js::number(call.env(), std::pow(call.number(0), call.number(1))); }

napi_value math_cos(Call& call) { return js::number(call.env(), std::cos(call.number(0))); }

napi_value math_log(Call& call) { return js::number(call.env(), std::log(call.number(0))); }

}  // namespace tstorch
