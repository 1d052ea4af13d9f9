// What is done to the graphs of ScriptModules, and the settings of the executor.
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include "functions.h"
#include "jit.h"
#include "memory.h"

namespace tstorch {

namespace {

std::vector<std::string> names(const Call& call, size_t i) {
  std::vector<std::string> result;
  for (size_t k = 0; k < js::length_of(call.env(), call.value(i)); k++)
    result.push_back(js::to_string(call.env(), js::element(call.env(), call.value(i), k)));
  return result;
}

}  // namespace

// jit_freeze(module, preserved): a copy whose attributes are constants of its graphs
napi_value jit_freeze(Call& call) {
  const auto frozen = torch::jit::freeze_module(module_of(call, 0), names(call, 1));
  const napi_value result = wrap_script(call.addon(), {frozen._ivalue(), nullptr, nullptr});
  report_memory(call.env());
  return result;
}

// jit_optimize_frozen(method, optimizeNumerics)
napi_value jit_optimize_frozen(Call& call) {
  auto graph = torch::jit::toGraphFunction(function_of(call, 0)).graph();
  torch::jit::OptimizeFrozenGraph(graph, call.boolean(1));
  report_memory(call.env());
  return call.undefined();
}

// jit_optimize_for_inference(module, otherMethods): changes the graphs of a frozen module
napi_value jit_optimize_for_inference(Call& call) {
  auto module = module_of(call, 0);
  torch::jit::optimize_for_inference(module, names(call, 1));
  report_memory(call.env());
  return call.undefined();
}

// jit_set_fusion_strategy([isDynamic, depth][]): returns the one before
napi_value jit_set_fusion_strategy(Call& call) {
  const napi_env env = call.env();
  torch::jit::FusionStrategy strategy;
  for (size_t i = 0; i < js::length_of(env, call.value(0)); i++) {
    const napi_value part = js::element(env, call.value(0), i);
    strategy.emplace_back(js::to_boolean(env, js::element(env, part, 0)) ? torch::jit::FusionBehavior::DYNAMIC
                                                                         : torch::jit::FusionBehavior::STATIC,
                          static_cast<size_t>(js::to_integer(env, js::element(env, part, 1))));
  }
  const auto before = torch::jit::setFusionStrategy(strategy);
  const napi_value result = js::array(env, before.size());
  for (size_t i = 0; i < before.size(); i++) {
    const napi_value part = js::array(env, 2);
    js::set_at(env, part, 0, js::boolean(env, before[i].first == torch::jit::FusionBehavior::DYNAMIC));
    js::set_at(env, part, 1, js::number(env, static_cast<double>(before[i].second)));
    js::set_at(env, result, i, part);
  }
  return result;
}

napi_value jit_get_optimized_execution(Call& call) {
  return js::boolean(call.env(), torch::jit::getGraphExecutorOptimize());
}

napi_value jit_set_optimized_execution(Call& call) {
  torch::jit::setGraphExecutorOptimize(call.boolean(0));
  return call.undefined();
}

}  // namespace tstorch
