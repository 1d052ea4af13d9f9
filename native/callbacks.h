// JavaScript functions that libtorch calls: hooks. They run on their environment's thread, always.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "call.h"

namespace tstorch {

class Callback {
 public:
  Callback(Addon& addon, napi_value function);
  ~Callback();

  using Tensors = std::vector<at::Tensor>;

  // Calls function(...lists) with a list of handles for each list of tensors, null for an undefined one, and returns
  // the tensors of the list it gave, nothing for null. Throws what JavaScript threw through libtorch. Any thread may
  // call it; another one than the environment's waits until that serves it.
  std::optional<Tensors> operator()(const std::vector<Tensors>& lists) const;

  // The same for any values: makes the arguments, calls the function, gives its result to use, all on its own thread.
  using Arguments = std::vector<napi_value>;
  void call(const std::function<Arguments(Addon&)>& arguments,
            const std::function<void(Addon&, napi_value)>& use) const;

  static napi_value wrap(Addon& addon, const Tensors& tensors);
  static Tensors unwrap(Addon& addon, napi_value handles);  // null gives an undefined tensor

 private:
  void invoke(Addon& addon, const std::function<Arguments(Addon&)>& arguments,
              const std::function<void(Addon&, napi_value)>& use) const;

  const uint64_t addon_id_;
  std::shared_ptr<CallbackQueue> queue_;
  std::shared_ptr<js::Reference> function_;
};

// Runs work that may call JavaScript from libtorch's own threads: where that can happen (a graph with nodes on an
// accelerator, whose threads run them, or backward() nested deep) the work moves to a helper thread, and this thread
// serves callbacks until it ends. Work of such a callback runs on the thread that called it: libtorch's threads go on
// with a nested backward() only where it interrupts them.
void run_serving_callbacks(Addon& addon, const std::function<void()>& work);

bool has_callbacks();  // whether there are any, on any thread

void force_helper_thread(bool force);  // for tests on machines without an accelerator

}  // namespace tstorch
