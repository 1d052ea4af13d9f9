// What the profiler needs of other parts.
#pragma once

#include <cstddef>
#include <memory>

namespace tstorch {

// Tells profilers of blocks of memory, while one of them asks for it.
void report_allocation(void* block, size_t bytes);
void report_free(void* block);

// The JavaScript calls around each operator that this thread begins, while a profiler wants them.
void start_stacks();
// What was gathered since start_stacks(); null where nothing was started.
std::shared_ptr<void> stop_stacks();

}  // namespace tstorch
