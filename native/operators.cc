#include "operators.h"

#include <ATen/core/LegacyTypeDispatch.h>

#include <algorithm>

#include "frame.h"
#include "functions.h"
#include "memory.h"
#include "results.h"
#include "unboxed.h"

namespace tstorch {

namespace {

Type type_of_list(const c10::TypePtr& element) {
  switch (element->kind()) {
    case c10::TypeKind::TensorType:
      return Type::tensors;
    case c10::TypeKind::OptionalType:
      return element->castRaw<c10::OptionalType>()->getElementType()->kind() == c10::TypeKind::TensorType
                 ? Type::optional_tensors
                 : Type::other;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return Type::integers;
    case c10::TypeKind::FloatType:
      return Type::floats;
    case c10::TypeKind::BoolType:
      return Type::booleans;
    case c10::TypeKind::NumberType:
      return Type::scalars;
    case c10::TypeKind::StringType:
      return Type::strings;
    default:
      return Type::other;
  }
}

Type type_of(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::OptionalType:
      return type_of(type->castRaw<c10::OptionalType>()->getElementType());
    case c10::TypeKind::ListType:
      return type_of_list(type->castRaw<c10::ListType>()->getElementType());
    case c10::TypeKind::TensorType:
      return Type::tensor;
    case c10::TypeKind::NumberType:
      return Type::scalar;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return Type::integer;
    case c10::TypeKind::FloatType:
      return Type::floating;
    case c10::TypeKind::ComplexType:
      return Type::complex;
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType:
      return Type::boolean;
    case c10::TypeKind::StringType:
      return Type::string;
    case c10::TypeKind::DeviceObjType:
      return Type::device;
    case c10::TypeKind::GeneratorType:
      return Type::generator;
    case c10::TypeKind::StorageType:
      return Type::storage;
    default:
      return Type::other;
  }
}

napi_value describe_arguments(napi_env env, const std::vector<c10::Argument>& arguments) {
  const napi_value result = js::array(env, arguments.size());
  for (size_t i = 0; i < arguments.size(); i++) {
    const c10::Argument& argument = arguments[i];
    const napi_value description = js::object(env);
    js::set(env, description, "name", js::string(env, argument.name()));
    js::set(env, description, "type", js::string(env, argument.real_type()->str()));
    js::set(env, description, "hasDefault", js::boolean(env, argument.default_value().has_value()));
    js::set(env, description, "mutable",
            js::boolean(env, argument.alias_info() != nullptr && argument.alias_info()->isWrite()));
    js::set_at(env, result, i, description);
  }
  return result;
}

// The results that are arguments which the operator writes to: [result, argument].
std::vector<std::pair<size_t, size_t>> written_results(const c10::FunctionSchema& schema) {
  std::vector<std::pair<size_t, size_t>> aliases;
  for (size_t i = 0; i < schema.returns().size(); i++) {
    if (!is_written(schema.returns()[i])) continue;
    for (size_t k = 0; k < schema.arguments().size(); k++) {
      const c10::Argument& argument = schema.arguments()[k];
      if (is_written(argument) && *argument.alias_info() == *schema.returns()[i].alias_info())
        aliases.emplace_back(i, k);
    }
  }
  return aliases;
}

bool has_aliases(const c10::FunctionSchema& schema) {
  const auto& arguments = schema.arguments();
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const c10::Argument& argument) { return argument.alias_info() != nullptr; });
}

}  // namespace

bool is_written(const c10::Argument& argument) {
  return argument.type()->kind() == c10::TypeKind::TensorType && argument.alias_info() != nullptr &&
         argument.alias_info()->isWrite();
}

// find_operator(name, overload, factory): { id, arguments, returns, schema } | null
napi_value find_operator(Call& call) {
  const napi_env env = call.env();
  const auto handle = c10::Dispatcher::singleton().findSchema({call.string(0), call.string(1)});
  if (!handle.has_value()) return js::null(env);
  const c10::FunctionSchema& schema = handle->schema();

  Operator op{*handle, {}, written_results(schema), has_aliases(schema), call.boolean(2), find_unboxed(*handle)};
  for (const c10::Argument& argument : schema.arguments()) {
    op.arguments.push_back({argument.name(), type_of(argument.type()),
                            argument.type()->kind() == c10::TypeKind::OptionalType, argument.default_value()});
  }
  auto& operators = call.addon().operators;
  operators.push_back(std::move(op));

  const napi_value result = js::object(env);
  js::set(env, result, "id", js::number(env, static_cast<double>(operators.size() - 1)));
  js::set(env, result, "arguments", describe_arguments(env, schema.arguments()));
  js::set(env, result, "returns", describe_arguments(env, schema.returns()));
  js::set(env, result, "schema", js::string(env, toString(schema)));
  return result;
}

// operator_names(): string[], "namespace::name.overload" of every registered operator
napi_value operator_names(Call& call) {
  const auto names = c10::Dispatcher::singleton().getAllOpNames();
  const napi_value result = js::array(call.env(), names.size());
  for (size_t i = 0; i < names.size(); i++) {
    js::set_at(call.env(), result, i, js::string(call.env(), c10::toString(names[i])));
  }
  return result;
}

const Operator& framed_operator(const Addon& addon) {
  const double id = addon.frame[0];
  TORCH_CHECK(id >= 0 && id < static_cast<double>(addon.operators.size()), "unknown operator");
  return addon.operators[static_cast<size_t>(id)];
}

void run_operator(const Operator& op, torch::jit::Stack& stack) {
  // Inside of transforms the boxed call gives such a result in a wrapper of its own: it is the argument nevertheless.
  c10::SmallVector<c10::IValue, 2> written;
  for (const auto& alias : op.aliases) written.push_back(stack[alias.second]);
  {
    std::optional<at::AutoDispatchBelowADInplaceOrView> below;
    if (op.factory) below.emplace();
    op.handle.callBoxed(stack);
  }
  for (size_t i = 0; i < written.size(); i++) stack[op.aliases[i].first] = std::move(written[i]);
}

namespace {

napi_value call_operator(Call& call, const napi_value* handles, size_t count) {
  Addon& addon = call.addon();
  Inputs inputs(handles, count, count <= addon.places_size ? addon.places : nullptr);
  const Operator& op = framed_operator(addon);
  if (op.unboxed != nullptr) {
    const auto result = op.unboxed->run(call, op, inputs);
    report_memory(call.env());
    return wrap_result(call, inputs, result);
  }

  torch::jit::Stack stack = std::exchange(addon.spare_stack, {});
  stack.clear();
  push_arguments(call, op, inputs, stack);
  run_operator(op, stack);
  report_memory(call.env());

  const napi_value result = wrap_stack(call, inputs, stack);
  stack.clear();
  addon.spare_stack = std::move(stack);
  return result;
}

}  // namespace

// call(...handles): calls the operator whose id and arguments lie in the frame
napi_value call_operator_spread(Call& call) { return call_operator(call, call.begin(), call.size()); }

// call_array(handles): the same for many handles
napi_value call_operator_array(Call& call) {
  const napi_value array = call.value(0);
  std::vector<napi_value> handles(js::length_of(call.env(), array));
  for (size_t i = 0; i < handles.size(); i++) handles[i] = js::element(call.env(), array, i);
  return call_operator(call, handles.data(), handles.size());
}

namespace {

// Holds a typed array of JavaScript's, in the place of an earlier one, and reads and writes its memory from now on.
template <typename T>
void share(napi_env env, napi_value array, napi_typedarray_type expected, napi_ref& held, T*& memory, size_t& size) {
  napi_typedarray_type type = napi_uint8_array;
  size_t length = 0;
  void* data = nullptr;
  js::check(napi_get_typedarray_info(env, array, &type, &length, &data, nullptr, nullptr));
  TORCH_CHECK_TYPE(type == expected && length > 0, "a typed array of another kind was expected");
  napi_ref reference = nullptr;
  js::check(napi_create_reference(env, array, 1, &reference));
  if (held != nullptr) js::check(napi_delete_reference(env, held));
  held = reference;
  memory = static_cast<T*>(data);
  size = length;
}

}  // namespace

// set_frame(frame: Float64Array): the memory that arguments are written into from now on
napi_value set_frame(Call& call) {
  Addon& addon = call.addon();
  share(call.env(), call.value(0), napi_float64_array, addon.frame_reference, addon.frame, addon.frame_size);
  return call.undefined();
}

// set_places(places: Int8Array): the memory for the places of tensors in slabs
napi_value set_places(Call& call) {
  Addon& addon = call.addon();
  share(call.env(), call.value(0), napi_int8_array, addon.places_reference, addon.places, addon.places_size);
  return call.undefined();
}

}  // namespace tstorch
