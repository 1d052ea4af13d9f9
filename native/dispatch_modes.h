// Modes that see every operator below autograd, as Python's TorchDispatchMode does.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

namespace tstorch {

// Runs an operator as the innermost mode of the thread wants it.
void dispatch_to_mode(const c10::OperatorHandle& op, torch::jit::Stack* stack);

// A shallow copy of a tensor's, made outside of the innermost mode.
c10::intrusive_ptr<c10::TensorImpl> detach_outside_of_mode(const c10::TensorImpl* tensor);

}  // namespace tstorch
