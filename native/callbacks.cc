#include "callbacks.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/ThreadLocalState.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "graph_task.h"

namespace tstorch {

namespace {

std::atomic<int64_t> live_callbacks{0};
std::atomic<bool> helper_forced{false};

// What other threads want done by a thread that waits.
class Mailbox {
 public:
  void post(std::function<void()> work) {
    std::lock_guard<std::mutex> lock(mutex_);
    posted_.push_back(std::move(work));
    changed_.notify_all();
  }

  void close() {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  void serve_until_closed() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return closed_ || !posted_.empty(); });
      if (posted_.empty()) return;
      const auto work = std::move(posted_.front());
      posted_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> posted_;
  bool closed_ = false;
};

// The mailboxes of the environments whose threads wait, the innermost last.
std::mutex waiting_mutex;
std::unordered_map<napi_env, std::vector<Mailbox*>>& waiting() {
  static auto* waiting = new std::unordered_map<napi_env, std::vector<Mailbox*>>;
  return *waiting;
}

Mailbox* innermost_mailbox(napi_env env) {
  std::lock_guard<std::mutex> lock(waiting_mutex);
  const auto found = waiting().find(env);
  return found == waiting().end() || found->second.empty() ? nullptr : found->second.back();
}

class Waiting {
 public:
  explicit Waiting(napi_env env) : env_(env) {
    std::lock_guard<std::mutex> lock(waiting_mutex);
    waiting()[env].push_back(&mailbox);
  }
  ~Waiting() {
    std::lock_guard<std::mutex> lock(waiting_mutex);
    std::vector<Mailbox*>& stack = waiting()[env_];
    stack.pop_back();
    if (stack.empty()) waiting().erase(env_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  Mailbox mailbox;

 private:
  napi_env env_;
};

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

// Of an environment's own thread: the thread whose callback it makes, and how deep backward() is nested on it.
thread_local Mailbox* caller = nullptr;
thread_local int depth = 0;

// From its 60th level on, libtorch moves a nested backward() to a thread of its own, while this one could not serve.
constexpr int kDeepest = 32;

bool needs_helper_thread() {
  if (live_callbacks.load() == 0) return false;
  return depth >= kDeepest || helper_forced.load() ||
         (at::accelerator::getAccelerator().has_value() && at::accelerator::deviceCount() > 0);
}

}  // namespace

Callback::Callback(napi_env env, napi_value function)
    : env_(env), function_(std::make_shared<js::Reference>(env, function)) {
  live_callbacks.fetch_add(1);
}

Callback::~Callback() { live_callbacks.fetch_sub(1); }

void Callback::call(const std::function<Arguments(Addon&)>& arguments,
                    const std::function<void(Addon&, napi_value)>& use) const {
  if (Addon* here = Addon::current(); here != nullptr && here->env == env_) return invoke(arguments, use);
  Mailbox* mailbox = innermost_mailbox(env_);
  TORCH_CHECK(mailbox != nullptr,
              "a JavaScript hook was reached on another thread while its own thread was not waiting");
  const GraphTaskView task = GraphTaskView::here();
  const at::ThreadLocalState state;
  std::exception_ptr error;
  Mailbox own;
  mailbox->post([&] {
    try {
      const GraphTaskViewGuard pass(task);
      const at::ThreadLocalStateGuard modes(state);
      const Scoped<Mailbox*> calling(caller, &own);
      invoke(arguments, use);
    } catch (...) {
      error = std::current_exception();
    }
    own.close();
  });
  own.serve_until_closed();
  if (error) std::rethrow_exception(error);
}

void Callback::invoke(const std::function<Arguments(Addon&)>& arguments,
                      const std::function<void(Addon&, napi_value)>& use) const {
  Addon& addon = Addon::of(env_);
  js::HandleScope scope(env_);
  const Arguments values = arguments(addon);
  napi_value result = nullptr;
  const napi_status status =
      napi_call_function(env_, js::undefined(env_), function_->value(), values.size(), values.data(), &result);
  if (status == napi_pending_exception) throw_through_libtorch(env_);
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
  if (caller == nullptr && !needs_helper_thread()) {
    const Scoped<int> deeper(depth, depth + 1);
    return work();
  }
  std::exception_ptr error;
  const at::ThreadLocalState state;
  Waiting here(addon.env);
  const auto task = [&] {
    try {
      const at::ThreadLocalStateGuard guard(state);
      work();
    } catch (...) {
      error = std::current_exception();
    }
    here.mailbox.close();
  };
  if (caller != nullptr) {
    caller->post(task);
    here.mailbox.serve_until_closed();
  } else {
    std::thread helper(task);
    here.mailbox.serve_until_closed();
    helper.join();
  }
  if (error) std::rethrow_exception(error);
}

void force_helper_thread(bool force) { helper_forced.store(force); }

}  // namespace tstorch
