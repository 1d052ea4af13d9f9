// What threads know of each other: one that waits for another without turning its event loop has no other way to know
// whether that lives.
#pragma once

#include "call.h"

namespace tstorch {

napi_value external_memory(Call& call);
napi_value announce_thread(Call& call);
napi_value is_thread_alive(Call& call);

}  // namespace tstorch
