// Memory of devices, and the pinned memory of the host, through libtorch's device-agnostic interface.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/core/CachingHostAllocator.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include "device_functions.h"

namespace tstorch {

namespace {

using c10::CachingAllocator::DurationStat;
using c10::CachingAllocator::Stat;

napi_value give(Call& call, const Stat& stat) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "current", js::integer(env, stat.current));
  js::set(env, result, "peak", js::integer(env, stat.peak));
  js::set(env, result, "allocated", js::integer(env, stat.allocated));
  js::set(env, result, "freed", js::integer(env, stat.freed));
  return result;
}

napi_value give(Call& call, const DurationStat& stat) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "total", js::integer(env, stat.total));
  js::set(env, result, "max", js::integer(env, stat.max));
  js::set(env, result, "min", js::integer(env, stat.min));
  js::set(env, result, "count", js::integer(env, stat.count));
  js::set(env, result, "avg", js::integer(env, stat.count == 0 ? 0 : stat.total / stat.count));
  return result;
}

napi_value give(Call& call, const c10::CachingAllocator::StatArray& stats) {
  using c10::CachingAllocator::StatType;
  const napi_value result = js::object(call.env());
  js::set(call.env(), result, "all", give(call, stats[static_cast<size_t>(StatType::AGGREGATE)]));
  js::set(call.env(), result, "small_pool", give(call, stats[static_cast<size_t>(StatType::SMALL_POOL)]));
  js::set(call.env(), result, "large_pool", give(call, stats[static_cast<size_t>(StatType::LARGE_POOL)]));
  return result;
}

}  // namespace

// device_memory_stats(index): all that the caching allocator counts, by the names that torch.cuda.memory_stats() has
napi_value device_memory_stats(Call& call) {
  const auto stats = at::accelerator::getDeviceStats(static_cast<c10::DeviceIndex>(call.integer(0)));
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "num_alloc_retries", js::integer(env, stats.num_alloc_retries));
  js::set(env, result, "num_ooms", js::integer(env, stats.num_ooms));
  js::set(env, result, "max_split_size", js::integer(env, stats.max_split_size));
  js::set(env, result, "num_sync_all_streams", js::integer(env, stats.num_sync_all_streams));
  js::set(env, result, "num_device_alloc", js::integer(env, stats.num_device_alloc));
  js::set(env, result, "num_device_free", js::integer(env, stats.num_device_free));
  js::set(env, result, "num_oom_rejections", js::integer(env, stats.num_oom_rejections));
  js::set(env, result, "allocation", give(call, stats.allocation));
  js::set(env, result, "segment", give(call, stats.segment));
  js::set(env, result, "active", give(call, stats.active));
  js::set(env, result, "inactive_split", give(call, stats.inactive_split));
  js::set(env, result, "allocated_bytes", give(call, stats.allocated_bytes));
  js::set(env, result, "reserved_bytes", give(call, stats.reserved_bytes));
  js::set(env, result, "active_bytes", give(call, stats.active_bytes));
  js::set(env, result, "inactive_split_bytes", give(call, stats.inactive_split_bytes));
  js::set(env, result, "requested_bytes", give(call, stats.requested_bytes));
  js::set(env, result, "oversize_allocations", give(call, stats.oversize_allocations));
  js::set(env, result, "oversize_segments", give(call, stats.oversize_segments));
  return result;
}

// device_memory_reset(index): begins the accumulated figures anew
napi_value device_memory_reset(Call& call) {
  at::accelerator::resetAccumulatedStats(static_cast<c10::DeviceIndex>(call.integer(0)));
  return call.undefined();
}

// host_memory("stats" | "reset_accumulated" | "reset_peak"): of CUDA's pinned memory
napi_value host_memory(Call& call) {
  at::HostAllocator* const allocator = at::getHostAllocator(at::kCUDA);
  const std::string what = call.string(0);
  TORCH_CHECK(allocator != nullptr, "Torch not compiled with CUDA enabled");
  if (what == "reset_accumulated") {
    allocator->reset_accumulated_stats();
  } else if (what == "reset_peak") {
    allocator->reset_peak_stats();
  } else {
    const at::HostStats stats = allocator->get_stats();
    const napi_env env = call.env();
    const napi_value result = js::object(env);
    js::set(env, result, "num_host_alloc", js::integer(env, stats.host_alloc_time.count));
    js::set(env, result, "num_host_free", js::integer(env, stats.host_free_time.count));
    js::set(env, result, "active_requests", give(call, stats.active_requests));
    js::set(env, result, "active_bytes", give(call, stats.active_bytes));
    js::set(env, result, "allocations", give(call, stats.allocations));
    js::set(env, result, "allocated_bytes", give(call, stats.allocated_bytes));
    js::set(env, result, "host_alloc_time", give(call, stats.host_alloc_time));
    js::set(env, result, "host_free_time", give(call, stats.host_free_time));
    return result;
  }
  return call.undefined();
}

napi_value empty_host_cache(Call& call) {
  at::accelerator::emptyHostCache();
  return call.undefined();
}

// supported_dtypes(index): the dtypes that tensors on the accelerator can have
napi_value supported_dtypes(Call& call) {
  const auto capability = at::accelerator::getDeviceCapability(static_cast<c10::DeviceIndex>(call.integer(0)));
  const napi_value result = js::array(call.env(), 0);
  size_t next = 0;
  capability.forEachSupportedScalarType([&](c10::ScalarType type) {
    js::set_at(call.env(), result, next++, js::number(call.env(), static_cast<double>(type)));
  });
  return result;
}

// cuda_hooks(what): what libtorch's hooks of CUDA answer
napi_value cuda_hooks(Call& call) {
  const at::CUDAHooksInterface& hooks = at::detail::getCUDAHooks();
  const std::string what = call.string(0);
  if (what == "hasMAGMA") return js::boolean(call.env(), hooks.hasMAGMA());
  if (what == "hasCKSDPA") return js::boolean(call.env(), hooks.hasCKSDPA());
  if (what == "versionCuDNN") return js::number(call.env(), static_cast<double>(hooks.versionCuDNN()));
  TORCH_CHECK_VALUE(false, "unknown question ", what);
}

}  // namespace tstorch
