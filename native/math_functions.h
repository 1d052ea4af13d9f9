// The functions of numbers that JavaScript can call: the third part of functions.h.
#pragma once

#include "call.h"

namespace tstorch {

// math.cc
napi_value math_pow(Call& call);
napi_value math_cos(Call& call);
napi_value math_log(Call& call);

}  // namespace tstorch
