#include "saved_tensors.h"

#include <ATen/SavedTensorHooks.h>
#include <torch/csrc/autograd/saved_variable.h>

#include "functions.h"
#include "interpreter.h"

namespace tstorch {

namespace {

class Hooks final : public torch::autograd::SavedVariableHooks {
 public:
  Hooks(c10::SafePyObject pack, c10::SafePyObject unpack) : pack_(std::move(pack)), unpack_(std::move(unpack)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    held(pack_).call([&](Addon& addon) -> Callback::Arguments { return {wrap_tensor(addon, tensor)}; },
                     [&](Addon& addon, napi_value packed) {
                       const napi_value holder = js::array(addon.env, 1);  // a primitive cannot be referenced
                       js::set_at(addon.env, holder, 0, packed);
                       packed_ = std::make_unique<js::Reference>(addon.env, holder);
                     });
  }

  at::Tensor call_unpack_hook() override {
    at::Tensor tensor;
    held(unpack_).call(
        [&](Addon& addon) -> Callback::Arguments { return {js::element(addon.env, packed_->value(), 0)}; },
        [&](Addon& addon, napi_value unpacked) { tensor = tensor_of(addon.env, unpacked); });
    return tensor;
  }

 private:
  c10::SafePyObject pack_;
  c10::SafePyObject unpack_;
  std::unique_ptr<js::Reference> packed_;
};

}  // namespace

std::unique_ptr<torch::autograd::SavedVariableHooks> default_saved_tensor_hooks() {
  auto hooks = at::SavedTensorDefaultHooks::get_hooks();
  if (!hooks.has_value()) return nullptr;
  return std::make_unique<Hooks>(std::move(hooks->first), std::move(hooks->second));
}

// push_saved_tensors_hooks(pack: (handle) => any, unpack: (any) => handle)
napi_value push_saved_tensors_hooks(Call& call) {
  at::SavedTensorDefaultHooks::lazy_initialize();
  at::SavedTensorDefaultHooks::push_hooks(hold(std::make_shared<Callback>(call.addon(), call.value(0))),
                                          hold(std::make_shared<Callback>(call.addon(), call.value(1))));
  return call.undefined();
}

napi_value pop_saved_tensors_hooks(Call& call) {
  at::SavedTensorDefaultHooks::pop_hooks();
  return call.undefined();
}

// disable_saved_tensors_hooks(message, or null to enable them)
napi_value disable_saved_tensors_hooks(Call& call) {
  if (call.has(0)) {
    at::SavedTensorDefaultHooks::disable(call.string(0));
  } else {
    at::SavedTensorDefaultHooks::enable();
  }
  return call.undefined();
}

// saved_tensors_hooks_disabled(): the message that disabled them, or null
napi_value saved_tensors_hooks_disabled(Call& call) {
  const auto& message = at::SavedTensorDefaultHooks::get_disabled_error_message();
  return message.has_value() ? js::string(call.env(), *message) : js::null(call.env());
}

// make_saved_tensor(tensor): the tensor as an operator saves it
napi_value make_saved_tensor(Call& call) {
  auto saved = std::make_shared<torch::autograd::SavedVariable>(call.tensor(0), /*is_output=*/false);
  return wrap_state(call.addon(), std::move(saved));
}

napi_value unpack_saved_tensor(Call& call) {
  const auto saved = std::static_pointer_cast<torch::autograd::SavedVariable>(state_of(call.env(), call.value(0)));
  return call.wrap(saved->unpack());
}

}  // namespace tstorch
