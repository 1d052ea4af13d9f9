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

// The calls that other threads want made by one environment's thread while that waits.
class Server {
 public:
  void serve_until_done() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return done_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job* job = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      try {
        job->run();
      } catch (...) {
        job->error = std::current_exception();
      }
      lock.lock();
      job->done = true;
      changed_.notify_all();
    }
  }

  void call(const std::function<void()>& run) {
    Job job{run};
    std::unique_lock<std::mutex> lock(mutex_);
    jobs_.push_back(&job);
    changed_.notify_all();
    changed_.wait(lock, [&] { return job.done; });
    if (job.error) std::rethrow_exception(job.error);
  }

  void finish() {
    std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

 private:
  struct Job {
    std::function<void()> run;
    bool done = false;
    std::exception_ptr error = nullptr;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job*> jobs_;
  bool done_ = false;
};

std::mutex servers_mutex;
std::unordered_map<napi_env, std::vector<Server*>>& servers() {
  static auto* servers = new std::unordered_map<napi_env, std::vector<Server*>>;
  return *servers;
}

Server* innermost_server(napi_env env) {
  std::lock_guard<std::mutex> lock(servers_mutex);
  const auto found = servers().find(env);
  return found == servers().end() || found->second.empty() ? nullptr : found->second.back();
}

bool needs_helper_thread() {
  if (live_callbacks.load() == 0) return false;
  return helper_forced.load() || (at::accelerator::getAccelerator().has_value() && at::accelerator::deviceCount() > 0);
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
  Server* server = innermost_server(env_);
  TORCH_CHECK(server != nullptr,
              "a JavaScript hook was reached on another thread while its own thread was not waiting");
  const GraphTaskView task = GraphTaskView::here();
  server->call([&] {
    GraphTaskViewGuard guard(task);
    invoke(arguments, use);
  });
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
  if (!needs_helper_thread()) return work();
  Server server;
  {
    std::lock_guard<std::mutex> lock(servers_mutex);
    servers()[addon.env].push_back(&server);
  }
  std::exception_ptr error;
  const at::ThreadLocalState state;
  std::thread helper([&] {
    at::ThreadLocalStateGuard guard(state);
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    server.finish();
  });
  server.serve_until_done();
  helper.join();
  {
    std::lock_guard<std::mutex> lock(servers_mutex);
    servers()[addon.env].pop_back();
  }
  if (error) std::rethrow_exception(error);
}

void force_helper_thread(bool force) { helper_forced.store(force); }

}  // namespace tstorch
