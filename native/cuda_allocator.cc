// CUDA's caching allocator beyond the device-agnostic interface, pools of memory, and allocators of the user's.
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/DeviceGuard.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

#ifndef _WIN32
#include <dlfcn.h>
#endif

#include "cuda.h"
#include "device_functions.h"
#include "resource.h"

struct CUstream_st;

namespace tstorch {

using Stream = CUstream_st*;
using c10::MempoolId_t;

// These types are in no unnamed namespace: the compiler would conclude that nobody implements the functions.

struct AllocatorConfigInfo {
  double garbage_collection_threshold;
  size_t max_split_size;
  size_t pinned_num_register_threads;
  bool expandable_segments;
  bool release_lock_on_malloc;
  bool pinned_use_host_register;
  bool graph_capture_record_stream_reuse;
  std::string last_allocator_settings;
  std::vector<size_t> roundup_power2_divisions;
  size_t max_round_threshold;
  size_t max_cached_size;
};

struct SnapshotInfo {
  std::vector<c10::CachingDeviceAllocator::SegmentInfo> segments;
  std::vector<std::vector<c10::CachingDeviceAllocator::TraceEntry>> device_traces;
  std::vector<c10::CachingDeviceAllocator::AnnotationEntry> external_annotations;
  AllocatorConfigInfo config_metadata;
  std::vector<c10::CachingDeviceAllocator::HostSegmentInfo> host_segments;
  std::vector<c10::CachingDeviceAllocator::TraceEntry> host_traces;
};

// c10::cuda::CUDACachingAllocator::CUDAAllocator: its virtual functions in their order, of which the header cannot be
// read without CUDA's own. Those that are not called here stand as place_N.
struct CudaAllocator : c10::DeviceAllocator {
  virtual void* raw_alloc(size_t bytes) = 0;
  virtual void* raw_alloc_with_stream(size_t bytes, Stream stream) = 0;
  virtual void raw_delete(void* pointer) = 0;
  virtual void init(int device_count) = 0;
  virtual double getMemoryFraction(c10::DeviceIndex device) = 0;
  virtual void setMemoryFraction(double fraction, c10::DeviceIndex device) = 0;
  virtual void place_getExpandableSegmentSizes() = 0;
  virtual void enable(bool value) = 0;
  virtual bool isEnabled() const = 0;
  virtual void place_cacheInfo() = 0;
  virtual void place_getBaseAllocation() = 0;
  virtual void place_recordStream() = 0;
  virtual SnapshotInfo snapshot(MempoolId_t pool, bool include_traces) = 0;
  virtual void beginAllocateToPool(c10::DeviceIndex device, MempoolId_t pool, std::function<bool(Stream)> filter) = 0;
  virtual void endAllocateToPool(c10::DeviceIndex device, MempoolId_t pool) = 0;
  virtual void place_markCaptureBegin() = 0;
  virtual void place_markCaptureEnd() = 0;
  virtual void releasePool(c10::DeviceIndex device, MempoolId_t pool) = 0;
  virtual void place_getPoolUseCount() = 0;
  virtual void place_createOrIncrefPool() = 0;
  virtual void place_setUseOnOOM() = 0;
  virtual void place_setNoSplit() = 0;
  virtual void place_checkPoolLiveAllocations() = 0;
  virtual void place_shareIpcHandle() = 0;
  virtual void place_getIpcDevPtr() = 0;
  virtual void place_isHistoryEnabled() = 0;
  virtual void place_getContextForPointer() = 0;
  virtual void place_recordHistory() = 0;
  virtual void place_recordAnnotation() = 0;
  virtual void place_pushCompileContext() = 0;
  virtual void place_popCompileContext() = 0;
  virtual void place_supportsUserMetadata() = 0;
  virtual void place_setUserMetadata() = 0;
  virtual void place_getUserMetadata() = 0;
  virtual void place_annotateMemory() = 0;
  virtual void place_attachOutOfMemoryObserver() = 0;
  virtual void place_attachOomRejectionObserver() = 0;
  virtual void place_attachAllocatorTraceTracker() = 0;
  virtual void place_enablePeerAccess() = 0;
  virtual void place_memcpyAsync() = 0;
  virtual void place_getCheckpointState() = 0;
  virtual void place_setCheckpointPoolState() = 0;
  virtual void place_allocateWithAddress() = 0;
  virtual std::string name() = 0;
};

namespace {

CudaAllocator& allocator() {
  auto* const current =
      static_cast<std::atomic<CudaAllocator*>*>(cuda_symbol("_ZN3c104cuda20CUDACachingAllocator9allocatorE"));
  TORCH_CHECK(current != nullptr, "Torch not compiled with CUDA enabled");
  return *current->load();
}

struct PluggableAllocator final : Resource {
  explicit PluggableAllocator(std::shared_ptr<CudaAllocator> allocator) : allocator(std::move(allocator)) {}
  std::shared_ptr<CudaAllocator> allocator;
};

// at::cuda::MemPool, which lives in memory of ours and is built by its own constructor
class Pool final : public Resource {
 public:
  Pool(const std::shared_ptr<CudaAllocator>& allocator, bool use_on_oom, bool no_split) {
    cuda_function<void(void*, std::shared_ptr<CudaAllocator>, bool, bool, bool)>(
        "_ZN2at4cuda7MemPoolC1ESt10shared_ptrIN3c104cuda20CUDACachingAllocator13CUDAAllocatorEEbbb")(
        self(), allocator, true, use_on_oom, no_split);
  }
  ~Pool() override { cuda_function<void(void*)>("_ZN2at4cuda7MemPoolD1Ev")(self()); }
  MempoolId_t id() { return cuda_function<MempoolId_t(void*)>("_ZN2at4cuda7MemPool2idEv")(self()); }
  int use_count() { return cuda_function<int(void*)>("_ZN2at4cuda7MemPool9use_countEv")(self()); }
  c10::DeviceIndex device() { return cuda_function<c10::DeviceIndex(void*)>("_ZN2at4cuda7MemPool6deviceEv")(self()); }

 private:
  void* self() { return memory_.data(); }
  alignas(std::max_align_t) std::array<std::byte, 256> memory_{};
};

MempoolId_t pool_id(Call& call, size_t i) {
  return {static_cast<c10::CaptureId_t>(call.integer(i)), static_cast<c10::CaptureId_t>(call.integer(i + 1))};
}

napi_value give(Call& call, const MempoolId_t& id) {
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::integer(call.env(), static_cast<int64_t>(id.first)));
  js::set_at(call.env(), result, 1, js::integer(call.env(), static_cast<int64_t>(id.second)));
  return result;
}

napi_value size(Call& call, size_t value) { return js::integer(call.env(), static_cast<int64_t>(value)); }

napi_value block(Call& call, const c10::CachingDeviceAllocator::BlockInfo& info, size_t address) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "address", size(call, address));
  js::set(env, result, "size", size(call, info.size));
  js::set(env, result, "requested_size", size(call, info.requested_size));
  js::set(env, result, "state",
          js::string(env, info.allocated ? "active_allocated"
                          : info.active  ? "active_pending_free"
                                         : "inactive"));
  js::set(env, result, "frames", js::array(env, 0));
  return result;
}

napi_value segment(Call& call, const c10::CachingDeviceAllocator::SegmentInfo& info) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "device", js::number(env, info.device));
  js::set(env, result, "address", size(call, info.address));
  js::set(env, result, "total_size", size(call, info.total_size));
  js::set(env, result, "allocated_size", size(call, info.allocated_size));
  js::set(env, result, "active_size", size(call, info.active_size));
  js::set(env, result, "requested_size", size(call, info.requested_size));
  js::set(env, result, "stream", size(call, reinterpret_cast<uintptr_t>(info.stream)));
  js::set(env, result, "segment_type", js::string(env, info.is_large ? "large" : "small"));
  js::set(env, result, "segment_pool_id", give(call, info.owner_private_pool_id));
  js::set(env, result, "is_expandable", js::boolean(env, info.is_expandable));
  js::set(env, result, "frames", js::array(env, 0));
  const napi_value blocks = js::array(env, info.blocks.size());
  size_t address = info.address;
  for (size_t i = 0; i < info.blocks.size(); i++) {
    js::set_at(env, blocks, i, block(call, info.blocks[i], address));
    address += info.blocks[i].size;
  }
  js::set(env, result, "blocks", blocks);
  return result;
}

}  // namespace

// cuda_allocator_name(): "native" or "cudaMallocAsync"
napi_value cuda_allocator_name(Call& call) { return js::string(call.env(), allocator().name()); }

// cuda_memory_fraction(index[, fraction])
napi_value cuda_memory_fraction(Call& call) {
  const auto index = static_cast<c10::DeviceIndex>(call.integer(0));
  if (call.has(1)) allocator().setMemoryFraction(call.number(1), index);
  return js::number(call.env(), allocator().getMemoryFraction(index));
}

// cuda_allocator_enabled([value])
napi_value cuda_allocator_enabled(Call& call) {
  if (call.has(0)) allocator().enable(call.boolean(0));
  return js::boolean(call.env(), allocator().isEnabled());
}

// cuda_allocate(bytes, address of a stream, index): the memory's address
napi_value cuda_allocate(Call& call) {
  const c10::DeviceGuard guard(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(call.integer(2))));
  void* const memory = allocator().raw_alloc_with_stream(static_cast<size_t>(call.integer(0)),
                                                         reinterpret_cast<Stream>(call.integer(1)));
  return size(call, reinterpret_cast<uintptr_t>(memory));
}

napi_value cuda_free(Call& call) {
  allocator().raw_delete(reinterpret_cast<void*>(call.integer(0)));
  return call.undefined();
}

// cuda_memory_snapshot(pool id, include traces): the segments, those of all pools for an id of [0, 0]
napi_value cuda_memory_snapshot(Call& call) {
  const SnapshotInfo info = allocator().snapshot(pool_id(call, 0), call.boolean(2));
  const napi_value result = js::array(call.env(), info.segments.size());
  for (size_t i = 0; i < info.segments.size(); i++) js::set_at(call.env(), result, i, segment(call, info.segments[i]));
  return result;
}

// cuda_pluggable_allocator(path, name of the function that allocates, of the one that frees): null, or what the linker
// says
napi_value cuda_pluggable_allocator(Call& call) {
#ifdef _WIN32
  TORCH_CHECK(false, "CUDAPluggableAllocator is not supported on this platform.");
#else
  const auto complaint = [&call] { return js::string(call.env(), dlerror()); };
  void* const library = dlopen(call.string(0).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return complaint();
  using Allocate = void*(size_t, int, Stream);
  using Free = void(void*, size_t, int, Stream);
  auto* const allocate = reinterpret_cast<Allocate*>(dlsym(library, call.string(1).c_str()));
  if (allocate == nullptr) return complaint();
  auto* const free = reinterpret_cast<Free*>(dlsym(library, call.string(2).c_str()));
  if (free == nullptr) return complaint();
  const auto create = cuda_function<std::shared_ptr<CudaAllocator>(std::function<Allocate>, std::function<Free>)>(
      "_ZN5torch4cuda22CUDAPluggableAllocator21createCustomAllocatorESt8functionIFPvmiP11CUstream_stEES2_IFvS3_miS5_"
      "EE");
  return wrap_resource(call.addon(), std::make_shared<PluggableAllocator>(create(allocate, free)));
#endif
}

napi_value cuda_change_allocator(Call& call) {
  cuda_function<void(const std::shared_ptr<CudaAllocator>&)>(
      "_ZN5torch4cuda22CUDAPluggableAllocator22changeCurrentAllocatorERKSt10shared_ptrIN3c104cuda20CUDACachingAllocator"
      "13CUDAAllocatorEE")(resource_of<PluggableAllocator>(call, 0, "CUDAPluggableAllocator").allocator);
  return call.undefined();
}

// new_mem_pool(allocator or null, use on OOM, no split)
napi_value new_mem_pool(Call& call) {
  const auto from =
      call.has(0) ? resource_of<PluggableAllocator>(call, 0, "CUDAPluggableAllocator").allocator : nullptr;
  return wrap_resource(call.addon(), std::make_shared<Pool>(from, call.boolean(1), call.boolean(2)));
}

napi_value mem_pool_id(Call& call) { return give(call, resource_of<Pool>(call, 0, "MemPool").id()); }

napi_value mem_pool_use_count(Call& call) {
  return js::number(call.env(), resource_of<Pool>(call, 0, "MemPool").use_count());
}

napi_value mem_pool_device(Call& call) {
  return js::number(call.env(), resource_of<Pool>(call, 0, "MemPool").device());
}

// begin_allocate_to_pool(index, pool id): what this thread allocates from now on comes from the pool
napi_value begin_allocate_to_pool(Call& call) {
  const auto thread = std::this_thread::get_id();
  allocator().beginAllocateToPool(static_cast<c10::DeviceIndex>(call.integer(0)), pool_id(call, 1),
                                  [thread](Stream) { return std::this_thread::get_id() == thread; });
  return call.undefined();
}

// end_allocate_to_pool(index, pool id): ends that, and gives the pool free
napi_value end_allocate_to_pool(Call& call) {
  const auto index = static_cast<c10::DeviceIndex>(call.integer(0));
  allocator().endAllocateToPool(index, pool_id(call, 1));
  allocator().releasePool(index, pool_id(call, 1));
  return call.undefined();
}

}  // namespace tstorch
