#include "large_blocks.h"

// Sanitizers watch malloc's blocks alone.
#if defined(__linux__) && !defined(TSTORCH_SANITIZE)

#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace tstorch {

namespace {

constexpr uintptr_t kPage = 4096;
constexpr uintptr_t kHugePage = 2 * 1024 * 1024;
constexpr size_t kSmallest = 256 * 1024;
constexpr size_t kLargest = size_t{1} << 62;  // beyond it rounding could wrap
constexpr size_t kLargestKept = 32 * 1024 * 1024;
constexpr size_t kMostKept = 128 * 1024 * 1024;

// An eighth more at most, so that blocks of about the same size serve each other.
size_t rounded(size_t bytes) {
  const size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

class LargeBlocks {
 public:
  // Lives for ever: tensors are freed after everything else.
  static LargeBlocks& all() {
    static auto* all = new LargeBlocks;
    return *all;
  }

  void* take(size_t bytes) {
    const size_t size = rounded(bytes);
    std::lock_guard<std::mutex> lock(mutex_);
    void* address = take_kept(size);
    if (address == nullptr) address = map(size);
    if (address == nullptr) return nullptr;
    taken_.emplace(address, size);
    return address;
  }

  size_t size(const void* address) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = taken_.find(address);
    return found == taken_.end() ? 0 : found->second;
  }

  bool give(void* address) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = taken_.find(address);
    if (found == taken_.end()) return false;
    const size_t size = found->second;
    taken_.erase(found);
    if (size > kLargestKept) {
      munmap(address, size);
    } else {
      kept_.push_back({address, size});
      kept_size_ += size;
      drop_until(kMostKept);
    }
    return true;
  }

  void drop() {
    std::lock_guard<std::mutex> lock(mutex_);
    drop_until(0);
  }

 private:
  struct Block {
    void* address;
    size_t size;
  };

  static void* map(size_t size) {
    void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) return nullptr;
    // Whole huge pages alone: one that two blocks share stays as long as either. A system without them refuses.
    const auto start = (reinterpret_cast<uintptr_t>(address) + kHugePage - 1) / kHugePage * kHugePage;
    const auto end = (reinterpret_cast<uintptr_t>(address) + size) / kHugePage * kHugePage;
    if (start < end) madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE);
    return address;
  }

  void* take_kept(size_t size) {
    for (size_t i = kept_.size(); i-- > 0;) {
      if (kept_[i].size != size) continue;
      void* address = kept_[i].address;
      kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i));
      kept_size_ -= size;
      return address;
    }
    return nullptr;
  }

  void drop_until(size_t most) {
    std::ptrdiff_t dropped = 0;
    for (; kept_size_ > most; dropped++) {
      const Block& oldest = kept_[static_cast<size_t>(dropped)];
      munmap(oldest.address, oldest.size);
      kept_size_ -= oldest.size;
    }
    kept_.erase(kept_.begin(), kept_.begin() + dropped);
  }

  std::mutex mutex_;
  std::unordered_map<const void*, size_t> taken_;
  std::vector<Block> kept_;  // the oldest first
  size_t kept_size_ = 0;
};

bool may_be_large(const void* block) { return reinterpret_cast<uintptr_t>(block) % kPage == 0; }

}  // namespace

void* take_large_block(size_t bytes) {
  return bytes < kSmallest || bytes > kLargest ? nullptr : LargeBlocks::all().take(bytes);
}

size_t size_of_large_block(const void* block) { return may_be_large(block) ? LargeBlocks::all().size(block) : 0; }

bool give_large_block(void* block) { return may_be_large(block) && LargeBlocks::all().give(block); }

void drop_large_blocks() { LargeBlocks::all().drop(); }

}  // namespace tstorch

#else

namespace tstorch {

void* take_large_block(size_t) { return nullptr; }
size_t size_of_large_block(const void*) { return 0; }
bool give_large_block(void*) { return false; }
void drop_large_blocks() {}

}  // namespace tstorch

#endif
