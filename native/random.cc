// Random number generators.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "functions.h"

namespace tstorch {

namespace {

at::Generator& generator(Call& call) { return generator_of(call.env(), call.value(0)); }

// A seed as Python takes it: a negative one stands for its two's complement.
uint64_t seed_of(Call& call, size_t i) {
  if (js::type_of(call.env(), call.value(i)) == napi_bigint) {
    int64_t bits = 0;
    uint64_t magnitude = 0;
    bool is_signed = false, is_unsigned = false;
    js::check(napi_get_value_bigint_int64(call.env(), call.value(i), &bits, &is_signed));
    js::check(napi_get_value_bigint_uint64(call.env(), call.value(i), &magnitude, &is_unsigned));
    TORCH_CHECK(is_signed || is_unsigned, "Overflow when unpacking long long");
    return is_unsigned ? magnitude : static_cast<uint64_t>(bits);
  }
  return static_cast<uint64_t>(call.integer(i));
}

napi_value unsigned_integer(Call& call, uint64_t value) {
  if (value < (uint64_t{1} << 53)) return js::number(call.env(), static_cast<double>(value));
  napi_value result = nullptr;
  js::check(napi_create_bigint_uint64(call.env(), value, &result));
  return result;
}

}  // namespace

// manual_seed(seed): seeds the default generators of all devices; in a worker thread, that thread's alone
napi_value manual_seed(Call& call) {
  const uint64_t seed = seed_of(call, 0);
  if (call.addon().generator.has_value()) {
    std::lock_guard<std::mutex> lock(call.addon().generator->mutex());
    call.addon().generator->set_current_seed(seed);
  } else {
    at::manual_seed(seed);
  }
  return call.undefined();
}

// default_generator(device type, index)
napi_value default_generator(Call& call) {
  const c10::Device device(call.device_type(0), static_cast<c10::DeviceIndex>(call.integer(1)));
  if (device.is_cpu() && call.addon().generator.has_value())
    return wrap_generator(call.addon(), *call.addon().generator);
  return wrap_generator(call.addon(), at::globalContext().defaultGenerator(device));
}

// new_generator(device type, index)
napi_value new_generator(Call& call) {
  const auto type = call.device_type(0);
  const auto index = static_cast<c10::DeviceIndex>(call.integer(1));
  if (type == c10::DeviceType::CPU) return wrap_generator(call.addon(), at::detail::createCPUGenerator());
  return wrap_generator(call.addon(), at::globalContext().getAcceleratorHooksInterface(type).getNewGenerator(index));
}

napi_value generator_device(Call& call) {
  const c10::Device device = generator(call).device();
  return js::number(call.env(), static_cast<double>(device.type()) * 256 + device.index() + 1);
}

napi_value generator_manual_seed(Call& call) {
  const uint64_t seed = seed_of(call, 1);
  at::Generator& generator = tstorch::generator(call);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
  return call.undefined();
}

napi_value generator_seed(Call& call) {
  at::Generator& generator = tstorch::generator(call);
  std::lock_guard<std::mutex> lock(generator.mutex());
  return unsigned_integer(call, generator.seed());
}

napi_value generator_initial_seed(Call& call) { return unsigned_integer(call, generator(call).current_seed()); }

napi_value generator_get_state(Call& call) {
  at::Generator& generator = tstorch::generator(call);
  std::lock_guard<std::mutex> lock(generator.mutex());
  return call.wrap(generator.get_state());
}

napi_value generator_set_state(Call& call) {
  at::Generator& generator = tstorch::generator(call);
  const at::Tensor state = call.tensor(1);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
  return call.undefined();
}

napi_value generator_get_offset(Call& call) {
  at::Generator& generator = tstorch::generator(call);
  std::lock_guard<std::mutex> lock(generator.mutex());
  return unsigned_integer(call, generator.get_offset());
}

napi_value generator_set_offset(Call& call) {
  at::Generator& generator = tstorch::generator(call);
  const uint64_t offset = seed_of(call, 1);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_offset(offset);
  return call.undefined();
}

}  // namespace tstorch
