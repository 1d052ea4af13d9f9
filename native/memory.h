// Tells V8 how many bytes libtorch holds for JavaScript, so that garbage collections come in time.
#pragma once

#include <c10/core/Storage.h>

#include "js.h"

namespace tstorch {

// Replaces libtorch's CPU allocator with one that counts what each thread allocates and frees.
void install_counting_allocator();

bool is_from_cpu_allocator(const at::DataPtr& pointer);

// Reports what this thread allocated and freed since the last report, once it is worth a call.
void report_memory(napi_env env);

// The same for finalizers, inside the garbage collection: to report a growth there would begin another one in its
// midst.
void report_freed_memory(napi_env env);

// Takes what this thread allocated and freed since the last report, for another thread to count.
int64_t take_memory_count();
void count_memory(int64_t bytes);

// Lets any thread free a storage's memory: from now on that counts for the thread that shared it, or adopted it last,
// whichever thread does it. CPU memory that is not libtorch's own (a typed array's) is replaced by a copy, as Python's
// share_memory_() does.
void share_storage(const c10::Storage& storage);
bool is_shared_storage(const c10::Storage& storage);
// Counts the memory of a shared storage for this thread.
void adopt_storage(const c10::Storage& storage);

}  // namespace tstorch
