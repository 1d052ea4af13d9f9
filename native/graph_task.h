// The backward pass that runs a callback, as far as JavaScript may ask about it. libtorch knows it on the thread of the
// pass, which is not always the callback's.
#pragma once

#include <torch/csrc/autograd/graph_task.h>

namespace tstorch {

struct GraphTaskView {
  int id = -1;  // -1: no pass runs
  bool checkpoint_valid = true;
  const std::unordered_map<torch::autograd::Node*, torch::autograd::GraphTask::ExecInfo>* exec_info = nullptr;
  const std::unordered_set<torch::autograd::Node*>* nodes = nullptr;

  static GraphTaskView here();
};

// Lets this thread see the pass of another thread, which waits meanwhile.
class GraphTaskViewGuard {
 public:
  explicit GraphTaskViewGuard(const GraphTaskView& view);
  ~GraphTaskViewGuard();
  GraphTaskViewGuard(const GraphTaskViewGuard&) = delete;
  GraphTaskViewGuard& operator=(const GraphTaskViewGuard&) = delete;

 private:
  const GraphTaskView* previous_;
};

}  // namespace tstorch
