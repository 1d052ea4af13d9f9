#include "graph_task.h"

#include <torch/csrc/autograd/engine.h>

#include <utility>

#include "functions.h"

namespace tstorch {

namespace {

thread_local const GraphTaskView* lent = nullptr;

}  // namespace

GraphTaskView GraphTaskView::here() {
  using namespace torch::autograd;
  const int id = get_current_graph_task_id();
  if (id == -1 && lent != nullptr) return *lent;
  return {id, Engine::get_default_engine().is_checkpoint_valid(), get_current_graph_task_exec_info(),
          get_current_graph_task_nodes_in_graph()};
}

GraphTaskViewGuard::GraphTaskViewGuard(const GraphTaskView& view) : previous_(std::exchange(lent, &view)) {}
GraphTaskViewGuard::~GraphTaskViewGuard() { lent = previous_; }

// graph_task_id(): the number of the backward pass that runs, or -1
napi_value graph_task_id(Call& call) { return js::number(call.env(), GraphTaskView::here().id); }

// is_checkpoint_valid(): whether the pass that runs computes all gradients of the graph, so that others may run in it
napi_value is_checkpoint_valid(Call& call) { return js::boolean(call.env(), GraphTaskView::here().checkpoint_valid); }

// will_execute(node): whether the pass that runs computes the node
napi_value will_execute(Call& call) {
  const GraphTaskView task = GraphTaskView::here();
  TORCH_CHECK(task.exec_info != nullptr, "_get_should_execute_nodes should only be called during the backward pass");
  torch::autograd::Node* node = node_of(call.env(), call.value(0)).get();
  if (task.nodes->count(node) == 0) return js::boolean(call.env(), false);
  if (task.exec_info->empty()) return js::boolean(call.env(), true);
  const auto found = task.exec_info->find(node);
  if (found == task.exec_info->end() || !found->second.should_execute()) return js::boolean(call.env(), false);
  TORCH_CHECK(
      !(node->topological_nr() == 0 && found->second.captures_),
      "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is "
      "currently not supported.");
  return js::boolean(call.env(), true);
}

}  // namespace tstorch
