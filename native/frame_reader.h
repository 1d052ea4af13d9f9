// Reads an operator's arguments from the frame, one by one in the order of its schema.
#pragma once

#include <cstring>
#include <vector>

#include "frame.h"

namespace tstorch {

class FrameReader {
 public:
  FrameReader(const Call& call, const Operator& op, Inputs& inputs)
      : env_(call.env()),
        aliased_(op.aliased),
        next_(call.addon().frame + 1),
        end_(call.addon().frame + call.addon().frame_size),
        inputs_(inputs) {}

  // What boxed calls take.
  c10::IValue read(const Argument& argument);

  // Whether the next argument is written as the tag says; if so, what follows is its payload.
  bool take(Tag tag) {
    if (next_ >= end_ || *next_ != static_cast<double>(tag)) return false;
    next_++;
    return true;
  }

  double number() {
    TORCH_CHECK(next_ < end_, "the argument frame is too short");
    return *next_++;
  }

  size_t count() {
    const double value = number();
    TORCH_CHECK(value >= 0 && value <= end_ - next_, "the argument frame is too short");
    return static_cast<size_t>(value);
  }

  const at::Tensor& tensor() { return tensor_at(number()); }

  // An element of a list of tensors: undefined for none.
  at::Tensor element() {
    const double position = number();
    return position < 0 ? at::Tensor() : tensor_at(position);
  }

 private:
  int64_t bits() {
    const double word = number();
    int64_t value = 0;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }

  Tag tag() { return static_cast<Tag>(static_cast<int>(number())); }

  napi_value handle(double position) {
    TORCH_CHECK(position >= 0 && position < static_cast<double>(inputs_.count), "the argument frame names no handle");
    return inputs_.handles[static_cast<size_t>(position)];
  }

  const at::Tensor& tensor_at(double position) {
    const auto index = static_cast<size_t>(position);
    const at::Tensor& tensor = tensor_of(env_, handle(position), inputs_.place(index), aliased_);
    inputs_.tensors[index] = tensor.unsafeGetTensorImpl();
    return tensor;
  }

  at::Scalar scalar(Tag tag);
  at::Tensor number_as_tensor(Tag tag);
  c10::IValue integers(Tag tag);
  c10::IValue tensors();
  c10::IValue optional_tensors();
  c10::Device device();

  template <typename T, typename Next>
  c10::IValue list(Next next) {
    c10::List<T> result;
    const size_t length = count();
    result.reserve(length);
    for (size_t i = 0; i < length; i++) result.push_back(next());
    return result;
  }

  napi_env env_;
  const bool aliased_;
  const double* next_;
  const double* end_;
  std::vector<double> rest_;
  Inputs& inputs_;
};

}  // namespace tstorch
