#include "memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <cstdlib>

#if defined(_WIN32) || defined(__linux__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#endif

#include "addon.h"
#include "large_blocks.h"

namespace tstorch {

namespace {

constexpr int64_t kWorthReporting = 256 * 1024;

thread_local int64_t unreported = 0;

int64_t size_of_block(void* block) {
  if (const size_t size = size_of_large_block(block)) return static_cast<int64_t>(size);
#if defined(_WIN32)
  return static_cast<int64_t>(_aligned_msize(block, c10::gAlignment, 0));
#elif defined(__APPLE__)
  return static_cast<int64_t>(malloc_size(block));
#else
  return static_cast<int64_t>(malloc_usable_size(block));
#endif
}

void collect_garbage() {
  Addon* addon = Addon::current();
  if (addon == nullptr || addon->collect == nullptr) return;
  napi_value collect = nullptr, receiver = nullptr;
  if (napi_get_reference_value(addon->env, addon->collect, &collect) != napi_ok) return;
  if (napi_get_undefined(addon->env, &receiver) != napi_ok) return;
  napi_call_function(addon->env, receiver, collect, 0, nullptr, nullptr);
}

void* allocate_or_collect(size_t bytes) {
  if (void* block = take_large_block(bytes)) return block;
  try {
    return c10::alloc_cpu(bytes);
  } catch (const c10::Error&) {
    collect_garbage();
    drop_large_blocks();
    return c10::alloc_cpu(bytes);
  }
}

class CountingAllocator final : public at::Allocator {
 public:
  at::DataPtr allocate(size_t bytes) override {
    void* block = allocate_or_collect(bytes);
    if (block != nullptr) unreported += size_of_block(block);
    return {block, block, &free_block, at::Device(at::DeviceType::CPU)};
  }

  at::DeleterFnPtr raw_deleter() const override { return &free_block; }

  void copy_data(void* destination, const void* source, size_t count) const override {
    default_copy_data(destination, source, count);
  }

 private:
  static void free_block(void* block) {
    if (block == nullptr) return;
    unreported -= size_of_block(block);
    if (!give_large_block(block)) c10::free_cpu(block);
  }
};

}  // namespace

void install_counting_allocator() {
  static CountingAllocator allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
}

void report_memory(napi_env env) {
  if (unreported < kWorthReporting && unreported > -kWorthReporting) return;
  int64_t total = 0;
  if (napi_adjust_external_memory(env, unreported, &total) == napi_ok) unreported = 0;
}

void report_freed_memory(napi_env env) {
  if (unreported <= -kWorthReporting) report_memory(env);
}

}  // namespace tstorch
