// Every operator of libtorch, called through the dispatcher with boxed arguments.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tstorch {

// What an operator's argument takes, as far as reading it from a frame is concerned.
enum class Type {
  tensor,
  scalar,
  integer,
  floating,
  complex,
  boolean,
  string,
  device,
  generator,
  tensors,
  optional_tensors,
  integers,
  floats,
  booleans,
  scalars,
  strings,
  storage,
  other,
};

struct Argument {
  std::string name;
  Type type;
  bool optional;  // None is allowed
  std::optional<c10::IValue> default_value;
};

class UnboxedCall;

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
  std::vector<std::pair<size_t, size_t>> aliases;  // results that are an argument which the operator writes to
  bool aliased;  // a result may be a view of an argument, or an argument is written to
  bool factory;  // makes tensors out of nothing: below autograd, for which filling them would count as a change
  std::shared_ptr<const UnboxedCall> unboxed;  // null for most
};

// Whether an operator writes to the tensor that the argument or result is.
bool is_written(const c10::Argument& argument);

// Calls an operator with the arguments on the stack, which its results take the place of.
void run_operator(const Operator& op, torch::jit::Stack& stack);

}  // namespace tstorch
