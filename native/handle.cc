#include "handle.h"

#include <c10/core/CPUAllocator.h>
#include <torch/csrc/autograd/variable.h>

#include <atomic>
#include <vector>

#include "addon.h"
#include "memory.h"

namespace tstorch {

namespace {

std::atomic<int64_t> live{0};

// Handles of small tensors that the garbage collection found dead. The next tensors of the thread take them over, and
// each frees one: a collection that freed tens of thousands at once would leave malloc's fast path to none of them.
class DeadHandles {
 public:
  ~DeadHandles() {
    ended_ = true;
    for (TensorHandle* handle : handles_) delete handle;
  }

  bool keep(TensorHandle* handle) {
    if (ended_ || handles_.size() >= kMost || !is_small(handle->value)) return false;
    handles_.push_back(handle);
    return true;
  }

  std::unique_ptr<TensorHandle> take(at::Tensor tensor) {
    if (handles_.empty()) return std::make_unique<TensorHandle>(std::move(tensor));
    std::unique_ptr<TensorHandle> handle(handles_.back());
    handles_.pop_back();
    handle->value = std::move(tensor);
    return handle;
  }

 private:
  static constexpr size_t kMost = 65536;
  static constexpr size_t kSmall = 512;  // bytes

  // Whether freeing it late is nobody's concern: it keeps little memory, no graph and nothing of JavaScript's.
  static bool is_small(const at::Tensor& tensor) {
    if (!tensor.defined()) return true;
    const at::TensorImpl* impl = tensor.unsafeGetTensorImpl();
    if (!impl->has_storage() || !impl->is_cpu() || impl->requires_grad()) return false;
    const auto* meta = torch::autograd::impl::get_autograd_meta(tensor);
    if (meta != nullptr && meta->grad_.defined()) return false;
    const c10::Storage& storage = impl->unsafe_storage();
    return storage && storage.nbytes() <= kSmall &&
           storage.data_ptr().get_deleter() == c10::GetCPUAllocator()->raw_deleter();
  }

  std::vector<TensorHandle*> handles_;
  bool ended_ = false;
};

thread_local DeadHandles dead_handles;

template <typename H>
void finalize(napi_env env, void* data, void* bytes) {
  delete static_cast<H*>(data);
  count_memory(-reinterpret_cast<intptr_t>(bytes));
  report_freed_memory(env);
}

void finalize_tensor(napi_env env, void* data, void*) {
  auto* handle = static_cast<TensorHandle*>(data);
  if (handle->value.defined()) live.fetch_sub(1, std::memory_order_relaxed);
  if (dead_handles.keep(handle)) return;
  delete handle;
  report_freed_memory(env);
}

template <typename H>
napi_value give(napi_env env, std::unique_ptr<H> handle, node_api_basic_finalize finalizer, intptr_t bytes = 0) {
  napi_value result = nullptr;
  js::check(napi_create_external(env, handle.get(), finalizer, reinterpret_cast<void*>(bytes), &result));
  count_memory(bytes);
  handle.release();
  return result;
}

template <typename H, typename T>
napi_value wrap(napi_env env, T value) {
  return give(env, std::make_unique<H>(std::move(value)), finalize<H>);
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
  const napi_value result = give(addon.env, dead_handles.take(std::move(tensor)), finalize_tensor);
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

napi_value wrap_state(Addon& addon, std::shared_ptr<void> state, intptr_t bytes) {
  return give(addon.env, std::make_unique<StateHandle>(std::move(state)), finalize<StateHandle>, bytes);
}

napi_value wrap_script_state(Addon& addon, std::shared_ptr<void> script) {
  return wrap<ScriptHandle>(addon.env, std::move(script));
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

std::shared_ptr<void>& script_state_of(napi_env env, napi_value handle) {
  return unwrap<ScriptHandle>(env, handle, "TorchScript object").value;
}

void dispose_tensor(napi_env env, napi_value handle) {
  at::Tensor& tensor = unwrap<TensorHandle>(env, handle, "Tensor").value;
  if (tensor.defined()) live.fetch_sub(1, std::memory_order_relaxed);
  tensor.reset();
  report_memory(env);
}

int64_t live_tensors() { return live.load(std::memory_order_relaxed); }

}  // namespace tstorch
