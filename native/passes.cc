#include "passes.h"

#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/functions/basic_ops.h>

#include "functorch.h"

namespace tstorch {

namespace {

namespace ag = torch::autograd;

// A place in the graph is given as [node, number of its input].
ag::Edge read_edge(napi_env env, napi_value value) {
  const auto& node = node_of(env, js::element(env, value, 0));
  const int64_t input = js::to_integer(env, js::element(env, value, 1));
  TORCH_CHECK_INDEX(input >= 0 && input < node->num_inputs(), "tuple index out of range");
  return {node, static_cast<uint32_t>(input)};
}

ag::edge_list read_roots(napi_env env, napi_value values) {
  ag::edge_list roots;
  for (size_t i = 0; i < js::length_of(env, values); i++) {
    const napi_value value = js::element(env, values, i);
    if (js::type_of(env, value) != napi_external) {
      roots.push_back(read_edge(env, value));
      continue;
    }
    const at::Tensor& tensor = tensor_of(env, value);
    roots.push_back(ag::impl::gradient_edge(tensor));
    TORCH_CHECK(roots.back().function, "element ", i, " of tensors does not require grad and does not have a grad_fn");
  }
  return roots;
}

// torch/csrc/autograd/python_engine.cpp, THPEngine_run_backward(): the edges that gradients are wanted of
ag::edge_list read_targets(napi_env env, napi_value values, bool accumulate) {
  ag::edge_list targets;
  for (size_t i = 0; i < js::length_of(env, values); i++) {
    const napi_value value = js::element(env, values, i);
    if (js::type_of(env, value) != napi_external) {
      targets.push_back(read_edge(env, value));
      continue;
    }
    const at::Tensor& tensor = tensor_of(env, value);
    auto function = tensor.grad_fn();
    if (!function) function = ag::impl::try_get_grad_accumulator(tensor);
    if (accumulate) tensor.retain_grad();
    TORCH_CHECK(tensor.requires_grad(), "One of the differentiated Tensors does not require grad");
    if (function) {
      targets.emplace_back(function, static_cast<uint32_t>(tensor.output_nr()));
    } else {
      targets.emplace_back(c10::make_intrusive<ag::Identity>(), 0);  // nothing depends on it
    }
  }
  return targets;
}

void refuse_wrapped(napi_env env, napi_value values) {
  for (size_t i = 0; i < js::length_of(env, values); i++) {
    const napi_value value = js::element(env, values, i);
    TORCH_CHECK(js::type_of(env, value) != napi_external || !is_functorch_wrapped(tensor_of(env, value)),
                "backward() called inside a functorch transform. This is not supported, please use functorch.grad or "
                "functorch.vjp instead or call backward() outside of functorch transforms.");
  }
}

}  // namespace

ag::variable_list Pass::run() const {
  return ag::Engine::get_default_engine().execute(roots, gradients, retain_graph, create_graph, accumulate, targets);
}

Pass read_backward(Call& call) {
  const napi_env env = call.env();
  refuse_wrapped(env, call.value(0));
  return {read_roots(env, call.value(0)),
          read_targets(env, call.value(4), /*accumulate=*/true),
          call.tensors(1),
          call.boolean(2),
          call.boolean(3),
          /*accumulate=*/true};
}

Pass read_grad(Call& call) {
  const napi_env env = call.env();
  return {read_roots(env, call.value(0)),
          read_targets(env, call.value(1), /*accumulate=*/false),
          call.tensors(2),
          call.boolean(3),
          call.boolean(4),
          /*accumulate=*/false};
}

}  // namespace tstorch
