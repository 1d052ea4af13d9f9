// What a node of the graph carries besides its work: the JavaScript stack that made it, and a user's own object.
#pragma once

#include <torch/csrc/autograd/anomaly_mode.h>

#include <memory>

namespace tstorch {

std::unique_ptr<torch::autograd::AnomalyMetadata> make_node_metadata();

}  // namespace tstorch
