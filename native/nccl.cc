// Collectives among the devices of one process: torch::cuda::nccl of libtorch_cuda.
#include <c10/core/Stream.h>

#include "cuda.h"
#include "device_functions.h"

namespace tstorch {

namespace {

struct CudaStream {  // c10::cuda::CUDAStream
  c10::Stream stream;
};
using Streams = std::vector<std::optional<CudaStream>>;
using Comms = std::vector<void*>;
using Tensors = std::vector<at::Tensor>;

// The mangled ends of the parameters that all collectives take: streams, then communicators
#define TSTORCH_NCCL_ENDS "RKS2_ISt8optionalIN3c104cuda10CUDAStreamEESaISE_EERKS2_IPvSaISJ_EE"

// null elements are the devices' current streams
Streams streams_of(Call& call, size_t i) {
  Streams result;
  if (!call.has(i)) return result;
  const napi_value array = call.value(i);
  for (size_t k = 0; k < js::length_of(call.env(), array); k++) {
    const napi_value stream = js::element(call.env(), array, k);
    if (js::is_nullish(call.env(), stream)) {
      result.emplace_back(std::nullopt);
      continue;
    }
    const auto part = [&](size_t n) { return js::to_integer(call.env(), js::element(call.env(), stream, n)); };
    result.emplace_back(CudaStream{
        c10::Stream::unpack3(part(0), static_cast<c10::DeviceIndex>(part(1)), static_cast<c10::DeviceType>(part(2)))});
  }
  return result;
}

}  // namespace

// nccl_version(): the parts of the version as one number
napi_value nccl_version(Call& call) {
  return js::integer(call.env(), static_cast<int64_t>(cuda_function<uint64_t()>("_ZN5torch4cuda4nccl7versionEv")()));
}

// nccl_collective(name, inputs, outputs, root, op, streams): outputs is one tensor for "reduce"
napi_value nccl_collective(Call& call) {
  const std::string name = call.string(0);
  const Tensors inputs = call.tensors(1);
  const auto root = static_cast<int32_t>(call.integer(3)), op = static_cast<int32_t>(call.integer(4));
  const Streams streams = streams_of(call, 5);
  const Comms comms;
  if (name == "broadcast") {
    cuda_function<void(at::TensorList, int32_t, const Streams&, const Comms&)>(
        "_ZN5torch4cuda4nccl9broadcastEN3c108ArrayRefIN2at6TensorEEEiRKSt6vectorISt8optionalINS2_4cuda10CUDAStreamEESaI"
        "SB_EERKS7_IPvSaISG_EE")(inputs, root, streams, comms);
    return call.undefined();
  }
  if (name == "reduce") {
    at::Tensor output = call.tensor(2);
    cuda_function<void(const Tensors&, at::Tensor&, int32_t, int32_t, const Streams&, const Comms&)>(
        "_ZN5torch4cuda4nccl6reduceERKSt6vectorIN2at6TensorESaIS4_EERS4_ii" TSTORCH_NCCL_ENDS)(inputs, output, root, op,
                                                                                               streams, comms);
    return call.undefined();
  }
  Tensors outputs = call.tensors(2);
  if (name == "all_gather") {
    cuda_function<void(const Tensors&, Tensors&, const Streams&, const Comms&)>(
        "_ZN5torch4cuda4nccl10all_gatherERKSt6vectorIN2at6TensorESaIS4_EERS6_" TSTORCH_NCCL_ENDS)(inputs, outputs,
                                                                                                  streams, comms);
  } else if (name == "all_reduce" || name == "reduce_scatter") {
    cuda_function<void(const Tensors&, Tensors&, int32_t, const Streams&, const Comms&)>(
        name == "all_reduce"
            ? "_ZN5torch4cuda4nccl10all_reduceERKSt6vectorIN2at6TensorESaIS4_EERS6_i" TSTORCH_NCCL_ENDS
            : "_ZN5torch4cuda4nccl14reduce_scatterERKSt6vectorIN2at6TensorESaIS4_EERS6_i" TSTORCH_NCCL_ENDS)(
        inputs, outputs, op, streams, comms);
  } else {
    TORCH_CHECK_VALUE(false, "unknown collective ", name);
  }
  return call.undefined();
}

#undef TSTORCH_NCCL_ENDS

}  // namespace tstorch
