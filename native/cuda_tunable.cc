// torch.cuda.tunable: at::cuda::tunable::TuningContext, whose functions are found in libtorch_cuda by name.
#include <array>
#include <cstddef>
#include <unordered_map>

#include "cuda.h"
#include "device_functions.h"
#include "resource.h"

namespace tstorch {

namespace {

constexpr const char* kPrefix = "_ZN2at4cuda7tunable13TuningContext";
constexpr const char* kConstPrefix = "_ZNK2at4cuda7tunable13TuningContext";

void* context() { return cuda_function<void*()>("_ZN2at4cuda7tunable16getTuningContextEv")(); }

// A name as C++ mangles it: its length goes before it.
std::string getter(const std::string& name) { return kConstPrefix + std::to_string(name.size()) + name + "Ev"; }
std::string setter(const std::string& name, const char* type) {
  return kPrefix + std::to_string(name.size()) + name + "E" + type;
}

bool is_flag(const std::string& name) { return name.rfind("Is", 0) == 0 || name.rfind("Enable", 0) == 0; }

// at::cuda::tunable::ResultEntry
struct ResultEntry {
  std::string key;
  double time;
  std::string blas_signature;
};
using ResultsMap = std::unordered_map<std::string, std::unordered_map<std::string, ResultEntry>>;

struct TuningResults {
  std::unordered_map<std::string, std::string> validators;
  ResultsMap results;
};

// at::cuda::tunable::TunableDynamicDimsGuard
class DynamicDims final : public Resource {
 public:
  explicit DynamicDims(uint8_t mask) {
    cuda_function<void(void*, uint8_t)>("_ZN2at4cuda7tunable23TunableDynamicDimsGuardC1ENS1_15DynamicDimsMaskE")(
        memory_.data(), mask);
  }
  ~DynamicDims() override { end(); }
  void end() {
    if (!ended_) cuda_function<void(void*)>("_ZN2at4cuda7tunable23TunableDynamicDimsGuardD1Ev")(memory_.data());
    ended_ = true;
  }

 private:
  bool ended_ = false;
  alignas(std::max_align_t) std::array<std::byte, 64> memory_{};
};

}  // namespace

// tunable_get(name of a function of TuningContext): its flag or number
napi_value tunable_get(Call& call) {
  const std::string name = call.string(0);
  if (is_flag(name)) return js::boolean(call.env(), cuda_function<bool(void*)>(getter(name).c_str())(context()));
  return js::number(call.env(), cuda_function<int(void*)>(getter(name).c_str())(context()));
}

// tunable_set(name, flag or number), tunable_set("SetNumericalCheckConfig", enabled, atol, rtol)
napi_value tunable_set(Call& call) {
  const std::string name = call.string(0);
  if (call.has(3)) {
    cuda_function<void(void*, bool, double, double)>(setter(name, "bdd").c_str())(context(), call.boolean(1),
                                                                                  call.number(2), call.number(3));
  } else if (is_flag(name)) {
    cuda_function<void(void*, bool)>(setter(name, "b").c_str())(context(), call.boolean(1));
  } else {
    cuda_function<void(void*, int)>(setter(name, "i").c_str())(context(), static_cast<int>(call.integer(1)));
  }
  return call.undefined();
}

// tunable_filename([name, whether the device's ordinal is put into it])
napi_value tunable_filename(Call& call) {
  if (call.has(0)) {
    cuda_function<void(void*, const std::string&, bool)>(
        "_ZN2at4cuda7tunable13TuningContext11SetFilenameERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEb")(
        context(), call.string(0), call.boolean(1));
  }
  return js::string(call.env(), cuda_function<std::string(void*)>(
                                    "_ZNK2at4cuda7tunable13TuningContext11GetFilenameB5cxx11Ev")(context()));
}

napi_value tunable_read_file(Call& call) {
  return js::boolean(
      call.env(),
      cuda_function<bool(void*, const std::string&)>(
          "_ZN2at4cuda7tunable13TuningContext8ReadFileERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE")(
          context(), call.string(0)));
}

// tunable_results(): [[name, value] of the validators, [operator, parameters, kernel, milliseconds] of the results]
napi_value tunable_results(Call& call) {
  const auto found =
      cuda_function<TuningResults(void*)>("_ZN2at4cuda7tunable13TuningContext16GetTuningResultsEv")(context());
  const napi_env env = call.env();
  const napi_value validators = js::array(env, found.validators.size()), results = js::array(env, 0);
  size_t next = 0;
  for (const auto& [name, value] : found.validators) {
    const napi_value pair = js::array(env, 2);
    js::set_at(env, pair, 0, js::string(env, name));
    js::set_at(env, pair, 1, js::string(env, value));
    js::set_at(env, validators, next++, pair);
  }
  next = 0;
  for (const auto& [name, kernels] : found.results) {
    for (const auto& [parameters, entry] : kernels) {
      const napi_value row = js::array(env, 4);
      js::set_at(env, row, 0, js::string(env, name));
      js::set_at(env, row, 1, js::string(env, parameters));
      js::set_at(env, row, 2, js::string(env, entry.key));
      js::set_at(env, row, 3, js::number(env, entry.time));
      js::set_at(env, results, next++, row);
    }
  }
  const napi_value both = js::array(env, 2);
  js::set_at(env, both, 0, validators);
  js::set_at(env, both, 1, results);
  return both;
}

// tunable_dynamic_dims(mask): from now on, on this thread; until tunable_end_dynamic_dims(what it returned)
napi_value tunable_dynamic_dims(Call& call) {
  return wrap_resource(call.addon(), std::make_shared<DynamicDims>(static_cast<uint8_t>(call.integer(0))));
}

napi_value tunable_end_dynamic_dims(Call& call) {
  resource_of<DynamicDims>(call, 0, "mask of dimensions").end();
  return call.undefined();
}

}  // namespace tstorch
