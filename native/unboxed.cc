#include "unboxed.h"

#include <ATen/core/LegacyTypeDispatch.h>

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
  Value(FrameReader& reader, const Argument& argument) {
    if (!reader.take(Tag::tensors)) {
      tensors = reader.read(argument).toTensorVector();
      return;
    }
    tensors.resize(reader.count());
    for (at::Tensor& tensor : tensors) tensor = reader.element();
  }
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
class TypedCall final : public UnboxedCall {
 public:
  explicit TypedCall(const c10::OperatorHandle& handle) : handle_(handle.typed<Result(Types...)>()) {}

  at::Tensor run(const Call& call, const Operator& op, Inputs& inputs) const override {
    FrameReader reader(call, op, inputs);
    size_t next = 0;
    // In braces, so that they are read from left to right.
    std::tuple<Value<Types>...> values{Value<Types>(reader, op.arguments[next++])...};
    std::optional<at::AutoDispatchBelowADInplaceOrView> below;
    if (op.factory) below.emplace();
    return std::apply([&](auto&... value) -> at::Tensor { return handle_.call(value.get()...); }, values);
  }

 private:
  const c10::TypedOperatorHandle<Result(Types...)> handle_;
};

// Makes the call, or null if the operator is called with other C++ types: several may stand for one type of a schema.
using Maker = std::shared_ptr<const UnboxedCall> (*)(const c10::OperatorHandle& handle);

template <typename Result, typename... Types>
std::shared_ptr<const UnboxedCall> make(const c10::OperatorHandle& handle) {
  try {
    return std::make_shared<TypedCall<Result, Types...>>(handle);
  } catch (const c10::Error&) {
    return nullptr;
  }
}

// The signatures by the types of their schemas.
const std::unordered_multimap<std::string, Maker>& makers() {
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
  static const std::unordered_multimap<std::string, Maker> known = {
      {"Tensor", make<R, T>},
      {"Tensor,Tensor", make<R, T, T>},
      {"Tensor,Tensor,Tensor", make<R, T, T, T>},
      {"Tensor,Tensor,Tensor?", make<R, T, T, OptT>},
      {"Tensor,Scalar", make<R, T, S>},
      {"Tensor,Tensor,Scalar", make<R, T, T, S>},
      {"Tensor,int", make<R, T, I>},
      {"Tensor,int,int", make<R, T, I, I>},
      {"Tensor,int,bool", make<R, T, I, bool>},
      {"Tensor,int,SymInt", make<R, T, I, c10::SymInt>},
      {"Tensor,int,ScalarType?", make<R, T, I, Dtype>},
      {"Tensor,int?,bool", make<R, T, OptI, bool>},
      {"Tensor,float,bool", make<R, T, double, bool>},
      {"Tensor,ScalarType?", make<R, T, Dtype>},
      {"Tensor,int[]?,bool,ScalarType?", make<R, T, OptInts, bool, Dtype>},
      {"Tensor,SymInt[]", make<R, T, Ints>},
      {"Tensor[],int", make<R, at::TensorList, I>},
      {"Tensor[],int", make<R, const at::ITensorListRef&, I>},
      {"SymInt[],ScalarType?,Layout?,Device?,bool?", make<R, Ints, Dtype, Layout, Device, OptBool>},
      {"Scalar,ScalarType?,Layout?,Device?,bool?", make<R, S, Dtype, Layout, Device, OptBool>},
      {"Tensor!", make<W, W>},
      {"Tensor!,Tensor", make<W, W, T>},
      {"Tensor!,Tensor,bool", make<W, W, T, bool>},
      {"Tensor!,Scalar", make<W, W, S>},
      {"Tensor!,Tensor,Scalar", make<W, W, T, S>},
  };
  return known;
}

}  // namespace

std::shared_ptr<const UnboxedCall> find_unboxed(const c10::OperatorHandle& handle) {
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
  const auto [first, last] = makers().equal_range(key);
  for (auto entry = first; entry != last; ++entry) {
    if (auto made = entry->second(handle)) return made;
  }
  return nullptr;
}

}  // namespace tstorch
