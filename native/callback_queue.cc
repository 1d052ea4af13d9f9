#include "callback_queue.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

namespace tstorch {

void CallbackQueue::call(const std::function<void()>& run) {
  Job job{run};
  // What has begun is waited for: it uses what lies on this thread's stack.
  const auto abandoned = [&] { return closed_ && std::find(jobs_.begin(), jobs_.end(), &job) != jobs_.end(); };
  std::unique_lock<std::mutex> lock(mutex_);
  TORCH_CHECK(!closed_, "a JavaScript callback was reached while its thread was ending");
  TORCH_CHECK(serving_ > 0 || wake_, "a JavaScript hook was reached on another thread while its own was not waiting");
  jobs_.push_back(&job);
  changed_.notify_all();
  if (wake_) wake_();
  while (true) {
    changed_.wait(lock, [&] { return job.done || abandoned() || !job.meanwhile.empty(); });
    if (job.done || abandoned()) break;
    const auto work = std::move(job.meanwhile.front());
    job.meanwhile.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
  if (!job.done) {
    jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), &job), jobs_.end());
    TORCH_CHECK(false, "a JavaScript callback was reached while its thread was ending");
  }
  if (job.error) std::rethrow_exception(job.error);
}

void CallbackQueue::serve_first(std::unique_lock<std::mutex>& lock) {
  Job* job = jobs_.front();
  jobs_.pop_front();
  lock.unlock();
  std::exception_ptr error;
  Job* outer = std::exchange(current_, job);
  try {
    job->run();
  } catch (...) {
    error = std::current_exception();
  }
  current_ = outer;
  lock.lock();
  job->error = error;
  job->done = true;
  changed_.notify_all();
}

void CallbackQueue::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!jobs_.empty()) serve_first(lock);
}

void CallbackQueue::have_caller_run(std::function<void()> work) {
  std::lock_guard<std::mutex> lock(mutex_);
  current_->meanwhile.push_back(std::move(work));
  changed_.notify_all();
}

CallbackQueue::Serving::Serving(CallbackQueue& queue) : queue_(queue) {
  std::lock_guard<std::mutex> lock(queue_.mutex_);
  queue_.serving_++;
}

CallbackQueue::Serving::~Serving() {
  std::lock_guard<std::mutex> lock(queue_.mutex_);
  queue_.serving_--;
}

void CallbackQueue::Serving::until_finished() {
  std::unique_lock<std::mutex> lock(queue_.mutex_);
  while (true) {
    queue_.changed_.wait(lock, [&] { return done_ || !queue_.jobs_.empty(); });
    if (done_) return;
    queue_.serve_first(lock);
  }
}

void CallbackQueue::Serving::finish() {
  std::lock_guard<std::mutex> lock(queue_.mutex_);
  done_ = true;
  queue_.changed_.notify_all();
}

void CallbackQueue::wake_by(std::function<void()> wake) {
  std::lock_guard<std::mutex> lock(mutex_);
  wake_ = std::move(wake);
}

void CallbackQueue::close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
  changed_.notify_all();
}

}  // namespace tstorch
