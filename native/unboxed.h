// Calls without IValues, for the commonest signatures: boxing costs a small operator a tenth of its time.
#pragma once

#include <memory>

#include "frame.h"

namespace tstorch {

class UnboxedCall {
 public:
  virtual ~UnboxedCall() = default;
  // Reads the operator's arguments from the frame and calls it.
  virtual at::Tensor run(const Call& call, const Operator& op, Inputs& inputs) const = 0;
};

// The call for an operator of libtorch's own with such a signature, or null.
std::shared_ptr<const UnboxedCall> find_unboxed(const c10::OperatorHandle& handle);

}  // namespace tstorch
