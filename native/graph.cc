// The graph that autograd recorded: its nodes, as grad_fn shows them.
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>

#include "callbacks.h"
#include "functions.h"

namespace tstorch {

napi_value grad_fn(Call& call) { return wrap_node(call.addon(), call.tensor(0).grad_fn()); }

napi_value node_name(Call& call) { return js::string(call.env(), node_of(call.env(), call.value(0))->name()); }

// node_id(node): the address, which is the node's identity
napi_value node_id(Call& call) {
  napi_value result = nullptr;
  const auto address = reinterpret_cast<uintptr_t>(node_of(call.env(), call.value(0)).get());
  js::check(napi_create_bigint_uint64(call.env(), address, &result));
  return result;
}

// node_next_functions(node): [node | null, input number][]
napi_value node_next_functions(Call& call) {
  const auto& edges = node_of(call.env(), call.value(0))->next_edges();
  const napi_value result = js::array(call.env(), edges.size());
  for (size_t i = 0; i < edges.size(); i++) {
    const napi_value edge = js::array(call.env(), 2);
    js::set_at(call.env(), edge, 0, wrap_node(call.addon(), edges[i].function));
    js::set_at(call.env(), edge, 1, js::number(call.env(), edges[i].input_nr));
    js::set_at(call.env(), result, i, edge);
  }
  return result;
}

napi_value node_sequence_nr(Call& call) {
  return js::number(call.env(), static_cast<double>(node_of(call.env(), call.value(0))->sequence_nr()));
}

// node_input_metadata(node): [sizes, dtype, device, nested] of each gradient that the node is given
napi_value node_input_metadata(Call& call) {
  const napi_env env = call.env();
  const auto& node = node_of(env, call.value(0));
  const napi_value result = js::array(env, node->num_inputs());
  for (uint32_t i = 0; i < node->num_inputs(); i++) {
    const torch::autograd::InputMetadata& metadata = node->input_metadata(i);
    const bool nested = metadata.is_nested_tensor();
    const auto sizes = nested ? c10::SymIntArrayRef() : metadata.shape_as_dim_vector();
    const napi_value shape = js::array(env, sizes.size());
    for (size_t d = 0; d < sizes.size(); d++) {
      js::set_at(env, shape, d, js::integer(env, sizes[d].guard_int(__FILE__, __LINE__)));
    }
    const c10::Device device = metadata.device();
    const napi_value entry = js::array(env, 4);
    js::set_at(env, entry, 0, shape);
    js::set_at(env, entry, 1, js::number(env, static_cast<double>(metadata.dtype().toScalarType())));
    js::set_at(env, entry, 2, js::number(env, static_cast<double>(device.type()) * 256 + device.index() + 1));
    js::set_at(env, entry, 3, js::boolean(env, nested));
    js::set_at(env, result, i, entry);
  }
  return result;
}

// node_variable(node): the leaf whose gradient the node accumulates, or null for another node
napi_value node_variable(Call& call) {
  const auto* node = dynamic_cast<torch::autograd::AccumulateGrad*>(node_of(call.env(), call.value(0)).get());
  return node == nullptr ? js::null(call.env()) : call.wrap(node->variable);
}

// gradient_edge(tensor): [node | null, input number]: where the tensor's gradient flows
napi_value gradient_edge(Call& call) {
  const torch::autograd::Edge edge = torch::autograd::impl::gradient_edge(call.tensor(0));
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, wrap_node(call.addon(), edge.function));
  js::set_at(call.env(), result, 1, js::number(call.env(), edge.input_nr));
  return result;
}

namespace {

using torch::autograd::variable_list;

struct PreHook final : torch::autograd::FunctionPreHook {
  explicit PreHook(std::unique_ptr<Callback> hook) : hook(std::move(hook)) {}
  variable_list operator()(const variable_list& grads) override { return (*hook)({grads}).value_or(grads); }
  std::unique_ptr<Callback> hook;
};

struct PostHook final : torch::autograd::FunctionPostHook {
  explicit PostHook(std::unique_ptr<Callback> hook) : hook(std::move(hook)) {}
  variable_list operator()(const variable_list& outputs, const variable_list& inputs) override {
    return (*hook)({outputs, inputs}).value_or(outputs);
  }
  std::unique_ptr<Callback> hook;
};

}  // namespace

// register_node_hook(node, hook: (gradInputs, gradOutputs) => handles | null)
napi_value register_node_hook(Call& call) {
  node_of(call.env(), call.value(0))
      ->add_post_hook(std::make_unique<PostHook>(std::make_unique<Callback>(call.addon(), call.value(1))));
  return call.undefined();
}

// register_node_prehook(node, hook: (gradOutputs) => handles | null)
napi_value register_node_prehook(Call& call) {
  node_of(call.env(), call.value(0))
      ->add_pre_hook(std::make_unique<PreHook>(std::make_unique<Callback>(call.addon(), call.value(1))));
  return call.undefined();
}

}  // namespace tstorch
