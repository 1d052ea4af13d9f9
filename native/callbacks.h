// JavaScript functions that libtorch calls: hooks. They run on their environment's thread, always.
#pragma once

#include <functional>
#include <memory>

#include "call.h"

namespace tstorch {

class Callback {
 public:
  Callback(napi_env env, napi_value function);
  ~Callback();

  // Calls function(...tensors) and returns the tensor it gave, undefined for null. Throws what JavaScript threw
  // through libtorch. Any thread may call it; another one than the environment's waits until that serves it.
  at::Tensor operator()(const std::vector<at::Tensor>& tensors) const;

 private:
  at::Tensor invoke(const std::vector<at::Tensor>& tensors) const;

  napi_env env_;
  std::shared_ptr<js::Reference> function_;
};

// Runs work that may call JavaScript from libtorch's own threads: where that can happen (a graph with nodes on an
// accelerator, whose threads run them) the work moves to a helper thread, and this thread serves callbacks until it ends.
void run_serving_callbacks(Addon& addon, const std::function<void()>& work);

void force_helper_thread(bool force);  // for tests on machines without an accelerator

}  // namespace tstorch
