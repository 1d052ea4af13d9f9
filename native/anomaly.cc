#include "anomaly.h"

#include <torch/csrc/autograd/function.h>

#include "functions.h"

namespace tstorch {

namespace {

class NodeMetadata final : public torch::autograd::AnomalyMetadata {
 public:
  void store_stack() override {
    Addon* addon = Addon::current();
    if (addon == nullptr) return;  // made on a thread of libtorch's, where no JavaScript runs
    js::HandleScope scope(addon->env);
    napi_value capture = nullptr, stack = nullptr;
    js::check(napi_get_reference_value(addon->env, addon->capture_stack, &capture));
    js::check(napi_call_function(addon->env, js::undefined(addon->env), capture, 0, nullptr, &stack));
    stack_ = js::to_string(addon->env, stack);
  }

  void print_stack(const std::string& name) override {
    warn("Error detected in " + name + ". ", "Traceback of forward call that caused the error:\n", *this);
    for (auto parent = parent_; parent;) {
      const auto* metadata = dynamic_cast<const NodeMetadata*>(parent->metadata());
      if (metadata == nullptr) return;
      warn("\n\nPrevious calculation was induced by " + parent->name() + ". ",
           "Traceback of forward call that induced the previous calculation:\n", *metadata);
      parent = metadata->parent_;
    }
  }

  void assign_parent(const c10::intrusive_ptr<torch::autograd::Node>& parent) override { parent_ = parent; }

  std::shared_ptr<js::Reference> object;

 private:
  static void warn(const std::string& start, const char* introduction, const NodeMetadata& metadata) {
    if (metadata.stack_.empty()) {
      TORCH_WARN(start,
                 "No forward pass information available. Enable detect anomaly during forward pass for more "
                 "information.");
    } else {
      TORCH_WARN(start, introduction, metadata.stack_);
    }
  }

  std::string stack_;
  c10::intrusive_ptr<torch::autograd::Node> parent_;
};

}  // namespace

std::unique_ptr<torch::autograd::AnomalyMetadata> make_node_metadata() { return std::make_unique<NodeMetadata>(); }

// node_metadata(node): the node's object for a user's own fields
napi_value node_metadata(Call& call) {
  auto* metadata = dynamic_cast<NodeMetadata*>(node_of(call.env(), call.value(0))->metadata());
  TORCH_CHECK(metadata != nullptr, "the node was made before tstorch was loaded");
  if (!metadata->object) {
    metadata->object = std::make_shared<js::Reference>(call.env(), js::object(call.env()));
  }
  return metadata->object->value();
}

napi_value is_anomaly_enabled(Call& call) {
  return js::boolean(call.env(), torch::autograd::AnomalyMode::is_enabled());
}

napi_value is_anomaly_check_nan_enabled(Call& call) {
  return js::boolean(call.env(), torch::autograd::AnomalyMode::should_check_nan());
}

// set_anomaly_enabled(enabled, checkNan)
napi_value set_anomaly_enabled(Call& call) {
  torch::autograd::AnomalyMode::set_enabled(call.boolean(0), call.boolean(1));
  return call.undefined();
}

}  // namespace tstorch
