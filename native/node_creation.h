// Hooks on the making of autograd's nodes.
#pragma once

#include <torch/csrc/autograd/node_creation_hook.h>

#include <memory>
#include <vector>

namespace tstorch {

// Those of this thread, the outermost first.
std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> node_creation_hooks();

}  // namespace tstorch
