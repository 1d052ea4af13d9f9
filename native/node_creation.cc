#include "node_creation.h"

#include <ATen/NodeCreationHooks.h>
#include <torch/csrc/autograd/function.h>

#include "functions.h"
#include "interpreter.h"

namespace tstorch {

namespace {

class Hook final : public torch::autograd::NodeCreationHook {
 public:
  explicit Hook(c10::SafePyObject hook) : hook_(std::move(hook)) {}

  void operator()(const c10::intrusive_ptr<torch::autograd::Node>& node) override {
    held(hook_).call([&](Addon& addon) -> Callback::Arguments { return {wrap_node(addon, node)}; },
                     [](Addon&, napi_value) {});
  }

 private:
  c10::SafePyObject hook_;
};

}  // namespace

std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> node_creation_hooks() {
  std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> hooks;
  for (const c10::SafePyObject& hook : at::impl::NodeCreationHooks::get_tls_state().stack) {
    hooks.push_back(std::make_unique<Hook>(hook));
  }
  return hooks;
}

// push_node_creation_hook(hook: (node) => any)
napi_value push_node_creation_hook(Call& call) {
  at::impl::NodeCreationHooks::push_hook(hold(std::make_shared<Callback>(call.addon(), call.value(0))));
  return call.undefined();
}

napi_value pop_node_creation_hook(Call& call) {
  at::impl::NodeCreationHooks::pop_hook();
  return call.undefined();
}

}  // namespace tstorch
