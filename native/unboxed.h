// Calls without IValues, for the commonest signatures: boxing costs a small operator a tenth of its time.
#pragma once

#include "frame.h"

namespace tstorch {

// Reads the arguments of an operator from the frame and calls it.
using UnboxedCall = at::Tensor (*)(const Call& call, const Operator& op, Inputs& inputs);

// The call for an operator of libtorch's own with such a signature, or null.
UnboxedCall find_unboxed(const c10::OperatorHandle& handle);

}  // namespace tstorch
