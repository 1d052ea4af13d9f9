// The compute thread of an environment: takes jobs in order, so that the JavaScript thread stays free.
#pragma once

#include <ATen/ThreadLocalState.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "call.h"

namespace tstorch {

// What one job does.
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() = 0;                                 // on the compute thread
  virtual napi_value result(const Call& call) const = 0;  // on the JavaScript thread, if run() did not throw
};

struct Job {
  double id;
  std::unique_ptr<Task> task;
  at::ThreadLocalState state;  // the modes of the thread that asked
  int threads;
  std::exception_ptr error = nullptr;
  int64_t bytes = 0;  // what the job allocated and did not free
};

class Compute {
 public:
  // on_wake() is called on the JavaScript thread when jobs are completed or callbacks wait.
  Compute(Addon& addon, napi_value on_wake);
  ~Compute();  // waits for the job that runs; drops the others
  Compute(const Compute&) = delete;
  Compute& operator=(const Compute&) = delete;

  double submit(std::unique_ptr<Task> task);
  bool cancel(double id);  // whether the job had not begun
  std::vector<Job> take_completed();
  void hold_event_loop(bool hold);

 private:
  void work();
  void run(Job& job) const;

  Addon& addon_;
  napi_threadsafe_function wake_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::vector<Job> completed_;
  double last_id_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

// Gives a task to the compute thread of the environment: the job's id.
napi_value submit_task(const Call& call, std::unique_ptr<Task> task);

}  // namespace tstorch
