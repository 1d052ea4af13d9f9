#include "results.h"

#include "slab.h"

namespace tstorch {

namespace {

class Wrapper {
 public:
  Wrapper(Addon& addon, const Inputs& inputs) : addon_(addon), env_(addon.env), inputs_(inputs) {}

  napi_value wrap(const c10::IValue& value) const {
    if (value.isTensor()) return tensor(value.toTensor());
    if (value.isTensorList()) return list(value.toTensorList(), [&](const at::Tensor& t) { return tensor(t); });
    if (value.isNone()) return js::null(env_);
    if (value.isInt()) return js::integer(env_, value.toInt());
    if (value.isDouble()) return js::number(env_, value.toDouble());
    if (value.isBool()) return js::boolean(env_, value.toBool());
    if (value.isScalar()) return wrap_scalar(env_, value.toScalar());
    if (value.isString()) return js::string(env_, value.toStringRef());
    if (value.isIntList()) return list(value.toIntList(), [&](int64_t i) { return js::integer(env_, i); });
    if (value.isDoubleList()) return list(value.toDoubleList(), [&](double d) { return js::number(env_, d); });
    if (value.isBoolList()) return list(value.toBoolList(), [&](bool b) { return js::boolean(env_, b); });
    if (value.isSymInt()) return js::integer(env_, value.toSymInt().guard_int(__FILE__, __LINE__));
    if (value.isTuple()) return list(value.toTupleRef().elements(), [&](const c10::IValue& v) { return wrap(v); });
    if (value.isList()) return list(value.toListRef(), [&](const c10::IValue& v) { return wrap(v); });
    if (value.isDevice()) return device(value.toDevice());
    TORCH_CHECK_NOT_IMPLEMENTED(false, "the operator returns a ", value.tagKind(), ", which JavaScript cannot hold");
  }

  napi_value tensor(const at::Tensor& tensor) const {
    const at::TensorImpl* impl = tensor.defined() ? tensor.unsafeGetTensorImpl() : nullptr;
    for (size_t i = 0; impl != nullptr && i < inputs_.count; i++) {
      if (inputs_.tensors[i] != impl) continue;
      const int place = inputs_.place(i);
      const bool outgrown = place >= 0 && !fits_slab(tensor, TensorSlab::has_graphs(place));
      return js::small_integer(env_, static_cast<int>(i) + (outgrown ? kOutgrown : 0));
    }
    return inputs_.in_slabs ? wrap_in_slab(addon_, tensor) : wrap_tensor(addon_, tensor);
  }

 private:
  napi_value device(const c10::Device& device) const {
    const napi_value result = js::array(env_, 2);
    js::set_at(env_, result, 0, js::number(env_, static_cast<double>(device.type())));
    js::set_at(env_, result, 1, js::number(env_, device.index()));
    return result;
  }

  template <typename List, typename Wrap>
  napi_value list(const List& values, Wrap wrap) const {
    const napi_value result = js::array(env_, values.size());
    size_t i = 0;
    for (const auto& value : values) js::set_at(env_, result, i++, wrap(value));
    return result;
  }

  Addon& addon_;
  const napi_env env_;
  const Inputs& inputs_;
};

}  // namespace

napi_value wrap_result(const Call& call, const Inputs& inputs, const c10::IValue& value) {
  return Wrapper(call.addon(), inputs).wrap(value);
}

napi_value wrap_result(const Call& call, const Inputs& inputs, const at::Tensor& tensor) {
  return Wrapper(call.addon(), inputs).tensor(tensor);
}

napi_value wrap_value(Addon& addon, const c10::IValue& value) { return Wrapper(addon, Inputs(nullptr, 0)).wrap(value); }

napi_value wrap_stack(const Call& call, const Inputs& inputs, const torch::jit::Stack& stack) {
  if (stack.size() == 1) return wrap_result(call, inputs, stack[0]);
  if (stack.empty()) return js::undefined(call.env());
  const napi_value result = js::array(call.env(), stack.size());
  for (size_t i = 0; i < stack.size(); i++) {
    js::set_at(call.env(), result, i, wrap_result(call, inputs, stack[i]));
  }
  return result;
}

napi_value wrap_scalar(napi_env env, const at::Scalar& scalar) {
  if (scalar.isBoolean()) return js::boolean(env, scalar.toBool());
  if (scalar.isUnsigned() && scalar.toUInt64() > static_cast<uint64_t>(INT64_MAX)) {
    napi_value result = nullptr;
    js::check(napi_create_bigint_uint64(env, scalar.toUInt64(), &result));
    return result;
  }
  if (scalar.isIntegral(/*includeBool=*/false)) return js::integer(env, scalar.toLong());
  if (!scalar.isComplex()) return js::number(env, scalar.toDouble());
  const auto value = scalar.toComplexDouble();
  const napi_value result = js::array(env, 2);
  js::set_at(env, result, 0, js::number(env, value.real()));
  js::set_at(env, result, 1, js::number(env, value.imag()));
  return result;
}

}  // namespace tstorch
