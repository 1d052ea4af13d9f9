// Accelerators, through libtorch's device-agnostic interface: no CUDA header is needed, nor CUDA itself.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include "functions.h"

namespace tstorch {

namespace {

c10::DeviceIndex index_of(Call& call) { return static_cast<c10::DeviceIndex>(call.integer(0)); }

// A function of the CUDA driver, which no header of libtorch declares; null without a driver.
template <typename Function>
Function driver_function(const char* name) {
#ifdef _WIN32
  static const HMODULE driver = LoadLibraryA("nvcuda.dll");
  return driver == nullptr ? nullptr : reinterpret_cast<Function>(GetProcAddress(driver, name));
#else
  static void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  return driver == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(driver, name));
#endif
}

template <typename... Arguments>
void call_driver(const char* name, Arguments... arguments) {
  const auto function = driver_function<int (*)(Arguments...)>(name);
  TORCH_CHECK(function != nullptr, "the CUDA driver has no function ", name);
  const int status = function(arguments...);
  TORCH_CHECK(status == 0, "the CUDA driver's ", name, " failed with error ", status);
}

int handle_of(c10::DeviceIndex index) {
  TORCH_CHECK(index >= 0 && index < at::accelerator::deviceCount(), "Invalid device id");
  at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
  int device = 0;
  call_driver("cuDeviceGet", &device, static_cast<int>(index));
  return device;
}

napi_value statistics(Call& call, const at::CachingDeviceAllocator::StatArray& stats) {
  const auto& total = stats[static_cast<size_t>(at::CachingAllocator::StatType::AGGREGATE)];
  const napi_value result = js::object(call.env());
  js::set(call.env(), result, "current", js::integer(call.env(), total.current));
  js::set(call.env(), result, "peak", js::integer(call.env(), total.peak));
  js::set(call.env(), result, "allocated", js::integer(call.env(), total.allocated));
  js::set(call.env(), result, "freed", js::integer(call.env(), total.freed));
  return result;
}

}  // namespace

// accelerator(): the type of the accelerator that this libtorch was built for, or null
napi_value accelerator(Call& call) {
  const auto type = at::accelerator::getAccelerator();
  return type.has_value() ? js::number(call.env(), static_cast<double>(*type)) : js::null(call.env());
}

napi_value initialise_device(Call& call) {
  at::globalContext().lazyInitDevice(call.device_type(0));
  return call.undefined();
}

napi_value device_count(Call& call) { return js::number(call.env(), at::accelerator::deviceCount()); }

napi_value current_device(Call& call) { return js::number(call.env(), at::accelerator::getDeviceIndex()); }

napi_value set_device(Call& call) {
  at::accelerator::setDeviceIndex(index_of(call));
  return call.undefined();
}

napi_value synchronize(Call& call) {
  at::accelerator::synchronizeDevice(index_of(call));
  return call.undefined();
}

napi_value empty_cache(Call& call) {
  at::accelerator::emptyCache();
  return call.undefined();
}

// memory_stats(index): { allocated_bytes, reserved_bytes, ... }, each { current, peak, allocated, freed }
napi_value memory_stats(Call& call) {
  const auto stats = at::accelerator::getDeviceStats(index_of(call));
  const napi_value result = js::object(call.env());
  js::set(call.env(), result, "allocated_bytes", statistics(call, stats.allocated_bytes));
  js::set(call.env(), result, "reserved_bytes", statistics(call, stats.reserved_bytes));
  js::set(call.env(), result, "active_bytes", statistics(call, stats.active_bytes));
  js::set(call.env(), result, "num_ooms", js::integer(call.env(), stats.num_ooms));
  js::set(call.env(), result, "num_alloc_retries", js::integer(call.env(), stats.num_alloc_retries));
  return result;
}

// memory_info(index): [free, total] bytes
napi_value memory_info(Call& call) {
  const auto [free, total] = at::accelerator::getMemoryInfo(index_of(call));
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::integer(call.env(), static_cast<int64_t>(free)));
  js::set_at(call.env(), result, 1, js::integer(call.env(), static_cast<int64_t>(total)));
  return result;
}

napi_value reset_peak_memory_stats(Call& call) {
  at::accelerator::resetPeakStats(index_of(call));
  return call.undefined();
}

// device_capability(index): [major, minor]
napi_value device_capability(Call& call) {
  constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_{MAJOR,MINOR}
  const int device = handle_of(index_of(call));
  int major = 0, minor = 0;
  call_driver("cuDeviceGetAttribute", &major, kMajor, device);
  call_driver("cuDeviceGetAttribute", &minor, kMinor, device);
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::number(call.env(), major));
  js::set_at(call.env(), result, 1, js::number(call.env(), minor));
  return result;
}

napi_value device_name(Call& call) {
  const int device = handle_of(index_of(call));
  char name[256] = {};
  call_driver("cuDeviceGetName", &name[0], static_cast<int>(sizeof name), device);
  return js::string(call.env(), name);
}

}  // namespace tstorch
