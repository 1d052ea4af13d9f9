// The state of one JavaScript environment (the main thread or a worker): nothing that holds a JavaScript value is
// static.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/stack.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callback_queue.h"
#include "js.h"
#include "operators.h"

namespace tstorch {

class Compute;
struct TensorSlab;

class Addon {
 public:
  explicit Addon(napi_env env);
  ~Addon();
  Addon(const Addon&) = delete;
  Addon& operator=(const Addon&) = delete;

  // The state of an environment; throws js::Failed once that environment has ended.
  static Addon& of(napi_env env);
  // The environment whose thread this is, or null on libtorch's own threads.
  static Addon* current();
  // The same, on the compute thread of an environment too.
  static Addon* served();
  // Makes this thread the compute thread of an environment.
  static void serve(Addon* addon);
  // Deletes a reference, on whichever thread and at whatever moment it was dropped, at the next housekeeping.
  static void retire(uint64_t id, napi_ref reference);

  // Deletes retired references and emits warnings; called before a native function returns to JavaScript.
  void housekeep() {
    if (dirty_.load(std::memory_order_relaxed)) clean();
  }

  void add_warning(std::string category, std::string message);

  const napi_env env;
  const uint64_t id;                 // of no other environment, which an address may be
  napi_ref make_error = nullptr;     // (class name, message, C++ stack) => Error
  napi_ref emit_warning = nullptr;   // (category, message) => void
  napi_ref collect = nullptr;        // () => void: a full garbage collection
  napi_ref collect_young = nullptr;  // () => void: one of young objects
  napi_ref capture_stack = nullptr;  // () => string: the calls of the user's code that are running

  double* frame = nullptr;  // the arguments of the next operator call, written by lib/frame.ts
  size_t frame_size = 0;
  napi_ref frame_reference = nullptr;
  int8_t* places = nullptr;  // the place in its slab of each tensor passed to a function, if it is in one
  size_t places_size = 0;
  napi_ref places_reference = nullptr;
  TensorSlab* slab = nullptr;        // what small results go into; lib/tensor_base.ts holds its handle
  TensorSlab* graph_slab = nullptr;  // the same for those with a graph
  bool keeps_slabs = false;          // user code runs while a result waits that may have a place in one

  std::deque<Operator> operators;  // whose places stay, while a callback adds others
  torch::jit::Stack spare_stack;

  std::optional<at::Generator> generator;  // the default one of this thread, if that is not the process's

  const std::shared_ptr<CallbackQueue> callbacks;
  std::unique_ptr<Compute> compute;

 private:
  void clean();

  std::mutex mutex_;
  std::atomic<bool> dirty_{false};
  std::vector<napi_ref> retired_;
  std::vector<std::pair<std::string, std::string>> warnings_;
};

}  // namespace tstorch
