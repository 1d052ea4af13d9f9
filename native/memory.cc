#include "memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#if defined(_WIN32) || defined(__linux__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#endif

#include "addon.h"
#include "functions.h"
#include "large_blocks.h"
#include "profiler.h"

namespace tstorch {

namespace {

constexpr int64_t kWorthReporting = 256 * 1024;
// After so much growth young objects are collected: V8 would collect all at 64 MB.
constexpr int64_t kWorthCollecting = 8 * 1024 * 1024;

thread_local int64_t unreported = 0;
thread_local int64_t reported = 0;
thread_local int64_t reported_at_collection = 0;
thread_local bool held = false;

// What other threads freed of a thread's shared memory, until it reports.
struct Account {
  std::atomic<int64_t> freed{0};
};
thread_local std::shared_ptr<Account> account;

const std::shared_ptr<Account>& own_account() {
  if (!account) account = std::make_shared<Account>();
  return account;
}

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

void run_collection(napi_env env, napi_ref reference) {
  napi_value collect = nullptr, receiver = nullptr;
  if (reference == nullptr || napi_get_reference_value(env, reference, &collect) != napi_ok) return;
  if (napi_get_undefined(env, &receiver) != napi_ok) return;
  napi_call_function(env, receiver, collect, 0, nullptr, nullptr);
}

void collect_garbage() {
  Addon* addon = Addon::current();
  if (addon == nullptr && Addon::served() != nullptr) return Addon::served()->callbacks->call(collect_garbage);
  if (addon != nullptr) run_collection(addon->env, addon->collect);
}

// Returns whether it was worth it.
bool tell_v8(napi_env env) {
  if (held) return false;
  if (account && account->freed.load(std::memory_order_relaxed) != 0) {
    unreported -= account->freed.exchange(0, std::memory_order_relaxed);
  }
  if (unreported < kWorthReporting && unreported > -kWorthReporting) return false;
  // No more is taken back than was told: what another thread made may be freed here, and V8 ends the process below
  // zero.
  const int64_t change = std::max(unreported, -reported);
  int64_t total = 0;
  if (napi_adjust_external_memory(env, change, &total) != napi_ok) return false;
  reported += change;
  unreported = 0;
  reported_at_collection = std::min(reported_at_collection, reported);
  return true;
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
    bytes_ -= bytes;
    return std::exchange(list, list->next);
  }

  bool keep(void* block, size_t size) {
    if (size >= kLarge || bytes_ + size > kMaxBytes) return false;
    const size_t place = size / c10::gAlignment;
    Block*& list = lists_[place - 1];
    list = new (block) Block{list};
    bytes_ += place * c10::gAlignment;
    return true;
  }

  static bool is_small(size_t bytes) { return bytes > 0 && bytes < kLarge; }
  static size_t rounded(size_t bytes) { return (bytes + c10::gAlignment - 1) / c10::gAlignment * c10::gAlignment; }

 private:
  struct Block {
    Block* next;
  };
  static constexpr size_t kLarge = 16 * 1024 + 64;
#ifdef TSTORCH_SANITIZE
  static constexpr size_t kMaxBytes = 0;  // so that use after free is seen
#else
  static constexpr size_t kMaxBytes = 16 * 1024 * 1024;
#endif

  std::array<Block*, kLarge / c10::gAlignment> lists_{};
  size_t bytes_ = 0;
};

thread_local SpareBlocks spare_blocks;

class CountingAllocator final : public at::Allocator {
 public:
  at::DataPtr allocate(size_t bytes) override {
    const size_t asked = bytes;
    void* block = nullptr;
    if (SpareBlocks::is_small(bytes)) {
      bytes = SpareBlocks::rounded(bytes);
      block = spare_blocks.take(bytes);
    }
    if (block == nullptr) block = allocate_or_collect(bytes);
    if (block != nullptr) {
      unreported += size_of_block(block);
      report_allocation(block, asked);
    }
    return {block, block, &free_block, at::Device(at::DeviceType::CPU)};
  }

  at::DeleterFnPtr raw_deleter() const override { return &free_block; }

  void copy_data(void* destination, const void* source, size_t count) const override {
    default_copy_data(destination, source, count);
  }

 private:
  static void free_block(void* block) {
    if (block == nullptr) return;
    report_free(block);
    const int64_t size = size_of_block(block);
    unreported -= size;
    if (!give_large_block(block) && !spare_blocks.keep(block, static_cast<size_t>(size))) c10::free_cpu(block);
  }
};

}  // namespace

namespace {

// Memory that threads share: it counts for its owner.
struct SharedMemory {
  static void free(void* context) {
    auto* self = static_cast<SharedMemory*>(context);
    const int64_t before = unreported;
    std::shared_ptr<Account> owner = std::move(self->owner);
    const int64_t bytes = self->bytes;
    delete self;
    unreported = before;
    owner->freed.fetch_add(bytes, std::memory_order_relaxed);
  }

  at::DataPtr block;
  at::DataPtr replaced;  // JavaScript may look at it still
  int64_t bytes = 0;
  std::mutex mutex;
  std::shared_ptr<Account> owner;
};

// Whether libtorch's allocator made the memory, so that it does not end with a JavaScript environment.
bool is_own(const at::DataPtr& pointer) {
  return !pointer.device().is_cpu() || pointer.get() == nullptr || is_from_cpu_allocator(pointer);
}

}  // namespace

bool is_from_cpu_allocator(const at::DataPtr& pointer) {
  return pointer.get_deleter() == c10::GetCPUAllocator()->raw_deleter();
}

void share_storage(const c10::Storage& storage) {
  if (is_shared_storage(storage) || storage.device_type() == at::DeviceType::Meta) return;
  c10::StorageImpl* impl = storage.unsafeGetStorageImpl();
  auto shared = std::make_unique<SharedMemory>();
  at::DataPtr& current = impl->mutable_data_ptr();
  const at::Device device = current.device();
  if (is_own(current)) {
    shared->block = std::move(current);
  } else {
    shared->block = c10::GetCPUAllocator()->clone(current.get(), impl->nbytes());
    shared->replaced = std::move(current);
  }
  void* data = shared->block.get();
  if (device.is_cpu() && data != nullptr) shared->bytes = size_of_block(data);
  shared->owner = own_account();
  impl->set_data_ptr_noswap({data, shared.release(), &SharedMemory::free, device});
}

bool is_shared_storage(const c10::Storage& storage) { return storage.data_ptr().get_deleter() == &SharedMemory::free; }

void adopt_storage(const c10::Storage& storage) {
  if (!is_shared_storage(storage)) return;
  auto* shared = static_cast<SharedMemory*>(storage.data_ptr().get_context());
  std::lock_guard<std::mutex> lock(shared->mutex);
  if (shared->owner == own_account()) return;
  shared->owner->freed.fetch_add(shared->bytes, std::memory_order_relaxed);
  shared->owner = own_account();
  unreported += shared->bytes;
}

int64_t take_memory_count() { return std::exchange(unreported, 0); }

void count_memory(int64_t bytes) { unreported += bytes; }

void install_counting_allocator() {
  static CountingAllocator allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
}

// hold_memory_reports(hold): whether to tell V8 later, all at once, of what is allocated now
napi_value hold_memory_reports(Call& call) {
  held = call.boolean(0);
  if (!held) report_memory(call.env());
  return call.undefined();
}

// collect_young(): a collection of young objects, whose tensors are freed little by little
napi_value collect_young(Call& call) {
  const FreeLater later;
  run_collection(call.env(), call.addon().collect_young);
  return call.undefined();
}

// free_dead(): frees what is left of them
napi_value free_dead(Call& call) {
  free_dead_tensors();
  report_memory(call.env());
  return call.undefined();
}

void report_memory(napi_env env) {
  if (!tell_v8(env) || reported - reported_at_collection < kWorthCollecting) return;
  free_dead_tensors();
  run_collection(env, Addon::of(env).collect_young);
  reported_at_collection = reported;
}

void report_freed_memory(napi_env env) {
  if (unreported <= -kWorthReporting) tell_v8(env);
}

}  // namespace tstorch
