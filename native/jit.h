// TorchScript: what a handle of a script object owns, and values on their way between JavaScript and the interpreter.
#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "call.h"

namespace tstorch {

// A module or another object of the interpreter; or a function, beside the module whose method it is or the unit that
// owns it.
struct Script {
  c10::IValue value;
  torch::jit::Function* function = nullptr;
  std::shared_ptr<torch::jit::CompilationUnit> unit;
};

napi_value wrap_script(Addon& addon, Script script);
Script& script_of(const Call& call, size_t i);
torch::jit::Module module_of(const Call& call, size_t i);
torch::jit::Function& function_of(const Call& call, size_t i);

// The tensors of one call by their implementations, so that a result which is one of them comes back as its handle.
using KnownTensors = std::unordered_map<const at::TensorImpl*, napi_value>;

// Reads a value that lib/jit/_values.ts wrote for a type: lists and tuples are arrays, dicts arrays of keys and values
// in turn, and a union is an array of the member's position and the value. Throws TypeError for anything else.
c10::IValue read_value(const Call& call, napi_value value, const c10::TypePtr& type, KnownTensors* known = nullptr);

// Reads a value that says itself what it is: a tensor, or [tag, ...].
c10::IValue read_tagged(const Call& call, napi_value value, KnownTensors* known = nullptr);

// Writes a value for lib/jit/_values.ts: lists and tuples are arrays; what JavaScript has no word for is { tag, ... }.
napi_value write_value(const Call& call, const c10::IValue& value, const KnownTensors* known = nullptr);

// { kind, text, contained, names }
napi_value describe_type(napi_env env, const c10::TypePtr& type);

// Runs a function with the arguments on the stack, of which its result takes the place; a trace records it as a call.
void run_script(const Script& script, torch::jit::Stack& stack);

// What is traced on this thread of JavaScript warns as "TracerWarning".
void install_tracer_warnings();

}  // namespace tstorch
