// The tracer: the operators that a function calls, recorded as a graph of TorchScript.
#include <ATen/core/class_type.h>
#include <torch/csrc/jit/frontend/schema_matching.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/canonicalize.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/shape_analysis.h>

#include "functions.h"
#include "jit.h"
#include "memory.h"

namespace tstorch {

namespace {

namespace tracer = torch::jit::tracer;
using torch::jit::Module;
using torch::jit::Stack;

napi_value call_traced(const Call& call, napi_value function, const Stack& inputs) {
  const napi_env env = call.env();
  const napi_value values = js::array(env, inputs.size());
  for (size_t i = 0; i < inputs.size(); i++) js::set_at(env, values, i, write_value(call, inputs[i]));
  napi_value result = nullptr;
  if (napi_call_function(env, js::undefined(env), function, 1, &values, &result) != napi_ok)
    throw_through_libtorch(env);
  return result;
}

std::vector<std::string> strings(const Call& call, size_t i) {
  std::vector<std::string> result;
  for (size_t k = 0; k < js::length_of(call.env(), call.value(i)); k++)
    result.push_back(js::to_string(call.env(), js::element(call.env(), call.value(i), k)));
  return result;
}

bool is_traceable(const c10::TypePtr& type) {
  if (type->isSubtypeOf(*c10::TensorType::get())) return true;
  if (const auto list = type->cast<c10::ListType>()) return is_traceable(list->getElementType());
  if (const auto tuple = type->cast<c10::TupleType>())
    return std::all_of(tuple->elements().begin(), tuple->elements().end(), is_traceable);
  const auto dict = type->cast<c10::DictType>();
  return dict && is_traceable(dict->getValueType());
}

}  // namespace

void install_tracer_warnings() {
  tracer::setWarn([](const std::string& message) {
    if (Addon* addon = Addon::served()) addon->add_warning("TracerWarning", message);
  });
}

void run_script(const Script& script, Stack& stack) {
  const auto state = tracer::getTracingState();
  if (!state) {
    script.function->run(stack);
    return;
  }
  // Inside of a trace the call is recorded as one node, and computed outside of the trace.
  std::vector<torch::jit::NamedValue> values;
  for (const c10::IValue& input : stack) values.emplace_back(state->getValue(input));
  const auto& graph = state->graph;
  const auto matched =
      torch::jit::matchSchema(script.function->getSchema(), torch::jit::SourceRange(), *graph, values, {});
  torch::jit::Value* output = script.value.isNone() ? graph->insertFunctionCall(script.function, matched)
                                                    : graph->insertMethodCall(script.function->name(), matched);
  {
    const std::function<void()> resume = tracer::pauseTracing();
    try {
      script.function->run(stack);
    } catch (...) {
      resume();
      throw;
    }
    resume();
  }
  tracer::setValueTrace(stack.back(), output);
}

// jit_new_module(qualifiedName, owner): an empty module, of the unit of another one where there is one
napi_value jit_new_module(Call& call) {
  const auto unit =
      call.has(1) ? module_of(call, 1)._ivalue()->compilation_unit() : std::make_shared<torch::jit::CompilationUnit>();
  const Module module(c10::QualifiedName(call.string(0)), unit, /*shouldMangle=*/true);
  return wrap_script(call.addon(), {module._ivalue(), nullptr, nullptr});
}

// jit_register(module, kind, name, value): adds a parameter, a buffer, a module or a boolean
napi_value jit_register(Call& call) {
  Module module = module_of(call, 0);
  const std::string kind = call.string(1);
  const std::string name = call.string(2);
  if (kind == "parameter" || kind == "buffer") {
    module.register_parameter(name, call.tensor(3), kind == "buffer");
  } else if (kind == "module") {
    module.register_module(name, module_of(call, 3));
  } else {
    module.register_attribute(name, c10::BoolType::get(), call.boolean(3));
  }
  return call.undefined();
}

// jit_trace(module, name, inputs, argumentNames, strict, forceOutplace, function): the function or method that was
// traced
napi_value jit_trace(Call& call) {
  const napi_env env = call.env();
  std::optional<Module> self;
  if (call.has(0)) self = module_of(call, 0);
  const std::string name = call.string(1);
  Stack inputs;
  for (size_t i = 0; i < js::length_of(env, call.value(2)); i++)
    inputs.push_back(read_tagged(call, js::element(env, call.value(2), i)));
  std::vector<c10::TypePtr> types;
  for (const c10::IValue& input : inputs) types.push_back(input.type());
  const auto type = c10::TupleType::create(types);
  TORCH_CHECK(
      is_traceable(type), "Type '", type->repr_str(),
      "' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors can be traced");
  const auto traced = tracer::trace(
      std::move(inputs),
      [&](Stack stack) -> Stack {
        const napi_value result = call_traced(call, call.value(6), stack);
        TORCH_CHECK(
            !js::is_nullish(env, result),
            "The traced function didn't return any values! Side-effects are not captured in traces, so it would be "
            "a no-op.");
        return {read_tagged(call, result)};
      },
      [](const at::Tensor&) { return ""; }, call.boolean(4), call.boolean(5), self ? &*self : nullptr,
      strings(call, 3));
  const auto& graph = traced.first->graph;
  Script script;
  if (self) {
    const auto unit = self->_ivalue()->compilation_unit();
    script.function = unit->create_function(c10::QualifiedName(*self->type()->name(), name), graph);
    self->type()->addMethod(script.function);
    script.value = self->_ivalue();
  } else {
    script.unit = std::make_shared<torch::jit::CompilationUnit>();
    script.function = script.unit->create_function(c10::QualifiedName(name), graph, /*shouldMangle=*/true);
  }
  report_memory(env);
  return wrap_script(call.addon(), std::move(script));
}

// jit_function_as_module(function): a module whose `forward` is the function, as it is saved
napi_value jit_function_as_module(Call& call) {
  const Script& script = script_of(call, 0);
  const auto& graph = torch::jit::toGraphFunction(function_of(call, 0)).graph();
  const Module module("__torch__.PlaceholderModule", std::make_shared<torch::jit::CompilationUnit>(), false);
  const auto copy = graph->copy();
  if (script.value.isNone()) copy->insertInput(0, "self")->setType(module._ivalue()->type());
  const auto function = module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), copy);
  module.type()->addMethod(function);
  return wrap_script(call.addon(), {module._ivalue(), nullptr, nullptr});
}

// jit_push_scope(name), jit_pop_scope(): what is recorded between them is the `forward` of the submodule of this name
napi_value jit_push_scope(Call& call) {
  if (const auto& state = tracer::getTracingState()) state->graph->push_scope(call.string(0));
  return call.undefined();
}

napi_value jit_pop_scope(Call& call) {
  if (const auto& state = tracer::getTracingState()) state->graph->pop_scope();
  return call.undefined();
}

// jit_tracer_warn(reason, isConstructor): warns that a value, or the tensor made of it, becomes a constant
napi_value jit_tracer_warn(Call& call) {
  const std::string reason = call.string(0);
  tracer::warn(reason.c_str(), call.boolean(1) ? tracer::WARN_CONSTRUCTOR : tracer::WARN_PYTHON_DATAFLOW);
  return call.undefined();
}

// jit_stash(name, length, index, size): what the next operator takes under this name, or an element of such a list of
// ints; a length of null stands for one int, of -1 for one number
napi_value jit_stash(Call& call) {
  if (!tracer::isTracing()) return call.undefined();
  const int64_t length = call.has(1) ? call.integer(1) : 0;
  if (length <= 0) {
    const c10::TypePtr type = length < 0 ? c10::TypePtr(c10::NumberType::get()) : c10::IntType::get();
    tracer::ArgumentStash::stashValue(call.string(0), 1, call.tensor(3), type);
    return call.undefined();
  }
  const int64_t index = call.integer(2);
  TORCH_CHECK_INDEX(index >= 0 && index < length, "no such element");
  tracer::ArgumentStash::stashIntArrayRefElem(call.string(0), length, index, call.tensor(3));
  return call.undefined();
}

// jit_size_of(tensor, dim): a size as a tensor that follows the traced one
napi_value jit_size_of(Call& call) {
  TORCH_CHECK(tracer::isTracing(), "nothing is being traced");
  return call.wrap(tracer::getSizeOf(call.tensor(0), call.integer(1)));
}

// jit_trace_info(function): { text, nodes } of the graph, inlined, in canonical form and without shapes
napi_value jit_trace_info(Call& call) {
  const napi_env env = call.env();
  auto graph = torch::jit::Canonicalize(torch::jit::toGraphFunction(function_of(call, 0)).graph(), false);
  torch::jit::Inline(*graph);
  torch::jit::EraseShapeInformation(graph);
  const napi_value nodes = js::array(env, 0);
  size_t count = 0;
  for (torch::jit::Node* node : graph->nodes()) {
    const napi_value description = js::object(env);
    js::set(env, description, "text", js::string(env, c10::str(*node)));
    js::set(env, description, "kind", js::string(env, node->kind().toQualString()));
    js::set(env, description, "nondeterministic", js::boolean(env, node->isNondeterministic()));
    const bool is_constant = node->kind() == c10::prim::Constant && node->hasAttribute(c10::attr::value) &&
                             node->kindOf(c10::attr::value) == torch::jit::AttributeKind::t;
    js::set(env, description, "value", is_constant ? call.wrap(node->t(c10::attr::value)) : js::null(env));
    js::set_at(env, nodes, count++, description);
  }
  const napi_value result = js::object(env);
  js::set(env, result, "text", js::string(env, graph->toString(/*print_source_locations=*/true)));
  js::set(env, result, "nodes", nodes);
  return result;
}

}  // namespace tstorch
