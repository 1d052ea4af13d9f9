#include "handle.h"

#include <atomic>

#include "addon.h"
#include "memory.h"

namespace tstorch {

namespace {

std::atomic<int64_t> live{0};

template <typename H>
void finalize(napi_env env, void* data, void*) {
  H* handle = static_cast<H*>(data);
  if constexpr (H::kKind == Kind::tensor) {
    if (handle->value.defined()) live.fetch_sub(1, std::memory_order_relaxed);
  }
  delete handle;
  if constexpr (H::kKind == Kind::tensor) report_freed_memory(env);
}

template <typename H, typename T>
napi_value wrap(napi_env env, T value) {
  auto handle = std::make_unique<H>(std::move(value));
  napi_value result = nullptr;
  js::check(napi_create_external(env, handle.get(), finalize<H>, nullptr, &result));
  handle.release();
  return result;
}

template <typename H>
H& unwrap(napi_env env, napi_value value, const char* what) {
  void* data = nullptr;
  const napi_status status = napi_get_value_external(env, value, &data);
  TORCH_CHECK_TYPE(status == napi_ok && static_cast<Handle*>(data)->kind == H::kKind, "expected a ", what);
  return *static_cast<H*>(data);
}

}  // namespace

napi_value wrap_tensor(Addon& addon, at::Tensor tensor) {
  if (!tensor.defined()) return js::null(addon.env);
  const napi_value result = wrap<TensorHandle>(addon.env, std::move(tensor));
  live.fetch_add(1, std::memory_order_relaxed);
  return result;
}

napi_value wrap_generator(Addon& addon, at::Generator generator) {
  return wrap<GeneratorHandle>(addon.env, std::move(generator));
}

napi_value wrap_node(Addon& addon, c10::intrusive_ptr<torch::autograd::Node> node) {
  if (!node) return js::null(addon.env);
  return wrap<NodeHandle>(addon.env, std::move(node));
}

napi_value wrap_state(Addon& addon, std::shared_ptr<void> state) {
  return wrap<StateHandle>(addon.env, std::move(state));
}

at::Tensor& tensor_of(napi_env env, napi_value handle) {
  at::Tensor& tensor = unwrap<TensorHandle>(env, handle, "Tensor").value;
  TORCH_CHECK(tensor.defined(), "this tensor was disposed: it was freed by dispose(), `using` or torch.tidy()");
  return tensor;
}

const at::Tensor& peek_tensor(napi_env env, napi_value handle) {
  return unwrap<TensorHandle>(env, handle, "Tensor").value;
}

at::Generator& generator_of(napi_env env, napi_value handle) {
  return unwrap<GeneratorHandle>(env, handle, "torch.Generator").value;
}

c10::intrusive_ptr<torch::autograd::Node>& node_of(napi_env env, napi_value handle) {
  return unwrap<NodeHandle>(env, handle, "graph node").value;
}

std::shared_ptr<void>& state_of(napi_env env, napi_value handle) {
  return unwrap<StateHandle>(env, handle, "state").value;
}

void dispose_tensor(napi_env env, napi_value handle) {
  at::Tensor& tensor = unwrap<TensorHandle>(env, handle, "Tensor").value;
  if (tensor.defined()) live.fetch_sub(1, std::memory_order_relaxed);
  tensor.reset();
  report_memory(env);
}

int64_t live_tensors() { return live.load(std::memory_order_relaxed); }

}  // namespace tstorch
