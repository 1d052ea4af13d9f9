// The overloads of operators as Python's torch.ops sees them: TorchScript's registry, which has the dispatcher's and
// more.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "functions.h"

namespace tstorch {

namespace {

napi_value describe(napi_env env, const c10::Argument& argument) {
  const napi_value result = js::object(env);
  js::set(env, result, "name", js::string(env, argument.name()));
  js::set(env, result, "type", js::string(env, argument.real_type()->str()));
  js::set(env, result, "printed", js::string(env, argument.type()->repr_str()));
  js::set(env, result, "keywordOnly", js::boolean(env, argument.kwarg_only()));
  js::set(env, result, "hasDefault", js::boolean(env, argument.default_value().has_value()));
  js::set(env, result, "size", js::number(env, argument.N().value_or(0)));
  const c10::AliasInfo* alias = argument.alias_info();
  js::set(env, result, "alias", js::string(env, alias == nullptr ? "" : alias->isWrite() ? "write" : "read"));
  return result;
}

napi_value describe(napi_env env, const std::vector<c10::Argument>& arguments) {
  const napi_value result = js::array(env, arguments.size());
  for (size_t i = 0; i < arguments.size(); i++) js::set_at(env, result, i, describe(env, arguments[i]));
  return result;
}

}  // namespace

// operator_schemas(name): { overload, schema, callable, tags, arguments, returns }[] of all overloads of "aten::add"
napi_value operator_schemas(Call& call) {
  const napi_env env = call.env();
  const std::string name = call.string(0);
  TORCH_CHECK_VALUE(name.find("::") != std::string::npos, "expected a qualified name, but got ", name);
  const auto operators = torch::jit::getAllSortedOperatorsFor(c10::Symbol::fromQualString(name));
  const napi_value result = js::array(env, operators.size());
  for (size_t i = 0; i < operators.size(); i++) {
    const c10::FunctionSchema& schema = operators[i]->schema();
    const auto handle = c10::Dispatcher::singleton().findSchema(schema.operator_name());
    const napi_value description = js::object(env);
    js::set(env, description, "overload", js::string(env, schema.overload_name()));
    js::set(env, description, "schema", js::string(env, toString(schema)));
    js::set(env, description, "callable", js::boolean(env, handle.has_value()));
    const auto tags = handle.has_value() ? std::vector<at::Tag>(handle->getTags().begin(), handle->getTags().end())
                                         : std::vector<at::Tag>{};
    const napi_value codes = js::array(env, tags.size());
    for (size_t j = 0; j < tags.size(); j++) js::set_at(env, codes, j, js::number(env, static_cast<int>(tags[j])));
    js::set(env, description, "tags", codes);
    js::set(env, description, "arguments", describe(env, schema.arguments()));
    js::set(env, description, "returns", describe(env, schema.returns()));
    js::set_at(env, result, i, description);
  }
  return result;
}

}  // namespace tstorch
