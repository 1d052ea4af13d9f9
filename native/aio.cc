// What lib/aio sends to the compute thread. Arguments are read and results wrapped on the JavaScript thread; a job's
// tensors live as long as the job.
#include <ATen/ATen.h>

#include "compute.h"
#include "frame.h"
#include "functions.h"
#include "indexing.h"
#include "memory.h"
#include "passes.h"
#include "results.h"

namespace tstorch {

namespace {

// A task of two functions: the first computes what the second wraps.
template <typename Run, typename Wrap>
class FunctionTask final : public Task {
 public:
  FunctionTask(Run run, Wrap wrap) : run_(std::move(run)), wrap_(std::move(wrap)) {}
  void run() override { value_ = run_(); }
  napi_value result(const Call& call) const override { return wrap_(call, value_); }

 private:
  Run run_;
  Wrap wrap_;
  std::invoke_result_t<Run> value_{};
};

class OperatorTask final : public Task {
 public:
  OperatorTask(const Call& call, const Operator& op, Inputs& inputs) : op_(op) {
    push_arguments(call, op, inputs, stack_);
    for (const at::TensorImpl* tensor : inputs.tensors) {
      // A reference of our own: an input that was freed might lend its address to a result.
      inputs_.push_back(tensor == nullptr
                            ? at::Tensor()
                            : at::Tensor(c10::intrusive_ptr<at::TensorImpl>::unsafe_reclaim_from_nonowning(
                                  const_cast<at::TensorImpl*>(tensor))));
    }
  }

  void run() override { run_operator(op_, stack_); }

  napi_value result(const Call& call) const override {
    Inputs inputs(nullptr, inputs_.size());
    for (size_t i = 0; i < inputs_.size(); i++) {
      if (inputs_[i].defined()) inputs.tensors[i] = inputs_[i].unsafeGetTensorImpl();
    }
    return wrap_stack(call, inputs, stack_);
  }

 private:
  const Operator& op_;
  torch::jit::Stack stack_;
  std::vector<at::Tensor> inputs_;
};

template <typename Run, typename Wrap>
napi_value submit(const Call& call, Run run, Wrap wrap) {
  return submit_task(call, std::make_unique<FunctionTask<Run, Wrap>>(std::move(run), std::move(wrap)));
}

napi_value wrap_nothing(const Call& call, bool) { return call.undefined(); }

}  // namespace

napi_value submit_task(const Call& call, std::unique_ptr<Task> task) {
  Compute* compute = call.addon().compute.get();
  TORCH_CHECK(compute != nullptr, "the compute thread has ended, as its environment does");
  return js::number(call.env(), compute->submit(std::move(task)));
}

// start_compute(onWake): starts the compute thread of this environment
napi_value start_compute(Call& call) {
  call.addon().compute = std::make_unique<Compute>(call.addon(), call.value(0));
  return call.undefined();
}

// stop_compute(): waits for the job that runs and drops the others; not in a callback, which the job may wait for
napi_value stop_compute(Call& call) {
  if (!call.addon().callbacks->in_call()) call.addon().compute.reset();
  return call.undefined();
}

// hold_event_loop(hold): whether the event loop waits for jobs
napi_value hold_event_loop(Call& call) {
  if (call.addon().compute) call.addon().compute->hold_event_loop(call.boolean(0));
  return call.undefined();
}

// take_completed(): serves waiting callbacks; of each completed job its id, how it ended (0: with a result, 1: with an
// error of libtorch, 2: with what a callback threw), and the result or error
napi_value take_completed(Call& call) {
  const napi_env env = call.env();
  call.addon().callbacks->serve();
  const napi_value result = js::array(env, 0);
  if (!call.addon().compute) return result;
  size_t i = 0;
  for (const Job& job : call.addon().compute->take_completed()) {
    count_memory(job.bytes);
    napi_value value = nullptr;
    double end = 0;
    try {
      if (job.error) std::rethrow_exception(job.error);
      value = job.task->result(call);
    } catch (const CallbackThrew&) {
      value = current_exception_value(env);
      end = 2;
    } catch (...) {
      value = current_exception_value(env);
      end = 1;
    }
    js::set_at(env, result, i++, js::number(env, job.id));
    js::set_at(env, result, i++, js::number(env, end));
    js::set_at(env, result, i++, value);
  }
  report_memory(env);
  call.addon().housekeep();
  return result;
}

// cancel_job(id): whether it had not begun
napi_value cancel_job(Call& call) {
  return js::boolean(call.env(), call.addon().compute && call.addon().compute->cancel(call.number(0)));
}

// The functions below return the id of a job that does what the function of the same name does at once.

// submit_operator(handles)
napi_value submit_operator(Call& call) {
  const napi_value array = call.value(0);
  std::vector<napi_value> handles(js::length_of(call.env(), array));
  for (size_t i = 0; i < handles.size(); i++) handles[i] = js::element(call.env(), array, i);
  Inputs inputs(handles.data(), handles.size());
  const Operator& op = framed_operator(call.addon());
  return submit_task(call, std::make_unique<OperatorTask>(call, op, inputs));
}

// submit_backward(roots, gradients, retainGraph, createGraph, targets)
napi_value submit_backward(Call& call) {
  return submit(
      call,
      [pass = read_backward(call)] {
        pass.run();
        return true;
      },
      wrap_nothing);
}

// submit_grad(roots, targets, gradients, retainGraph, createGraph)
napi_value submit_grad(Call& call) {
  return submit(
      call, [pass = read_grad(call)] { return pass.run(); },
      [](const Call& call, const std::vector<at::Tensor>& gradients) { return call.wrap(gradients); });
}

// submit_get_index(tensor, ...tensors of the key)
napi_value submit_get_index(Call& call) {
  return submit(
      call, [self = call.tensor(0), key = read_key(call)] { return at::indexing::get_item(self, key); },
      [](const Call& call, const at::Tensor& result) { return call.wrap(result); });
}

// submit_set_index(tensor, value, ...tensors of the key)
napi_value submit_set_index(Call& call) {
  const bool is_tensor = js::type_of(call.env(), call.value(1)) == napi_external;
  const at::Tensor tensor = is_tensor ? call.tensor(1) : at::Tensor();
  const at::Scalar scalar = is_tensor ? at::Scalar() : call.scalar(1);
  return submit(
      call,
      [self = call.tensor(0), key = read_key(call), tensor, scalar] {
        if (tensor.defined()) {
          at::indexing::set_item(self, key, tensor);
        } else {
          at::indexing::set_item(self, key, scalar);
        }
        return true;
      },
      wrap_nothing);
}

// submit_item(tensor)
napi_value submit_item(Call& call) {
  return submit(
      call, [self = call.tensor(0)] { return self.item(); },
      [](const Call& call, const at::Scalar& scalar) { return wrap_scalar(call.env(), scalar); });
}

}  // namespace tstorch
