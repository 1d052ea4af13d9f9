#include "callbacks.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/ThreadLocalState.h>

#include <atomic>
#include <exception>
#include <thread>

#include "graph_task.h"

namespace tstorch {

namespace {

std::atomic<int64_t> live_callbacks{0};
std::atomic<bool> helper_forced{false};

// A value for as long as a scope lasts.
template <typename T>
class Scoped {
 public:
  Scoped(T& place, T value) : place_(place), before_(std::exchange(place, value)) {}
  ~Scoped() { place_ = before_; }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  T& place_;
  T before_;
};

// How deep backward() is nested on this thread.
thread_local int depth = 0;

// From its 60th level on, libtorch moves a nested backward() to a thread of its own, while this one could not serve.
constexpr int kDeepest = 32;

bool needs_helper_thread() {
  if (!has_callbacks()) return false;
  return depth >= kDeepest || helper_forced.load() ||
         (at::accelerator::getAccelerator().has_value() && at::accelerator::deviceCount() > 0);
}

}  // namespace

Callback::Callback(Addon& addon, napi_value function)
    : addon_id_(addon.id), queue_(addon.callbacks), function_(std::make_shared<js::Reference>(addon.env, function)) {
  live_callbacks.fetch_add(1);
}

Callback::~Callback() { live_callbacks.fetch_sub(1); }

void Callback::call(const std::function<Arguments(Addon&)>& arguments,
                    const std::function<void(Addon&, napi_value)>& use) const {
  if (Addon* here = Addon::current(); here != nullptr && here->id == addon_id_) return invoke(*here, arguments, use);
  const GraphTaskView task = GraphTaskView::here();
  const at::ThreadLocalState state;
  queue_->call([&] {
    GraphTaskViewGuard task_guard(task);
    at::ThreadLocalStateGuard state_guard(state);
    invoke(*Addon::current(), arguments, use);
  });
}

void Callback::invoke(Addon& addon, const std::function<Arguments(Addon&)>& arguments,
                      const std::function<void(Addon&, napi_value)>& use) const {
  const napi_env env = addon.env;
  js::HandleScope scope(env);
  const Arguments values = arguments(addon);
  napi_value result = nullptr;
  const napi_status status =
      napi_call_function(env, js::undefined(env), function_->value(), values.size(), values.data(), &result);
  if (status == napi_pending_exception) throw_through_libtorch(env);
  js::check(status);
  use(addon, result);
}

std::optional<Callback::Tensors> Callback::operator()(const std::vector<Tensors>& lists) const {
  std::optional<Tensors> result;
  call(
      [&](Addon& addon) {
        Arguments arguments;
        for (const Tensors& tensors : lists) arguments.push_back(wrap(addon, tensors));
        return arguments;
      },
      [&](Addon& addon, napi_value value) {
        if (!js::is_nullish(addon.env, value)) result = unwrap(addon, value);
      });
  return result;
}

napi_value Callback::wrap(Addon& addon, const Tensors& tensors) {
  const napi_value result = js::array(addon.env, tensors.size());
  for (size_t i = 0; i < tensors.size(); i++) js::set_at(addon.env, result, i, wrap_tensor(addon, tensors[i]));
  return result;
}

Callback::Tensors Callback::unwrap(Addon& addon, napi_value handles) {
  Tensors tensors(js::length_of(addon.env, handles));
  for (size_t i = 0; i < tensors.size(); i++) {
    const napi_value handle = js::element(addon.env, handles, i);
    if (!js::is_nullish(addon.env, handle)) tensors[i] = tensor_of(addon.env, handle);
  }
  return tensors;
}

void run_serving_callbacks(Addon& addon, const std::function<void()>& work) {
  CallbackQueue& queue = *addon.callbacks;
  if (!queue.in_call() && !needs_helper_thread()) {
    const Scoped<int> deeper(depth, depth + 1);
    return work();
  }
  CallbackQueue::Serving serving(queue);
  std::exception_ptr error;
  const at::ThreadLocalState state;
  const auto task = [&] {
    try {
      const at::ThreadLocalStateGuard guard(state);
      work();
    } catch (...) {
      error = std::current_exception();
    }
    serving.finish();
  };
  if (queue.in_call()) {
    queue.have_caller_run(task);
    serving.until_finished();
  } else {
    std::thread helper(task);
    serving.until_finished();
    helper.join();
  }
  if (error) std::rethrow_exception(error);
}

bool has_callbacks() { return live_callbacks.load(std::memory_order_relaxed) != 0; }

void force_helper_thread(bool force) { helper_forced.store(force); }

}  // namespace tstorch
