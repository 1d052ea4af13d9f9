#include <torch/csrc/jit/frontend/tracer.h>

#include "jit.h"

namespace tstorch {

namespace {

using c10::IValue;
using c10::TypeKind;
using c10::TypePtr;

class Reader {
 public:
  Reader(const Call& call, KnownTensors* known) : call_(call), env_(call.env()), known_(known) {}

  IValue read(napi_value value, const TypePtr& type, int depth = 0) const {
    check_depth(depth);
    switch (type->kind()) {
      case TypeKind::OptionalType:
        if (js::is_nullish(env_, value)) return {};
        return read(value, type->expectRef<c10::OptionalType>().getElementType(), depth + 1);
      case TypeKind::TensorType:
        return tensor(value);
      case TypeKind::NoneType:
        return {};
      case TypeKind::BoolType:
        return js::to_boolean(env_, value);
      case TypeKind::IntType:
        return js::to_integer(env_, value);
      case TypeKind::FloatType:
        return js::to_number(env_, value);
      case TypeKind::ComplexType:
        return complex(value);
      case TypeKind::StringType:
        return js::to_string(env_, value);
      case TypeKind::DeviceObjType:
        return c10::Device(js::to_string(env_, value));
      case TypeKind::ListType:
        return list(value, type->expectRef<c10::ListType>().getElementType(), depth);
      case TypeKind::TupleType:
        return tuple(value, type->expect<c10::TupleType>(), depth);
      case TypeKind::DictType: {
        const auto& dict = type->expectRef<c10::DictType>();
        return this->dict(value, dict.getKeyType(), dict.getValueType(), depth);
      }
      case TypeKind::UnionType: {
        const auto members = type->expectRef<c10::UnionType>().containedTypes();
        const auto position = static_cast<size_t>(js::to_integer(env_, js::element(env_, value, 0)));
        TORCH_CHECK_TYPE(position < members.size(), "the union has no such member");
        return read(js::element(env_, value, 1), members[position], depth + 1);
      }
      case TypeKind::NumberType:
      case TypeKind::AnyType:
        return read_tagged(value, depth + 1);
      default:
        return script(value);
    }
  }

  IValue read_tagged(napi_value value, int depth = 0) const {
    check_depth(depth);
    if (js::type_of(env_, value) == napi_external) return tensor(value);
    const std::string tag = js::to_string(env_, js::element(env_, value, 0));
    const auto rest = [&](size_t i) { return js::element(env_, value, i + 1); };
    const size_t size = js::length_of(env_, value) - 1;
    if (tag == "none") return {};
    if (tag == "bool") return js::to_boolean(env_, rest(0));
    if (tag == "int") return js::to_integer(env_, rest(0));
    if (tag == "float") return js::to_number(env_, rest(0));
    if (tag == "complex") return complex(rest(0));
    if (tag == "str") return js::to_string(env_, rest(0));
    if (tag == "device") return c10::Device(js::to_string(env_, rest(0)));
    if (tag == "object") return script(rest(0));
    std::vector<IValue> values;
    for (size_t i = 0; i < size; i++) values.push_back(read_tagged(rest(i), depth + 1));
    if (tag == "tuple") return c10::ivalue::Tuple::create(std::move(values));
    TORCH_CHECK_TYPE(!values.empty() && (tag == "list" || (tag == "dict" && size % 2 == 0)),
                     "List trace inputs must have elements");
    if (tag == "list") {
      c10::impl::GenericList list(values[0].type());
      for (IValue& element : values) list.push_back(std::move(element));
      return list;
    }
    c10::impl::GenericDict dict(values[0].type(), values[1].type());
    for (size_t i = 0; i < size; i += 2) dict.insert_or_assign(values[i], values[i + 1]);
    return dict;
  }

 private:
  static void check_depth(int depth) { TORCH_CHECK_VALUE(depth < 500, "the value is nested too deeply"); }

  at::Tensor tensor(napi_value value) const {
    if (js::is_nullish(env_, value)) return {};
    const at::Tensor& tensor = tensor_of(env_, value);
    if (known_ != nullptr) known_->emplace(tensor.unsafeGetTensorImpl(), value);
    return tensor;
  }

  c10::complex<double> complex(napi_value value) const {
    return {js::to_number(env_, js::element(env_, value, 0)), js::to_number(env_, js::element(env_, value, 1))};
  }

  IValue script(napi_value value) const {
    const auto script = std::static_pointer_cast<Script>(script_state_of(env_, value));
    return script->value;
  }

  IValue list(napi_value value, const TypePtr& element, int depth) const {
    c10::impl::GenericList result(element);
    const size_t length = js::length_of(env_, value);
    result.reserve(length);
    for (size_t i = 0; i < length; i++) result.push_back(read(js::element(env_, value, i), element, depth + 1));
    return result;
  }

  IValue tuple(napi_value value, const c10::TupleTypePtr& type, int depth) const {
    const auto types = type->elements();
    TORCH_CHECK_TYPE(js::length_of(env_, value) == types.size(), "the tuple has another number of elements");
    std::vector<IValue> values;
    for (size_t i = 0; i < types.size(); i++) values.push_back(read(js::element(env_, value, i), types[i], depth + 1));
    if (type->name()) return c10::ivalue::Tuple::createNamed(std::move(values), type);
    return c10::ivalue::Tuple::create(std::move(values));
  }

  IValue dict(napi_value value, const TypePtr& key, const TypePtr& element, int depth) const {
    c10::impl::GenericDict result(key, element);
    const size_t length = js::length_of(env_, value);
    for (size_t i = 0; i + 1 < length; i += 2) {
      result.insert_or_assign(read(js::element(env_, value, i), key, depth + 1),
                              read(js::element(env_, value, i + 1), element, depth + 1));
    }
    return result;
  }

  const Call& call_;
  const napi_env env_;
  KnownTensors* const known_;
};

class Writer {
 public:
  Writer(const Call& call, const KnownTensors* known) : call_(call), env_(call.env()), known_(known) {}

  napi_value write(const IValue& value, int depth = 0) const {
    TORCH_CHECK_VALUE(depth < 500, "the value is nested too deeply");
    if (value.isTensor()) return tensor(value.toTensor());
    if (value.isNone()) return js::null(env_);
    if (value.isBool()) return js::boolean(env_, value.toBool());
    if (value.isInt()) return js::integer(env_, value.toInt());
    if (value.isDouble()) return tagged("float", js::number(env_, value.toDouble()));
    if (value.isString()) return js::string(env_, value.toStringRef());
    if (value.isComplexDouble()) {
      const auto number = value.toComplexDouble();
      return tagged("complex", list({js::number(env_, number.real()), js::number(env_, number.imag())}));
    }
    if (value.isDevice()) return tagged("device", js::string(env_, value.toDevice().str()));
    if (value.isTuple()) return tuple(value, depth);
    if (value.isList()) {
      std::vector<napi_value> values;
      for (const IValue& element : value.toListRef()) values.push_back(write(element, depth + 1));
      return list(values);
    }
    if (value.isGenericDict()) {
      std::vector<napi_value> values;
      for (const auto& entry : value.toGenericDict()) {
        values.push_back(write(entry.key(), depth + 1));
        values.push_back(write(entry.value(), depth + 1));
      }
      return tagged("dict", list(values));
    }
    if (value.isEnum()) return write(value.toEnumHolder()->value(), depth + 1);
    if (value.isScalar()) return js::number(env_, value.toScalar().toDouble());
    const napi_value result = tagged(value.isFuture()   ? "future"
                                     : value.isModule() ? "module"
                                                        : "object",
                                     wrap_script(call_.addon(), {value, nullptr, nullptr}));
    js::set(env_, result, "type", js::string(env_, value.type()->repr_str()));
    return result;
  }

 private:
  napi_value tensor(const at::Tensor& tensor) const {
    if (known_ != nullptr && tensor.defined()) {
      const auto found = known_->find(tensor.unsafeGetTensorImpl());
      if (found != known_->end()) return found->second;
    }
    return wrap_tensor(call_.addon(), tensor);
  }

  napi_value tagged(const char* tag, napi_value value) const {
    const napi_value result = js::object(env_);
    js::set(env_, result, "tag", js::string(env_, tag));
    js::set(env_, result, "value", value);
    return result;
  }

  napi_value list(const std::vector<napi_value>& values) const {
    const napi_value result = js::array(env_, values.size());
    for (size_t i = 0; i < values.size(); i++) js::set_at(env_, result, i, values[i]);
    return result;
  }

  napi_value tuple(const IValue& value, int depth) const {
    const auto& tuple = value.toTupleRef();
    std::vector<napi_value> values;
    for (const IValue& element : tuple.elements()) values.push_back(write(element, depth + 1));
    const auto type = tuple.type();
    if (!type->schema()) return tagged("tuple", list(values));
    std::vector<napi_value> names;
    for (const auto& field : type->schema()->arguments()) names.push_back(js::string(env_, field.name()));
    const napi_value result = tagged("namedtuple", list(values));
    js::set(env_, result, "names", list(names));
    js::set(env_, result, "type", js::string(env_, type->name() ? type->name()->name() : ""));
    return result;
  }

  const Call& call_;
  const napi_env env_;
  const KnownTensors* const known_;
};

}  // namespace

IValue read_value(const Call& call, napi_value value, const TypePtr& type, KnownTensors* known) {
  return Reader(call, known).read(value, type);
}

IValue read_tagged(const Call& call, napi_value value, KnownTensors* known) {
  return Reader(call, known).read_tagged(value);
}

napi_value write_value(const Call& call, const IValue& value, const KnownTensors* known) {
  return Writer(call, known).write(value);
}

napi_value describe_type(napi_env env, const TypePtr& type) {
  const napi_value result = js::object(env);
  js::set(env, result, "kind", js::string(env, c10::typeKindToString(type->kind())));
  js::set(env, result, "text", js::string(env, type->repr_str()));
  std::vector<TypePtr> contained;
  switch (type->kind()) {
    case TypeKind::OptionalType:
      contained = {type->expectRef<c10::OptionalType>().getElementType()};
      break;
    case TypeKind::ListType:
    case TypeKind::TupleType:
    case TypeKind::DictType:
    case TypeKind::UnionType:
      contained.assign(type->containedTypes().begin(), type->containedTypes().end());
      break;
    default:
      break;
  }
  const napi_value types = js::array(env, contained.size());
  for (size_t i = 0; i < contained.size(); i++) js::set_at(env, types, i, describe_type(env, contained[i]));
  js::set(env, result, "contained", types);
  if (type->kind() == TypeKind::TupleType && type->expectRef<c10::TupleType>().schema()) {
    const auto& fields = type->expectRef<c10::TupleType>().schema()->arguments();
    const napi_value names = js::array(env, fields.size());
    for (size_t i = 0; i < fields.size(); i++) js::set_at(env, names, i, js::string(env, fields[i].name()));
    js::set(env, result, "names", names);
  }
  return result;
}

napi_value wrap_script(Addon& addon, Script script) {
  return wrap_script_state(addon, std::make_shared<Script>(std::move(script)));
}

Script& script_of(const Call& call, size_t i) {
  return *std::static_pointer_cast<Script>(script_state_of(call.env(), call.value(i)));
}

torch::jit::Module module_of(const Call& call, size_t i) {
  const IValue& value = script_of(call, i).value;
  TORCH_CHECK_TYPE(value.isModule(), "expected a ScriptModule");
  return torch::jit::Module(value.toObject());
}

torch::jit::Function& function_of(const Call& call, size_t i) {
  torch::jit::Function* function = script_of(call, i).function;
  TORCH_CHECK_TYPE(function != nullptr, "expected a ScriptFunction or a ScriptMethod");
  return *function;
}

}  // namespace tstorch
