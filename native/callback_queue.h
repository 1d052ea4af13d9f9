// Calls that other threads want made by one environment's thread: hooks that libtorch reaches on its own threads or on
// the compute thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

namespace tstorch {

class CallbackQueue {
 public:
  // Has the environment's thread make a call, and waits for it; throws what the call threw. Throws RuntimeError if that
  // thread neither serves nor turns an event loop that can be woken, and once the environment ends.
  void call(const std::function<void()>& run);

  // On the environment's thread: makes the calls that are waiting.
  void serve();

  // On the environment's thread: whether it is making a call, so that another thread waits for it.
  bool in_call() const { return current_ != nullptr; }
  // Then: has the thread that waits do some work meanwhile, such as a nested backward(), which may need that very
  // thread.
  void have_caller_run(std::function<void()> work);

  // While one lives, its thread is going to serve: it is made before the work that may call begins.
  class Serving {
   public:
    explicit Serving(CallbackQueue& queue);
    ~Serving();
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    void until_finished();  // makes calls until another thread says finish()
    void finish();

   private:
    CallbackQueue& queue_;
    bool done_ = false;
  };

  // What wakes the environment's event loop, so that it calls serve().
  void wake_by(std::function<void()> wake);
  // The environment ends: nobody waits any longer.
  void close();

 private:
  struct Job {
    const std::function<void()>& run;
    std::deque<std::function<void()>> meanwhile{};
    bool done = false;
    std::exception_ptr error = nullptr;
  };

  void serve_first(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job*> jobs_;
  Job* current_ = nullptr;  // for the environment's thread alone
  std::function<void()> wake_;
  int serving_ = 0;
  bool closed_ = false;
};

}  // namespace tstorch
