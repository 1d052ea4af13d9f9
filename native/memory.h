// Tells V8 how many bytes libtorch holds for JavaScript, so that garbage collections come in time.
#pragma once

#include "js.h"

namespace tstorch {

// Replaces libtorch's CPU allocator with one that counts what each thread allocates and frees.
void install_counting_allocator();

// Reports what this thread allocated and freed since the last report, once it is worth a call.
void report_memory(napi_env env);

// The same for finalizers, inside the garbage collection: to report a growth there would begin another one in its
// midst.
void report_freed_memory(napi_env env);

}  // namespace tstorch
