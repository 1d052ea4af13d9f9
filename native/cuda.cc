// CUDA's runtime, and what libtorch_cuda has beyond the device-agnostic interface; all found by name at run time.
#include "cuda.h"

#include <ATen/Context.h>

#include <array>

#ifndef _WIN32
#include <dlfcn.h>
#endif

#include "device_functions.h"

namespace tstorch {

void* cuda_symbol(const char* name) {
#ifdef _WIN32
  return nullptr;  // the names are mangled in another way there
#else
  return dlsym(RTLD_DEFAULT, name);
#endif
}

void check_cuda(int status) {
  if (status == 0) return;
  using Check = void(int, const char*, const char*, unsigned, bool, void*);
  const auto check = reinterpret_cast<Check*>(
      cuda_symbol("_ZN3c104cuda29c10_cuda_check_implementationEiPKcS2_jbPNS0_19CUDAErrorLogCaptureE"));
  if (check != nullptr) check(status, __FILE__, static_cast<const char*>(__func__), __LINE__, true, nullptr);
  TORCH_CHECK(false, "CUDA error: ", cuda_function<const char*(int)>("cudaGetErrorString")(status));
}

namespace {

napi_value address(Call& call, const void* pointer) {
  return js::integer(call.env(), static_cast<int64_t>(reinterpret_cast<intptr_t>(pointer)));
}

void* pointer(Call& call, size_t i) { return reinterpret_cast<void*>(call.integer(i)); }

}  // namespace

// cuda_runtime(name, arguments...): the status of a function of CUDA's runtime that cudart() has
napi_value cuda_runtime(Call& call) {
  const std::string name = call.string(0);
  int status = 0;
  if (name == "cudaProfilerStart" || name == "cudaProfilerStop") {
    status = cuda_function<int()>(name.c_str())();
  } else if (name == "cudaHostRegister") {
    status = cuda_function<int(void*, size_t, unsigned)>("cudaHostRegister")(
        pointer(call, 1), static_cast<size_t>(call.integer(2)), static_cast<unsigned>(call.integer(3)));
  } else if (name == "cudaHostUnregister" || name == "cudaStreamDestroy") {
    status = cuda_function<int(void*)>(name.c_str())(pointer(call, 1));
  } else if (name == "cudaStreamCreate") {
    status = cuda_function<int(void*)>("cudaStreamCreate")(pointer(call, 1));
  } else {
    TORCH_CHECK_VALUE(false, "unknown function ", name);
  }
  return js::number(call.env(), status);
}

napi_value cuda_error_string(Call& call) {
  return js::string(call.env(),
                    cuda_function<const char*(int)>("cudaGetErrorString")(static_cast<int>(call.integer(0))));
}

// cuda_device_attributes(index, attributes): the values of cudaDeviceAttr
napi_value cuda_device_attributes(Call& call) {
  const size_t count = js::length_of(call.env(), call.value(1));
  const napi_value result = js::array(call.env(), count);
  for (size_t i = 0; i < count; i++) {
    int value = 0;
    call_cuda("cudaDeviceGetAttribute", &value,
              static_cast<int>(js::to_integer(call.env(), js::element(call.env(), call.value(1), i))),
              static_cast<int>(call.integer(0)));
    js::set_at(call.env(), result, i, js::number(call.env(), value));
  }
  return result;
}

napi_value cuda_can_access_peer(Call& call) {
  int can = 0;
  call_cuda("cudaDeviceCanAccessPeer", &can, static_cast<int>(call.integer(0)), static_cast<int>(call.integer(1)));
  return js::boolean(call.env(), can != 0);
}

// cuda_blas_handle(): the address of cuBLAS's handle of the current device and stream
napi_value cuda_blas_handle(Call& call) {
  return address(call, cuda_function<void*(bool)>("_ZN2at4cuda24getCurrentCUDABlasHandleEb")(true));
}

// cuda_sleep(cycles): keeps the current stream busy
napi_value cuda_sleep(Call& call) {
  cuda_function<void(int64_t)>("_ZN2at4cuda5sleepEl")(call.integer(0));
  return call.undefined();
}

// cuda_sync_debug_mode([mode]): 0, 1 or 2; sets it where one is given
napi_value cuda_sync_debug_mode(Call& call) {
  auto* const mode = static_cast<int32_t*>(cuda_symbol("_ZZN3c104cuda13warning_stateEvE14warning_state_"));
  TORCH_CHECK(mode != nullptr, "Torch not compiled with CUDA enabled");
  if (call.has(0)) {
    TORCH_WARN_ONCE(
        "Synchronization debug mode is a prototype feature and does not yet detect all "
        "synchronizing operations");
    *mode = static_cast<int32_t>(call.integer(0));
  }
  return js::number(call.env(), *mode);
}

// cuda_workspace(which: "cublas" | "cublaslt", bytes): the size of its workspace; sets it where bytes are given, and
// takes the default again for those less than 0
napi_value cuda_workspace(Call& call) {
  const bool is_lt = call.string(0) == "cublaslt";
  if (call.has(1)) {
    const int64_t bytes = call.integer(1);
    if (bytes < 0) {
      cuda_function<void()>(is_lt ? "_ZN2at4cuda28resetCUDABlasLtWorkspaceSizeEv"
                                  : "_ZN2at4cuda24resetChosenWorkspaceSizeEv")();
    } else {
      cuda_function<void(size_t)>(is_lt ? "_ZN2at4cuda26setCUDABlasLtWorkspaceSizeEm"
                                        : "_ZN2at4cuda22setChosenWorkspaceSizeEm")(static_cast<size_t>(bytes));
    }
  }
  const size_t size = cuda_function<size_t()>(is_lt ? "_ZN2at4cuda26getCUDABlasLtWorkspaceSizeEv"
                                                    : "_ZN2at4cuda22getChosenWorkspaceSizeEv")();
  return js::integer(call.env(), static_cast<int64_t>(size));
}

// cusparselt_version(): as CUSPARSELT_VERSION counts; undefined where the library is not loaded
napi_value cusparselt_version(Call& call) {
  if (cuda_symbol("cusparseLtGetProperty") == nullptr) return call.undefined();
  const auto get = cuda_function<int(int, int*)>("cusparseLtGetProperty");
  std::array<int, 3> parts{};  // major, minor, patch
  for (int i = 0; i < 3; i++) {
    const int status = get(i, &parts[i]);
    TORCH_CHECK(status == 0, "cuSPARSELt error: ", status, " when calling cusparseLtGetProperty");
  }
  return js::number(call.env(), parts[0] * 1000 + parts[1] * 100 + parts[2]);
}

}  // namespace tstorch
