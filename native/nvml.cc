// What NVIDIA's management library tells of a device.
#include <array>

#ifndef _WIN32
#include <dlfcn.h>
#endif

#include "cuda.h"
#include "device_functions.h"

namespace tstorch {

namespace {

void* library() {
#ifdef _WIN32
  return nullptr;
#else
  static void* const loaded = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  return loaded;
#endif
}

template <typename... Arguments>
void ask(const char* name, Arguments... arguments) {
#ifndef _WIN32
  auto* const function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library(), name));
  TORCH_CHECK(function != nullptr, "NVML has no function ", name);
  const int status = function(arguments...);
  if (status == 0) return;
  const auto text = reinterpret_cast<const char* (*)(int)>(dlsym(library(), "nvmlErrorString"));
  TORCH_CHECK(false, text == nullptr ? "NVML failed" : text(status));
#endif
}

void* device_of(Call& call, size_t i) {
  std::array<char, 32> bus{};
  call_cuda("cudaDeviceGetPCIBusId", bus.data(), static_cast<int>(bus.size()), static_cast<int>(call.integer(i)));
  void* device = nullptr;
  ask("nvmlDeviceGetHandleByPciBusId_v2", static_cast<const char*>(bus.data()), &device);
  return device;
}

}  // namespace

// nvml_query(what[, index]): "is_loaded" whether there is the library; else a figure, or [pid, bytes] of processes
napi_value nvml_query(Call& call) {
  const napi_env env = call.env();
  const std::string what = call.string(0);
  if (what == "is_loaded") {
    if (library() == nullptr) return js::boolean(env, false);
    ask("nvmlInit_v2");
    return js::boolean(env, true);
  }
  void* const device = device_of(call, 1);
  struct Utilization {
    unsigned gpu, memory;
  };
  if (what == "utilization" || what == "memory_usage") {
    Utilization rates{};
    ask("nvmlDeviceGetUtilizationRates", device, &rates);
    return js::number(env, what == "utilization" ? rates.gpu : rates.memory);
  }
  struct Memory {
    unsigned long long total, free, used;
  };
  if (what == "device_memory_used") {
    Memory memory{};
    ask("nvmlDeviceGetMemoryInfo", device, &memory);
    return js::integer(env, static_cast<int64_t>(memory.used));
  }
  unsigned value = 0;
  if (what == "temperature") {
    ask("nvmlDeviceGetTemperature", device, 0, &value);
    return js::number(env, value);
  }
  if (what == "power_draw") {
    ask("nvmlDeviceGetPowerUsage", device, &value);
    return js::number(env, value);
  }
  if (what == "clock_rate") {
    ask("nvmlDeviceGetClockInfo", device, 1, &value);
    return js::number(env, value);
  }
  TORCH_CHECK_VALUE(what == "processes", "unknown question ", what);
  struct Process {
    unsigned pid;
    unsigned long long bytes;
    unsigned gpu_instance, compute_instance;
  };
  std::array<Process, 256> processes{};
  unsigned count = processes.size();
  ask("nvmlDeviceGetComputeRunningProcesses_v3", device, &count, processes.data());
  const napi_value result = js::array(env, count);
  for (unsigned i = 0; i < count; i++) {
    const napi_value pair = js::array(env, 2);
    js::set_at(env, pair, 0, js::number(env, processes[i].pid));
    js::set_at(env, pair, 1, js::integer(env, static_cast<int64_t>(processes[i].bytes)));
    js::set_at(env, result, i, pair);
  }
  return result;
}

}  // namespace tstorch
