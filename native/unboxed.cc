#include "unboxed.h"

#include <ATen/core/LegacyTypeDispatch.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "frame_reader.h"

namespace tstorch {

namespace {

// An argument of each C++ type: what is read, which outlives the call, and what is passed. What is not written in the
// usual way, such as a default or a number in a tensor's place, is read as for a boxed call.

template <typename T>
struct Value;

struct TensorValue {
  TensorValue(FrameReader& reader, const Argument& argument)
      : tensor(reader.take(Tag::tensor) ? reader.tensor() : reader.read(argument).toTensor()) {}
  at::Tensor tensor;  // held: user code that the operator runs may dispose of it
};

template <>
struct Value<const at::Tensor&> : TensorValue {
  using TensorValue::TensorValue;
  const at::Tensor& get() const { return tensor; }
};

template <>
struct Value<at::Tensor&> : TensorValue {
  using TensorValue::TensorValue;
  at::Tensor& get() { return tensor; }
};

template <>
struct Value<const std::optional<at::Tensor>&> {
  Value(FrameReader& reader, const Argument& argument)
      : tensor(reader.take(Tag::tensor) ? reader.tensor() : reader.read(argument).toOptional<at::Tensor>()) {}
  const std::optional<at::Tensor>& get() const { return tensor; }
  std::optional<at::Tensor> tensor;
};

template <>
struct Value<const at::Scalar&> {
  Value(FrameReader& reader, const Argument& argument)
      : scalar(reader.take(Tag::integer)    ? at::Scalar(static_cast<int64_t>(reader.number()))
               : reader.take(Tag::floating) ? at::Scalar(reader.number())
                                            : reader.read(argument).toScalar()) {}
  const at::Scalar& get() const { return scalar; }
  at::Scalar scalar;
};

template <>
struct Value<int64_t> {
  Value(FrameReader& reader, const Argument& argument)
      : integer(reader.take(Tag::integer) ? static_cast<int64_t>(reader.number()) : reader.read(argument).toInt()) {}
  int64_t get() const { return integer; }
  int64_t integer;
};

template <>
struct Value<c10::SymInt> : Value<int64_t> {
  using Value<int64_t>::Value;
  c10::SymInt get() const { return integer; }
};

template <>
struct Value<double> {
  Value(FrameReader& reader, const Argument& argument)
      : floating(reader.take(Tag::floating) ? reader.number() : reader.read(argument).toDouble()) {}
  double get() const { return floating; }
  double floating;
};

template <>
struct Value<bool> {
  Value(FrameReader& reader, const Argument& argument)
      : boolean(reader.take(Tag::boolean) ? reader.number() != 0 : reader.read(argument).toBool()) {}
  bool get() const { return boolean; }
  bool boolean;
};

template <typename T>
struct OptionalValue {
  OptionalValue(FrameReader& reader, const Argument& argument) {
    if (!reader.take(Tag::none)) value = reader.read(argument).toOptional<T>();
  }
  std::optional<T> get() const { return value; }
  std::optional<T> value;
};

template <>
struct Value<std::optional<int64_t>> : OptionalValue<int64_t> {
  using OptionalValue::OptionalValue;
};

template <>
struct Value<std::optional<at::ScalarType>> : OptionalValue<at::ScalarType> {
  using OptionalValue::OptionalValue;
};

template <>
struct Value<std::optional<at::Layout>> : OptionalValue<at::Layout> {
  using OptionalValue::OptionalValue;
};

template <>
struct Value<std::optional<at::Device>> : OptionalValue<at::Device> {
  using OptionalValue::OptionalValue;
};

template <>
struct Value<std::optional<bool>> : OptionalValue<bool> {
  using OptionalValue::OptionalValue;
};

struct IntegersValue {
  IntegersValue(FrameReader& reader, const Argument& argument) {
    if (reader.take(Tag::integers)) {
      const size_t length = reader.count();
      for (size_t i = 0; i < length; i++) integers.push_back(static_cast<int64_t>(reader.number()));
      return;
    }
    const c10::IValue value = reader.read(argument);
    absent = value.isNone();
    if (!absent) integers.append(value.toDimVector());
  }
  at::DimVector integers;
  bool absent = false;
};

template <>
struct Value<c10::SymIntArrayRef> : IntegersValue {
  using IntegersValue::IntegersValue;
  c10::SymIntArrayRef get() const { return c10::fromIntArrayRefSlow(integers); }
};

template <>
struct Value<at::OptionalIntArrayRef> : IntegersValue {
  using IntegersValue::IntegersValue;
  at::OptionalIntArrayRef get() const { return absent ? at::OptionalIntArrayRef() : at::IntArrayRef(integers); }
};

template <>
struct Value<at::TensorList> {
  Value(FrameReader& reader, const Argument& argument) : tensors(reader.read(argument).toTensorVector()) {}
  at::TensorList get() const { return tensors; }
  std::vector<at::Tensor> tensors;
};

template <>
struct Value<const at::ITensorListRef&> : Value<at::TensorList> {
  Value(FrameReader& reader, const Argument& argument) : Value<at::TensorList>(reader, argument), list(tensors) {}
  const at::ITensorListRef& get() const { return list; }
  at::ITensorListRef list;
};

template <typename Result, typename... Types>
at::Tensor call_unboxed(const Call& call, const Operator& op, Inputs& inputs) {
  FrameReader reader(call, op, inputs);
  size_t next = 0;
  // In braces, so that they are read from left to right.
  std::tuple<Value<Types>...> values{Value<Types>(reader, op.arguments[next++])...};
  std::optional<at::AutoDispatchBelowADInplaceOrView> below;
  if (op.factory) below.emplace();
  const auto typed = op.handle.typed<Result(Types...)>();
  return std::apply([&](auto&... value) -> at::Tensor { return typed.call(value.get()...); }, values);
}

struct Candidate {
  // Whether the operator is called with these C++ types: several may stand for one type of a schema.
  bool (*fits)(const c10::OperatorHandle& handle);
  UnboxedCall call;
};

template <typename Result, typename... Types>
Candidate candidate() {
  const auto fits = [](const c10::OperatorHandle& handle) {
    try {
      handle.typed<Result(Types...)>();
      return true;
    } catch (const c10::Error&) {
      return false;
    }
  };
  return {fits, call_unboxed<Result, Types...>};
}

// The signatures by the types of their schemas.
const std::unordered_multimap<std::string, Candidate>& candidates() {
  using R = at::Tensor;
  using T = const at::Tensor&;
  using W = at::Tensor&;  // written to
  using OptT = const std::optional<at::Tensor>&;
  using S = const at::Scalar&;
  using I = int64_t;
  using OptI = std::optional<int64_t>;
  using Ints = c10::SymIntArrayRef;
  using OptInts = at::OptionalIntArrayRef;
  using Dtype = std::optional<at::ScalarType>;
  using Layout = std::optional<at::Layout>;
  using Device = std::optional<at::Device>;
  using OptBool = std::optional<bool>;
  static const std::unordered_multimap<std::string, Candidate> known = {
      {"Tensor", candidate<R, T>()},
      {"Tensor,Tensor", candidate<R, T, T>()},
      {"Tensor,Tensor,Tensor", candidate<R, T, T, T>()},
      {"Tensor,Tensor,Tensor?", candidate<R, T, T, OptT>()},
      {"Tensor,Scalar", candidate<R, T, S>()},
      {"Tensor,Tensor,Scalar", candidate<R, T, T, S>()},
      {"Tensor,int", candidate<R, T, I>()},
      {"Tensor,int,int", candidate<R, T, I, I>()},
      {"Tensor,int,bool", candidate<R, T, I, bool>()},
      {"Tensor,int,SymInt", candidate<R, T, I, c10::SymInt>()},
      {"Tensor,int,ScalarType?", candidate<R, T, I, Dtype>()},
      {"Tensor,int?,bool", candidate<R, T, OptI, bool>()},
      {"Tensor,float,bool", candidate<R, T, double, bool>()},
      {"Tensor,ScalarType?", candidate<R, T, Dtype>()},
      {"Tensor,int[]?,bool,ScalarType?", candidate<R, T, OptInts, bool, Dtype>()},
      {"Tensor,SymInt[]", candidate<R, T, Ints>()},
      {"Tensor[],int", candidate<R, at::TensorList, I>()},
      {"Tensor[],int", candidate<R, const at::ITensorListRef&, I>()},
      {"SymInt[],ScalarType?,Layout?,Device?,bool?", candidate<R, Ints, Dtype, Layout, Device, OptBool>()},
      {"Scalar,ScalarType?,Layout?,Device?,bool?", candidate<R, S, Dtype, Layout, Device, OptBool>()},
      {"Tensor!", candidate<W, W>()},
      {"Tensor!,Tensor", candidate<W, W, T>()},
      {"Tensor!,Tensor,bool", candidate<W, W, T, bool>()},
      {"Tensor!,Scalar", candidate<W, W, S>()},
      {"Tensor!,Tensor,Scalar", candidate<W, W, T, S>()},
  };
  return known;
}

bool is_written(const c10::Argument& argument) {
  return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
}

}  // namespace

UnboxedCall find_unboxed(const c10::OperatorHandle& handle) {
  const c10::FunctionSchema& schema = handle.schema();
  if (handle.operator_name().getNamespace() != "aten") return nullptr;
  if (schema.returns().size() != 1 || schema.returns()[0].type()->kind() != c10::TypeKind::TensorType) return nullptr;
  std::string key;
  bool writes = false;
  for (const c10::Argument& argument : schema.arguments()) {
    if (!key.empty()) key += ',';
    key += argument.real_type()->str();
    if (is_written(argument)) key += '!';
    writes |= is_written(argument);
  }
  // An operator that returns what it did not write to is none of these.
  if (writes != is_written(schema.returns()[0])) return nullptr;
  const auto [first, last] = candidates().equal_range(key);
  const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second.fits(handle); });
  return found == last ? nullptr : found->second.call;
}

}  // namespace tstorch
