// What generators have for captured graphs.
#include <ATen/core/Generator.h>

#include "cuda.h"
#include "device_functions.h"

namespace tstorch {

napi_value generator_graphsafe_get_state(Call& call) {
  at::Generator& generator = generator_of(call.env(), call.value(0));
  std::lock_guard<std::mutex> lock(generator.mutex());
  return wrap_generator(call.addon(), generator.graphsafe_get_state());
}

// generator_graphsafe_set_state(generator, another one whose state it takes)
napi_value generator_graphsafe_set_state(Call& call) {
  at::Generator& generator = generator_of(call.env(), call.value(0));
  const at::Generator& other = generator_of(call.env(), call.value(1));
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.graphsafe_set_state(other);
  return call.undefined();
}

// generator_philox_state(generator, increment): reserves numbers of a CUDA generator's stream: [seed, offset, offset
// within the graph that is being captured], each an int64 tensor of one element
napi_value generator_philox_state(Call& call) {
  union Payload {
    uint64_t value;
    int64_t* pointer;
  };
  struct State {  // at::PhiloxCudaState
    Payload seed, offset;
    uint64_t offset_intragraph;
    bool captured;
  };
  at::Generator& generator = generator_of(call.env(), call.value(0));
  TORCH_CHECK_NOT_IMPLEMENTED(generator.device().is_cuda(), "philox_state is not supported in this Generator");
  std::lock_guard<std::mutex> lock(generator.mutex());
  const State state = cuda_function<State(void*, uint64_t)>("_ZN2at17CUDAGeneratorImpl17philox_cuda_stateEm")(
      generator.unsafeGetGeneratorImpl(), static_cast<uint64_t>(call.integer(1)));
  const auto number = [](uint64_t value) { return at::full({1}, static_cast<int64_t>(value), at::kLong); };
  const auto part = [&](const Payload& payload) {
    if (!state.captured) return number(payload.value);
    return at::from_blob(payload.pointer, {1}, at::TensorOptions().dtype(at::kLong).device(generator.device()));
  };
  return call.wrap({part(state.seed), part(state.offset), number(state.offset_intragraph)});
}

}  // namespace tstorch
