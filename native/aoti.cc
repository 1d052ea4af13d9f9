// Models that AOTInductor compiled: a shared library each, run by libtorch's runner. lib/_inductor unpacks them.
#include <ATen/native/Resize.h>
#include <torch/csrc/inductor/aoti_runner/model_container_runner.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "compute.h"
#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

using torch::inductor::AOTIModelContainerRunner;
using Constants = std::unordered_map<std::string, at::Tensor>;

struct AotiModel {
  std::unique_ptr<AOTIModelContainerRunner> runner;
  std::unordered_map<std::string, std::string> names;  // of constants in the library, by those in the module
};

AotiModel& model_of(const Call& call) {
  return *std::static_pointer_cast<AotiModel>(state_of(call.env(), call.value(0)));
}

// Compiled code reads this once, at its first run: without it, it takes inputs of any dtype and size at their word.
void check_inputs_always() {
#ifdef _WIN32
  if (std::getenv("AOTI_RUNTIME_CHECK_INPUTS") == nullptr) _putenv_s("AOTI_RUNTIME_CHECK_INPUTS", "1");
#else
  setenv("AOTI_RUNTIME_CHECK_INPUTS", "1", 0);
#endif
}

// The tensor as compiled code can read it, which goes straight to its memory.
at::Tensor plain(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.defined() && tensor.layout() == c10::kStrided && tensor.has_storage(),
              "a model compiled by AOTInductor takes strided tensors");
  if (tensor._is_zerotensor()) return at::zeros(tensor.sizes(), tensor.options());
  at::Tensor result = tensor.detach().resolve_conj().resolve_neg();
  const auto& storage = result.storage();
  const size_t needed = at::detail::computeStorageNbytes(result.sizes(), result.strides(), result.itemsize(),
                                                         static_cast<size_t>(result.storage_offset()));
  TORCH_CHECK(result.numel() == 0 || storage.nbytes() >= needed, "the tensor's storage has ", storage.nbytes(),
              " bytes, of which it takes ", needed);
  // The stride of a dimension of one element says nothing, and the model insists on its own.
  return result.is_contiguous() ? at::as_strided(result, result.sizes(), c10::contiguous_strides(result.sizes()))
                                : result;
}

std::vector<at::Tensor> read_inputs(const Call& call) {
  std::vector<at::Tensor> inputs = call.tensors(1);
  const c10::InferenceMode mode;
  for (at::Tensor& input : inputs) input = plain(input);
  return inputs;
}

std::vector<at::Tensor> run(AotiModel& model, std::vector<at::Tensor>&& inputs) {
  std::vector<at::Tensor> outputs = model.runner->boxed_run(std::move(inputs));
  for (at::Tensor& output : outputs) {
    // A result without memory of its own lies in the model's, which may be gone before it.
    const bool is_borrowed = output.defined() && output.has_storage() && output.numel() > 0 &&
                             output.storage().data_ptr().get_context() == nullptr;
    if (is_borrowed) output = output.clone();
  }
  return outputs;
}

class AotiTask final : public Task {
 public:
  explicit AotiTask(const Call& call)
      : model_(std::static_pointer_cast<AotiModel>(state_of(call.env(), call.value(0)))), inputs_(read_inputs(call)) {}
  void run() override { outputs_ = tstorch::run(*model_, std::move(inputs_)); }
  napi_value result(const Call& call) const override { return call.wrap(outputs_); }

 private:
  const std::shared_ptr<AotiModel> model_;
  std::vector<at::Tensor> inputs_;
  std::vector<at::Tensor> outputs_;
};

napi_value strings(napi_env env, const std::vector<std::string>& values) {
  const napi_value result = js::array(env, values.size());
  for (size_t i = 0; i < values.size(); i++) js::set_at(env, result, i, js::string(env, values[i]));
  return result;
}

// The tensor with the memory that the model's constant has: the library copies whole storages, whatever their size.
at::Tensor fit(const std::string& name, const at::Tensor& given, const at::Tensor& constant, bool user_managed,
               bool allow_copy) {
  const auto check = [&](bool ok, const char* what, const auto& expected, const auto& got) {
    TORCH_CHECK_VALUE(ok, "the constant ", name, " has ", what, " ", expected, ", but got ", got);
  };
  check(given.scalar_type() == constant.scalar_type(), "dtype", constant.scalar_type(), given.scalar_type());
  check(given.sizes() == constant.sizes(), "shape", constant.sizes(), given.sizes());
  const bool may_move = allow_copy && given.is_cpu();
  check(given.device() == constant.device() || may_move, "device", constant.device(), given.device());
  if (user_managed) {
    check(given.strides() == constant.strides(), "strides", constant.strides(), given.strides());
    return plain(given);
  }
  return at::empty_strided(constant.sizes(), constant.strides(), constant.options()).copy_(given.detach());
}

}  // namespace

// aoti_load(library, device, folder, runners, singleThreaded, streamAffinity, weights): a model; `weights`: a file of
// its constants, or ""
napi_value aoti_load(Call& call) {
  static std::once_flag once;
  std::call_once(once, check_inputs_always);
  const std::string device = call.string(1);
  const auto& registry = torch::inductor::getAOTIModelRunnerRegistry();
  const auto make = registry.find(device.substr(0, device.find(':')));
  TORCH_CHECK(make != registry.end(), "Cannot load AOTInductor package for device '", device, "' because ", device,
              " is not available in this process. Check that this host or container has GPU access, or compile/package "
              "the model for CPU.");
  const auto model = std::make_shared<AotiModel>();
  model->runner =
      make->second(call.string(0), static_cast<size_t>(call.integer(3)), device, call.string(2), call.boolean(4));
  if (call.boolean(5)) model->runner->set_use_stream_affinity(true);
  if (!call.string(6).empty()) model->runner->update_constant_buffer_from_blob(call.string(6));
  for (const auto& [name, fqn] : model->runner->getConstantNamesToOriginalFQNs()) model->names.emplace(fqn, name);
  TORCH_CHECK(model->names.empty() || !model->runner->extract_constants_map(false).empty(),
              "The package holds no weights, without which its code must not run: compile it with "
              "aot_inductor.package_constants_in_so, or with package_constants_on_disk_format=\"binary_blob\".");
  return wrap_state(call.addon(), model, static_cast<intptr_t>(std::filesystem::file_size(call.string(0))));
}

// aoti_call_spec(model): the specs of inputs and outputs
napi_value aoti_call_spec(Call& call) { return strings(call.env(), model_of(call).runner->get_call_spec()); }

// aoti_constant_fqns(model)
napi_value aoti_constant_fqns(Call& call) {
  std::vector<std::string> names;
  for (const auto& [fqn, name] : model_of(call).names) names.push_back(fqn);
  return strings(call.env(), names);
}

// aoti_run(model, inputs): the outputs
napi_value aoti_run(Call& call) {
  const napi_value result = call.wrap(run(model_of(call), read_inputs(call)));
  report_memory(call.env());
  return result;
}

// submit_aoti_run(model, inputs): the id of a job that does the same
napi_value submit_aoti_run(Call& call) { return submit_task(call, std::make_unique<AotiTask>(call)); }

// aoti_load_constants(model, names, tensors, checkFullUpdate, userManaged, allowCopy)
napi_value aoti_load_constants(Call& call) {
  const AotiModel& model = model_of(call);
  const bool user_managed = call.boolean(4);
  const bool allow_copy = call.boolean(5);
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor> tensors = call.tensors(2);
  const Constants present = model.runner->extract_constants_map(false);
  Constants constants;
  for (size_t i = 0; i < tensors.size(); i++) {
    const std::string fqn = js::to_string(call.env(), js::element(call.env(), call.value(1), i));
    const auto name = model.names.find(fqn);
    TORCH_CHECK(name != model.names.end(), "Constant not found: ", fqn);
    const auto constant = present.find(fqn);
    TORCH_CHECK(constant != present.end(), "the constant ", fqn, " is computed from others, and cannot be loaded");
    constants.emplace(name->second, fit(fqn, tensors[i], constant->second, user_managed, allow_copy));
  }
  model.runner->update_constant_buffer(constants, false, call.boolean(3), user_managed);
  return call.undefined();
}

}  // namespace tstorch
