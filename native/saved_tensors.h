// What operators save for backward(), and the hooks that may put it elsewhere.
#pragma once

#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <memory>

namespace tstorch {

// The hooks that the thread's JavaScript has set, or null.
std::unique_ptr<torch::autograd::SavedVariableHooks> default_saved_tensor_hooks();

}  // namespace tstorch
