// Passes through the graph: backward() and grad(), from and to tensors or places in the graph.
#pragma once

#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/variable.h>

#include "call.h"

namespace tstorch {

struct Pass {
  torch::autograd::edge_list roots, targets;
  torch::autograd::variable_list gradients;
  bool retain_graph, create_graph, accumulate;

  // The gradients of the targets, undefined for one that the roots do not depend on.
  torch::autograd::variable_list run() const;
};

Pass read_backward(Call& call);  // (roots, gradients, retainGraph, createGraph, targets)
Pass read_grad(Call& call);      // (roots, targets, gradients, retainGraph, createGraph)

}  // namespace tstorch
