// The graph that autograd recorded: its nodes, as grad_fn shows them.
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

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

}  // namespace tstorch
