// Gradients: what a tensor knows of them, backward(), and hooks.
#include <torch/csrc/autograd/cpp_hook.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "callbacks.h"
#include "functions.h"
#include "functorch.h"
#include "memory.h"
#include "passes.h"

namespace tstorch {

using HookList = std::weak_ptr<torch::autograd::hooks_list>;

napi_value requires_grad(Call& call) { return js::boolean(call.env(), call.tensor(0).requires_grad()); }

napi_value set_requires_grad(Call& call) {
  call.tensor(0).set_requires_grad(call.boolean(1));
  return call.undefined();
}

napi_value is_leaf(Call& call) { return js::boolean(call.env(), call.tensor(0).is_leaf()); }

napi_value retains_grad(Call& call) { return js::boolean(call.env(), call.tensor(0).retains_grad()); }

napi_value output_nr(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0).output_nr())); }

napi_value version_of(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0)._version())); }

// grad(tensor, known): true if the gradient is the tensor known, else a new handle of it or null
napi_value grad_of(Call& call) {
  const at::Tensor gradient = call.tensor(0).grad();
  if (gradient.defined() && call.has(1) && gradient.is_same(peek_tensor(call.env(), call.value(1))))
    return js::boolean(call.env(), true);
  return call.wrap(gradient);
}

namespace {

// torch/csrc/autograd/python_variable.cpp, THPVariable_set_grad()
void check_grad(const at::Tensor& tensor, const at::Tensor& grad) {
  TORCH_CHECK(!grad.is_same(tensor), "can't assign Variable as its own grad");
  const std::optional<at::ScalarType> dtype = tensor.grad_dtype();
  TORCH_CHECK(!dtype.has_value() || grad.scalar_type() == *dtype, "attempting to assign a gradient with dtype '",
              grad.dtype(), "' to a tensor with grad_dtype '", *dtype,
              "'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the "
              "tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with "
              "caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume "
              "they match.");
  TORCH_CHECK(grad.device().type() == tensor.device().type(), "attempting to assign a gradient with device type '",
              grad.device().type(), "' to a tensor with device type '", tensor.device().type(),
              "'. Please ensure that the gradient and the tensor are on the same device");
  TORCH_CHECK(grad.layout() == at::kSparse || grad.options().type_equal(tensor.options().dtype(grad.dtype())),
              "attempting to assign a gradient to a tensor that has data of a different type");
  TORCH_CHECK(grad.device() == tensor.device(), "attempting to assign a gradient located on device with index '",
              static_cast<int>(grad.device().index()), "' to a tensor located on device with index '",
              static_cast<int>(tensor.device().index()),
              "'. Please ensure that the gradient and the tensor are on the same device");
  TORCH_CHECK(grad.sym_sizes().equals(tensor.sym_sizes()), "attempting to assign a gradient of size '",
              grad.sym_sizes(), "' to a tensor of size '", tensor.sym_sizes(),
              "'. Please ensure that the gradient and the tensor are the same size");
}

}  // namespace

napi_value set_grad(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const at::Tensor grad = call.optional_tensor(1);
  if (grad.defined()) check_grad(tensor, grad);
  tensor.mutable_grad() = grad;
  return call.undefined();
}

// grad_dtype(tensor): the dtype that its gradient must have, null for any
napi_value grad_dtype(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const auto& node = tensor.grad_fn();
  const std::optional<at::ScalarType> dtype =
      node ? node->input_metadata(tensor.output_nr()).grad_dtype() : tensor.grad_dtype();
  return dtype.has_value() ? js::number(call.env(), static_cast<double>(*dtype)) : js::null(call.env());
}

// torch/csrc/autograd/python_variable.cpp, THPVariable_set_grad_dtype()
napi_value set_grad_dtype(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const auto dtype = call.has(1) ? std::optional<at::ScalarType>(call.dtype(1)) : std::nullopt;
  TORCH_CHECK(tensor.is_leaf(), "grad_dtype can only be set on leaf tensors.");
  const at::Tensor& gradient = tensor.grad();
  TORCH_CHECK(!dtype.has_value() || !gradient.defined() || gradient.scalar_type() == *dtype,
              "Cannot set grad_dtype to '", *dtype, "' because there is already a gradient with dtype '",
              gradient.dtype(),
              "'. Please clear the gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype "
              "matches the existing gradient's dtype.");
  tensor.set_grad_dtype(dtype);
  return call.undefined();
}

napi_value use_count(Call& call) { return js::number(call.env(), static_cast<double>(call.tensor(0).use_count())); }

// swap_tensors(a, b): each handle then owns what the other did
napi_value swap_tensors(Call& call) {
  std::swap(call.tensor(0), call.tensor(1));
  return call.undefined();
}

napi_value data_of(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  TORCH_CHECK(!is_batched(tensor), "accessing `data` under vmap transform is not allowed");
  return call.wrap(tensor.variable_data());
}

napi_value set_data(Call& call) {
  call.tensor(0).set_data(call.tensor(1));
  return call.undefined();
}

// base(tensor): the tensor that a view looks at, or null
napi_value base_of(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  return tensor.is_view() ? call.wrap(at::Tensor(tensor._base())) : js::null(call.env());
}

namespace {

// A pass, and the warnings that it gave, which tell what an error in it means.
void run_engine(Call& call, const std::function<void()>& pass) {
  try {
    run_serving_callbacks(call.addon(), pass);
  } catch (...) {
    call.addon().housekeep();
    throw;
  }
  report_memory(call.env());
}

}  // namespace

// backward(roots, gradients, retainGraph, createGraph, targets): roots and targets are tensors or [node, input number]
napi_value backward(Call& call) {
  const Pass pass = read_backward(call);
  run_engine(call, [&] { pass.run(); });
  return call.undefined();
}

// grad(roots, targets, gradients, retainGraph, createGraph): (handle | null)[]
napi_value grad(Call& call) {
  const Pass pass = read_grad(call);
  std::vector<at::Tensor> result;
  run_engine(call, [&] { result = pass.run(); });
  return call.wrap(result);
}

// register_hook(tensor, hook: ([handle | null]) => [handle] | null): the list that holds it, for has_hook()
napi_value register_hook(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  auto hook = std::make_shared<Callback>(call.addon(), call.value(1));
  tensor.register_hook([hook](const at::Tensor& gradient) -> at::Tensor {
    const auto replaced = (*hook)({{gradient}});
    return replaced.has_value() ? replaced->at(0) : at::Tensor();
  });
  const HookList list = torch::autograd::impl::get_autograd_meta(tensor)->cpp_hooks_list_;
  return wrap_state(call.addon(), std::make_shared<HookList>(list));
}

// has_hook(tensor, list): whether what register_hook() registered is still called for the tensor; a change in place
// leaves it to what the tensor was before
napi_value has_hook(Call& call) {
  const auto* meta = torch::autograd::impl::get_autograd_meta(call.tensor(0));
  const auto list = std::static_pointer_cast<HookList>(state_of(call.env(), call.value(1)))->lock();
  return js::boolean(call.env(), meta != nullptr && list != nullptr && meta->cpp_hooks_list_ == list);
}

// check_hook_result(gradient, result, hook's name): throws unless the result may replace the gradient
napi_value check_hook_result(Call& call) {
  const at::Tensor& gradient = peek_tensor(call.env(), call.value(0));
  const at::Tensor& result = call.tensor(1);
  if (gradient.defined()) torch::autograd::check_variable_result(gradient, result, call.string(2));
  return call.undefined();
}

namespace {

struct PostAccumulateHook final : torch::autograd::PostAccumulateGradHook {
  explicit PostAccumulateHook(std::shared_ptr<Callback> hook) : hook(std::move(hook)) {}
  void operator()(const torch::autograd::Variable& tensor) override { (*hook)({{tensor}}); }
  std::shared_ptr<Callback> hook;
};

}  // namespace

// set_post_accumulate_grad_hook(tensor, hook: ([handle]) => null, or null)
napi_value set_post_accumulate_grad_hook(Call& call) {
  std::unique_ptr<torch::autograd::PostAccumulateGradHook> hook;
  if (call.has(1)) hook = std::make_unique<PostAccumulateHook>(std::make_shared<Callback>(call.addon(), call.value(1)));
  torch::autograd::impl::set_post_acc_grad_hooks(call.tensor(0), std::move(hook));
  return call.undefined();
}

napi_value increment_version(Call& call) {
  torch::autograd::impl::bump_version(call.tensor(0));
  return call.undefined();
}

// set_version(tensor, version): as if nothing had been written since
napi_value set_version(Call& call) {
  c10::VariableVersion counter = torch::autograd::impl::version_counter(call.tensor(0));
  counter.set_version(call.integer(1));
  return call.undefined();
}

// queue_callback(callback: () => void): called when the backward pass that runs has ended
napi_value queue_callback(Call& call) {
  const auto callback = std::make_shared<Callback>(call.addon(), call.value(0));
  torch::autograd::Engine::get_default_engine().queue_callback([callback] { (*callback)({}); });
  return call.undefined();
}

napi_value run_backward_on_helper_thread(Call& call) {
  force_helper_thread(call.boolean(0));
  return call.undefined();
}

}  // namespace tstorch
