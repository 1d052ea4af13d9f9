#include "engine.h"

#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>

#include "anomaly.h"
#include "node_creation.h"
#include "saved_tensors.h"

namespace tstorch {

namespace {

class Engine final : public torch::autograd::Engine {
 public:
  ~Engine() override { stop(); }

  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override { return make_node_metadata(); }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    return default_saved_tensor_hooks();
  }

  std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> get_node_creation_hooks() override {
    return node_creation_hooks();
  }
};

}  // namespace

void install_engine() {
  torch::autograd::set_default_engine_stub([]() -> torch::autograd::Engine& {
    static auto* engine = new Engine;  // never destroyed: its threads end with the process
    return *engine;
  });
}

}  // namespace tstorch
