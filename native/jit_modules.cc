// TorchScript modules and functions: files, attributes, methods, calls.
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/interpreter.h>
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/csrc/jit/serialization/python_print.h>

#include "compute.h"
#include "functions.h"
#include "jit.h"
#include "memory.h"

namespace tstorch {

namespace {

using torch::jit::Function;
using torch::jit::Module;

// The bytes of a file, as libtorch's reader of archives asks for them.
class Bytes final : public caffe2::serialize::ReadAdapterInterface {
 public:
  Bytes(const void* data, size_t size) : owned_(static_cast<const char*>(data), size) {}
  size_t size() const override { return owned_.size(); }
  size_t read(uint64_t position, void* buffer, size_t count, const char*) const override {
    if (position >= owned_.size()) return 0;
    const size_t length = std::min<size_t>(count, owned_.size() - position);
    std::memcpy(buffer, owned_.data() + position, length);
    return length;
  }

 private:
  const std::string owned_;
};

std::string bytes_of(napi_env env, napi_value buffer) {
  void* data = nullptr;
  size_t size = 0;
  js::check(napi_get_buffer_info(env, buffer, &data, &size));
  return {static_cast<const char*>(data), size};
}

napi_value buffer(napi_env env, const std::string& bytes) {
  napi_value result = nullptr;
  js::check(napi_create_buffer_copy(env, bytes.size(), bytes.data(), nullptr, &result));
  return result;
}

struct Loaded {
  Module module;
  std::vector<std::string> extra;  // the contents of the extra files, in the order in which they were asked for
};

// What loads a module: the file's bytes or path, the device or null, the names of the extra files.
std::function<Loaded()> loading(const Call& call) {
  const napi_env env = call.env();
  const bool is_path = js::type_of(env, call.value(0)) == napi_string;
  std::shared_ptr<Bytes> bytes;
  if (!is_path) {
    void* data = nullptr;
    size_t size = 0;
    js::check(napi_get_buffer_info(env, call.value(0), &data, &size));
    bytes = std::make_shared<Bytes>(data, size);
  }
  const std::string path = is_path ? call.string(0) : "";
  std::optional<c10::Device> device;
  if (call.has(1)) device = c10::Device(call.string(1));
  std::vector<std::string> names;
  for (size_t i = 0; i < js::length_of(env, call.value(2)); i++)
    names.push_back(js::to_string(env, js::element(env, call.value(2), i)));
  return [=] {
    torch::jit::ExtraFilesMap extra;
    for (const std::string& name : names) extra[name] = "";
    Loaded loaded;
    loaded.module = is_path ? torch::jit::load(path, device, extra) : torch::jit::load(bytes, device, extra);
    for (const std::string& name : names) loaded.extra.push_back(extra[name]);
    return loaded;
  };
}

napi_value wrap_module(const Call& call, const Module& module) {
  return wrap_script(call.addon(), {module._ivalue(), nullptr, nullptr});
}

napi_value wrap_loaded(const Call& call, const Loaded& loaded) {
  const napi_env env = call.env();
  const napi_value result = js::object(env);
  js::set(env, result, "module", wrap_module(call, loaded.module));
  const napi_value extra = js::array(env, loaded.extra.size());
  for (size_t i = 0; i < loaded.extra.size(); i++) js::set_at(env, extra, i, buffer(env, loaded.extra[i]));
  js::set(env, result, "extra", extra);
  return result;
}

napi_value describe_attribute(const Call& call, const c10::ClassType& type, size_t slot, const c10::IValue& value) {
  const napi_env env = call.env();
  const char* kind = type.is_parameter(slot)                     ? "parameter"
                     : type.is_buffer(slot)                      ? "buffer"
                     : type.getAttribute(slot)->is_module() != 0 ? "module"
                                                                 : "attribute";
  const napi_value result = js::object(env);
  js::set(env, result, "name", js::string(env, type.getAttributeName(slot)));
  js::set(env, result, "kind", js::string(env, kind));
  const bool is_tensor = value.isTensor() && value.toTensor().defined();
  js::set(env, result, "isNone", js::boolean(env, value.isNone() || (value.isTensor() && !is_tensor)));
  js::set(env, result, "tensor", is_tensor ? call.wrap(value.toTensor()) : js::null(env));
  // Where the tensor lies: one tensor in several places is one object in JavaScript too.
  const auto place = is_tensor ? reinterpret_cast<uintptr_t>(value.toTensor().unsafeGetTensorImpl()) : 0;
  js::set(env, result, "place", js::number(env, static_cast<double>(place)));
  js::set(env, result, "module",
          value.isModule() ? wrap_script(call.addon(), {value, nullptr, nullptr}) : js::null(env));
  return result;
}

napi_value describe_arguments(napi_env env, const std::vector<c10::Argument>& arguments) {
  const napi_value result = js::array(env, arguments.size());
  for (size_t i = 0; i < arguments.size(); i++) {
    const napi_value description = js::object(env);
    js::set(env, description, "name", js::string(env, arguments[i].name()));
    js::set(env, description, "type", describe_type(env, arguments[i].type()));
    js::set(env, description, "keywordOnly", js::boolean(env, arguments[i].kwarg_only()));
    js::set(env, description, "hasDefault", js::boolean(env, arguments[i].default_value().has_value()));
    js::set_at(env, result, i, description);
  }
  return result;
}

// The arguments of a call, `self` aside: undefined stands for the default.
torch::jit::Stack read_arguments(const Call& call, const Script& script, napi_value values, KnownTensors& known) {
  const auto& arguments = script.function->getSchema().arguments();
  torch::jit::Stack stack;
  if (!script.value.isNone()) stack.push_back(script.value);
  const size_t first = stack.size();
  TORCH_CHECK_TYPE(js::length_of(call.env(), values) + first == arguments.size(), "wrong number of arguments");
  for (size_t i = first; i < arguments.size(); i++) {
    const napi_value value = js::element(call.env(), values, i - first);
    if (js::type_of(call.env(), value) == napi_undefined) {
      TORCH_CHECK_TYPE(arguments[i].default_value().has_value(), "an argument is missing");
      stack.push_back(*arguments[i].default_value());
    } else {
      stack.push_back(read_value(call, value, arguments[i].type(), &known));
    }
  }
  return stack;
}

class ScriptTask final : public Task {
 public:
  ScriptTask(const Call& call, const Script& script, napi_value values) : script_(script) {
    KnownTensors known;
    stack_ = read_arguments(call, script_, values, known);
  }
  void run() override { script_.function->run(stack_); }
  napi_value result(const Call& call) const override { return write_value(call, stack_.back()); }

 private:
  const Script script_;
  torch::jit::Stack stack_;
};

class LoadTask final : public Task {
 public:
  explicit LoadTask(std::function<Loaded()> load) : load_(std::move(load)) {}
  void run() override { loaded_ = load_(); }
  napi_value result(const Call& call) const override { return wrap_loaded(call, *loaded_); }

 private:
  const std::function<Loaded()> load_;
  std::optional<Loaded> loaded_;
};

}  // namespace

// jit_load(path | bytes, device, extraNames): { module, extra }
napi_value jit_load(Call& call) {
  const Loaded loaded = loading(call)();
  const napi_value result = wrap_loaded(call, loaded);
  report_memory(call.env());
  return result;
}

// submit_jit_load(...): the id of a job that does the same
napi_value submit_jit_load(Call& call) { return submit_task(call, std::make_unique<LoadTask>(loading(call))); }

// jit_save(module, extraNames, extraContents): the file's bytes
napi_value jit_save(Call& call) {
  const napi_env env = call.env();
  torch::jit::ExtraFilesMap extra;
  for (size_t i = 0; i < js::length_of(env, call.value(1)); i++) {
    extra[js::to_string(env, js::element(env, call.value(1), i))] = bytes_of(env, js::element(env, call.value(2), i));
  }
  auto bytes = std::make_unique<std::string>();
  torch::jit::ExportModule(
      module_of(call, 0),
      [&](const void* data, size_t size) {
        bytes->append(static_cast<const char*>(data), size);
        return size;
      },
      extra);
  return buffer(env, *bytes);
}

// jit_describe(module): { name, attributes, methods }
napi_value jit_describe(Call& call) {
  const napi_env env = call.env();
  const Module module = module_of(call, 0);
  const auto type = module.type();
  const napi_value attributes = js::array(env, type->numAttributes());
  for (size_t i = 0; i < type->numAttributes(); i++)
    js::set_at(env, attributes, i, describe_attribute(call, *type, i, module._ivalue()->getSlot(i)));
  const napi_value methods = js::array(env, type->methods().size());
  for (size_t i = 0; i < type->methods().size(); i++)
    js::set_at(env, methods, i, js::string(env, type->methods()[i]->name()));
  const napi_value result = js::object(env);
  js::set(env, result, "name", js::string(env, type->name() ? type->name()->qualifiedName() : ""));
  js::set(env, result, "attributes", attributes);
  js::set(env, result, "methods", methods);
  return result;
}

// jit_attribute(module, name, known): the value of an attribute, or true if it is still the known tensor
napi_value jit_attribute(Call& call) {
  const c10::IValue value = module_of(call, 0).attr(call.string(1));
  if (call.has(2) && value.isTensor() && value.toTensor().defined() && value.toTensor().is_same(call.tensor(2)))
    return js::boolean(call.env(), true);
  return write_value(call, value);
}

// jit_attribute_type(module, name): its type
napi_value jit_attribute_type(Call& call) {
  return describe_type(call.env(), module_of(call, 0).type()->getAttribute(call.string(1)));
}

// jit_set_attribute(module, name, value)
napi_value jit_set_attribute(Call& call) {
  Module module = module_of(call, 0);
  const std::string name = call.string(1);
  module.setattr(name, read_value(call, call.value(2), module.type()->getAttribute(name)));
  return call.undefined();
}

// jit_method(module, name)
napi_value jit_method(Call& call) {
  const Module module = module_of(call, 0);
  Function& function = module.type()->getMethod(call.string(1));
  return wrap_script(call.addon(), {module._ivalue(), &function, nullptr});
}

// jit_compile(source): the functions of a unit of TorchScript's source
napi_value jit_compile(Call& call) {
  auto unit = std::make_shared<torch::jit::CompilationUnit>(call.string(0));
  const auto functions = unit->get_functions();
  const napi_value result = js::array(call.env(), functions.size());
  for (size_t i = 0; i < functions.size(); i++)
    js::set_at(call.env(), result, i, wrap_script(call.addon(), {{}, functions[i], unit}));
  return result;
}

// jit_define(module, source): compiles methods of a module
napi_value jit_define(Call& call) {
  module_of(call, 0).define(call.string(1));
  return call.undefined();
}

// jit_schema(function): { name, qualifiedName, text, arguments, returns }; without `self` for a method
napi_value jit_schema(Call& call) {
  const napi_env env = call.env();
  const Function& function = function_of(call, 0);
  const c10::FunctionSchema& schema = function.getSchema();
  std::vector<c10::Argument> arguments = schema.arguments();
  if (!script_of(call, 0).value.isNone()) arguments.erase(arguments.begin());
  const napi_value result = js::object(env);
  js::set(env, result, "name", js::string(env, schema.name()));
  js::set(env, result, "qualifiedName", js::string(env, function.qualname().qualifiedName()));
  js::set(env, result, "text", js::string(env, c10::str(schema)));
  js::set(env, result, "arguments", describe_arguments(env, arguments));
  js::set(env, result, "returns", describe_arguments(env, schema.returns()));
  return result;
}

// jit_keyword_error(function, names): what is wrong with the keyword arguments
napi_value jit_keyword_error(Call& call) {
  std::vector<std::string> names;
  for (size_t i = 0; i < js::length_of(call.env(), call.value(1)); i++)
    names.push_back(js::to_string(call.env(), js::element(call.env(), call.value(1), i)));
  return js::string(call.env(), function_of(call, 0).getSchema().findErrorInKwargs(names));
}

// jit_call(function, values): calls a function or method
napi_value jit_call(Call& call) {
  const Script script = script_of(call, 0);
  function_of(call, 0);
  KnownTensors known;
  torch::jit::Stack stack = read_arguments(call, script, call.value(1), known);
  run_script(script, stack);
  const napi_value result = write_value(call, stack.back(), &known);
  stack.clear();
  report_memory(call.env());
  return result;
}

// submit_jit_call(function, values): the id of a job that does the same
napi_value submit_jit_call(Call& call) {
  function_of(call, 0);
  return submit_task(call, std::make_unique<ScriptTask>(call, script_of(call, 0), call.value(1)));
}

// jit_wait(future): waits for what torch.jit.fork started
napi_value jit_wait(Call& call) {
  const c10::IValue& value = script_of(call, 0).value;
  TORCH_CHECK_TYPE(value.isFuture(), "expected a Future");
  value.toFuture()->waitAndThrow();
  return write_value(call, value.toFuture()->value());
}

// jit_code(function): the source of the function in TorchScript, and its constants
napi_value jit_code(Call& call) {
  const napi_env env = call.env();
  const Script& script = script_of(call, 0);
  std::vector<c10::IValue> constants;
  torch::jit::PrintDepsTable dependencies;
  torch::jit::PythonPrint printer(constants, dependencies);
  if (script.value.isModule()) {
    printer.printMethod(function_of(call, 0));
  } else {
    printer.printFunction(function_of(call, 0));
  }
  const napi_value values = js::array(env, constants.size());
  for (size_t i = 0; i < constants.size(); i++) js::set_at(env, values, i, write_value(call, constants[i]));
  const napi_value result = js::object(env);
  js::set(env, result, "code", js::string(env, printer.str()));
  js::set(env, result, "constants", values);
  return result;
}

// jit_graph(function, inlined, printRanges): the text of the graph
napi_value jit_graph(Call& call) {
  auto graph = torch::jit::toGraphFunction(function_of(call, 0)).graph();
  if (call.boolean(1)) {
    graph = graph->copy();
    torch::jit::Inline(*graph);
  }
  return js::string(call.env(), graph->toString(call.boolean(2)));
}

// jit_copy(module): a copy with tensors of its own
napi_value jit_copy(Call& call) { return wrap_module(call, module_of(call, 0).deepcopy()); }

}  // namespace tstorch
