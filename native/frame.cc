#include "frame.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/LegacyTypeDispatch.h>

#include <cmath>

#include "frame_reader.h"

namespace tstorch {

at::Scalar FrameReader::scalar(Tag tag) {
  switch (tag) {
    case Tag::integer:
      return static_cast<int64_t>(number());
    case Tag::big_integer:
      return bits();
    case Tag::unsigned_integer:
      return static_cast<uint64_t>(bits());
    case Tag::floating:
      return number();
    case Tag::boolean:
      return number() != 0;
    case Tag::complex: {
      const double real = number();
      return c10::complex<double>(real, number());
    }
    case Tag::tensor: {
      const at::Tensor held = tensor();
      // A dispatch mode may call JavaScript, which writes another frame to the memory of this one.
      rest_ = std::vector<double>(next_, end_);
      next_ = rest_.data();
      end_ = next_ + rest_.size();
      return held.item();
    }
    default:
      TORCH_CHECK_TYPE(false, "expected a number");
  }
}

// A Python number beside a tensor takes part in type promotion as a wrapped number.
at::Tensor FrameReader::number_as_tensor(Tag tag) {
  const at::Scalar value = scalar(tag);
  at::AutoDispatchBelowADInplaceOrView guard;
  at::Tensor result = c10::scalar_to_tensor(value);
  result.unsafeGetTensorImpl()->set_wrapped_number(true);
  return result;
}

c10::IValue FrameReader::integers(Tag tag) {
  if (tag == Tag::big_integers) return list<int64_t>([&] { return bits(); });
  return list<int64_t>([&] { return static_cast<int64_t>(number()); });
}

c10::IValue FrameReader::tensors() {
  return list<at::Tensor>([&] { return element(); });
}

c10::IValue FrameReader::optional_tensors() {
  return list<std::optional<at::Tensor>>([&]() -> std::optional<at::Tensor> {
    const double position = number();
    if (position < 0) return std::nullopt;
    return tensor_at(position);
  });
}

c10::Device FrameReader::device() {
  const int type = static_cast<int>(number());
  TORCH_CHECK(type >= 0 && type < c10::COMPILE_TIME_MAX_DEVICE_TYPES, "unknown device type ", type);
  return {static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(number())};
}

c10::IValue FrameReader::read(const Argument& argument) {
  const Tag tag = this->tag();
  if (tag == Tag::schema_default) {
    TORCH_CHECK_TYPE(argument.default_value.has_value(), "argument '", argument.name, "' has no default");
    return *argument.default_value;
  }
  if (tag == Tag::none) {
    if (argument.type == Type::tensor && !argument.optional) return at::Tensor();
    TORCH_CHECK_TYPE(argument.optional, "argument '", argument.name, "' must not be None");
    return {};
  }
  switch (argument.type) {
    case Type::tensor:
      return tag == Tag::tensor ? c10::IValue(tensor()) : c10::IValue(number_as_tensor(tag));
    case Type::scalar:
      return scalar(tag);
    case Type::integer:
      return scalar(tag).toLong();
    case Type::floating:
      return scalar(tag).toDouble();
    case Type::complex:
      return scalar(tag).toComplexDouble();
    case Type::boolean:
      return scalar(tag).toBool();
    case Type::string:
      TORCH_CHECK_TYPE(tag == Tag::string, "argument '", argument.name, "' must be str");
      return js::to_string(env_, handle(number()));
    case Type::device:
      TORCH_CHECK_TYPE(tag == Tag::device, "argument '", argument.name, "' must be torch.device");
      return device();
    case Type::generator:
      TORCH_CHECK_TYPE(tag == Tag::generator, "argument '", argument.name, "' must be torch.Generator");
      return generator_of(env_, handle(number()));
    case Type::tensors:
      TORCH_CHECK_TYPE(tag == Tag::tensors, "argument '", argument.name, "' must be tuple of Tensors");
      return tensors();
    case Type::optional_tensors:
      TORCH_CHECK_TYPE(tag == Tag::tensors, "argument '", argument.name, "' must be tuple of Tensors");
      return optional_tensors();
    case Type::integers:
      TORCH_CHECK_TYPE(tag == Tag::integers || tag == Tag::big_integers, "argument '", argument.name,
                       "' must be tuple of ints");
      return integers(tag);
    case Type::floats:
      TORCH_CHECK_TYPE(tag == Tag::floats || tag == Tag::integers, "argument '", argument.name,
                       "' must be tuple of floats");
      return list<double>([&] { return number(); });
    case Type::booleans:
      TORCH_CHECK_TYPE(tag == Tag::booleans, "argument '", argument.name, "' must be tuple of bools");
      return list<bool>([&] { return number() != 0; });
    case Type::scalars: {
      TORCH_CHECK_TYPE(tag == Tag::scalars, "argument '", argument.name, "' must be tuple of Scalars");
      c10::impl::GenericList result(c10::NumberType::get());
      const size_t length = count();
      for (size_t i = 0; i < length; i++) result.push_back(scalar(this->tag()));
      return result;
    }
    case Type::strings:
      TORCH_CHECK_TYPE(tag == Tag::strings, "argument '", argument.name, "' must be tuple of str");
      return list<std::string>([&] { return js::to_string(env_, handle(number())); });
    case Type::storage:
    case Type::other:
      break;
  }
  TORCH_CHECK_NOT_IMPLEMENTED(false, "argument '", argument.name, "' has a type that JavaScript cannot give");
}

namespace {

// A worker thread has a default generator of its own, for what it does on the CPU.
void push_own_generator(const at::Generator& generator, const Operator& op, torch::jit::Stack& stack) {
  for (const c10::IValue& value : stack) {
    if (value.isTensor() && value.toTensor().defined() && !value.toTensor().is_cpu()) return;
    if (value.isDevice() && !value.toDevice().is_cpu()) return;
  }
  for (size_t i = 0; i < op.arguments.size(); i++) {
    if (op.arguments[i].type == Type::generator && stack[i].isNone()) stack[i] = generator;
  }
}

}  // namespace

void push_arguments(const Call& call, const Operator& op, Inputs& inputs, torch::jit::Stack& stack) {
  FrameReader reader(call, op, inputs);
  for (const Argument& argument : op.arguments) {
    stack.push_back(reader.read(argument));
    // libtorch says so for most operators, and writes through a null pointer in the others.
    const c10::IValue& value = stack.back();
    TORCH_CHECK(
        !value.isTensor() || !value.toTensor().defined() || !value.toTensor()._is_zerotensor() ||
            !op.handle.schema().arguments()[stack.size() - 1].is_out(),
        "ZeroTensors are immutable. Please use the materialized zero tensor obtained using .clone() if you want "
        "a mutable tensor.");
  }
  if (call.addon().generator.has_value()) push_own_generator(*call.addon().generator, op, stack);
}

}  // namespace tstorch
