#include "compute.h"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>

#include <algorithm>

#include "memory.h"

namespace tstorch {

Compute::Compute(Addon& addon, napi_value on_wake) : addon_(addon) {
  js::check(napi_create_threadsafe_function(addon.env, on_wake, nullptr, js::string(addon.env, "tstorch.aio"), 0, 1,
                                            nullptr, nullptr, nullptr, nullptr, &wake_));
  js::check(napi_unref_threadsafe_function(addon.env, wake_));
  addon.callbacks->wake_by([wake = wake_] { napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking); });
  // After the function above was made, so that the thread ends before it does.
  js::check(napi_add_env_cleanup_hook(
      addon.env, [](void* data) { static_cast<Addon*>(data)->compute.reset(); }, &addon));
  thread_ = std::thread([this] { work(); });
}

Compute::~Compute() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  addon_.callbacks->close();
  if (thread_.joinable()) thread_.join();
}

double Compute::submit(std::unique_ptr<Task> task) {
  Job job{0, std::move(task), at::ThreadLocalState(), at::get_num_threads()};
  std::lock_guard<std::mutex> lock(mutex_);
  const double id = job.id = ++last_id_;
  waiting_.push_back(std::move(job));
  changed_.notify_all();
  return id;
}

bool Compute::cancel(double id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Job& job) { return job.id == id; });
  if (found == waiting_.end()) return false;
  waiting_.erase(found);
  return true;
}

std::vector<Job> Compute::take_completed() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::move(completed_);
}

void Compute::hold_event_loop(bool hold) {
  js::check(hold ? napi_ref_threadsafe_function(addon_.env, wake_) : napi_unref_threadsafe_function(addon_.env, wake_));
}

void Compute::run(Job& job) const {
  try {
    at::ThreadLocalStateGuard guard(job.state);
    if (at::get_num_threads() != job.threads) at::set_num_threads(job.threads);
    job.task->run();
  } catch (...) {
    job.error = std::current_exception();
  }
  job.bytes = take_memory_count();
}

void Compute::work() {
  Addon::serve(&addon_);
  // What a cast made stays in the cache until the mode ends, on a thread that knows nothing of this one's jobs.
  at::autocast::set_autocast_cache_enabled(false);
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    run(job);
    lock.lock();
    completed_.push_back(std::move(job));
    if (!stopping_) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  }
}

}  // namespace tstorch
