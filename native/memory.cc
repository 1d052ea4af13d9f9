#include "memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <array>
#include <cstdlib>
#include <utility>

#if defined(_WIN32) || defined(__linux__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#endif

#include "addon.h"
#include "functions.h"
#include "large_blocks.h"

namespace tstorch {

namespace {

constexpr int64_t kWorthReporting = 256 * 1024;

thread_local int64_t unreported = 0;
thread_local bool held = false;

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

// Small blocks that were freed, kept for the next tensors of the thread. The garbage collection frees thousands at
// once, which malloc would merge, and an aligned block costs it three calls.
class SpareBlocks {
 public:
  ~SpareBlocks() {
    for (Block*& list : lists_) {
      while (list != nullptr) c10::free_cpu(std::exchange(list, list->next));
    }
    bytes_ = kMaxBytes;  // what is freed while the thread ends is not kept
  }

  void* take(size_t bytes) {
    Block*& list = lists_[(bytes - 1) / c10::gAlignment];
    if (list == nullptr) return nullptr;
    bytes_ -= size_of_block(list);
    return std::exchange(list, list->next);
  }

  bool keep(void* block, size_t size) {
    if (size >= kLarge || bytes_ + size > kMaxBytes) return false;
    Block*& list = lists_[size / c10::gAlignment - 1];
    list = new (block) Block{list};
    bytes_ += size;
    return true;
  }

  static bool is_small(size_t bytes) { return bytes > 0 && bytes < kLarge; }
  static size_t rounded(size_t bytes) { return (bytes + c10::gAlignment - 1) / c10::gAlignment * c10::gAlignment; }

 private:
  struct Block {
    Block* next;
  };
  static constexpr size_t kLarge = 1024;
  static constexpr size_t kMaxBytes = 16 * 1024 * 1024;

  std::array<Block*, kLarge / c10::gAlignment> lists_{};
  size_t bytes_ = 0;
};

thread_local SpareBlocks spare_blocks;

class CountingAllocator final : public at::Allocator {
 public:
  at::DataPtr allocate(size_t bytes) override {
    void* block = nullptr;
    if (SpareBlocks::is_small(bytes)) {
      bytes = SpareBlocks::rounded(bytes);
      block = spare_blocks.take(bytes);
    }
    if (block == nullptr) block = allocate_or_collect(bytes);
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
    const int64_t size = size_of_block(block);
    unreported -= size;
    if (!give_large_block(block) && !spare_blocks.keep(block, static_cast<size_t>(size))) c10::free_cpu(block);
  }
};

}  // namespace

void install_counting_allocator() {
  static CountingAllocator allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
#ifdef M_MXFAST
  // Without malloc's fast bins: a collection frees so much at once that glibc would empty them again and again.
  mallopt(M_MXFAST, 0);
#endif
}

// hold_memory_reports(hold): whether to tell V8 later, all at once, of what is allocated now
napi_value hold_memory_reports(Call& call) {
  held = call.boolean(0);
  if (!held) report_memory(call.env());
  return call.undefined();
}

void report_memory(napi_env env) {
  if (held) return;
  if (unreported < kWorthReporting && unreported > -kWorthReporting) return;
  int64_t total = 0;
  if (napi_adjust_external_memory(env, unreported, &total) == napi_ok) unreported = 0;
}

void report_freed_memory(napi_env env) {
  if (unreported <= -kWorthReporting) report_memory(env);
}

}  // namespace tstorch
