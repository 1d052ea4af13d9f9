#include "handle.h"

#include <vector>

#include "addon.h"
#include "memory.h"
#include "slab.h"

namespace tstorch {

namespace {

thread_local int64_t live = 0;

template <typename H>
void finalize(napi_env env, void* data, void* bytes) {
  delete static_cast<H*>(data);
  count_memory(-reinterpret_cast<intptr_t>(bytes));
  report_freed_memory(env);
}

class DeadTensors {
 public:
  ~DeadTensors() {
    free(tensors_.size());
    taking_ = false;
  }

  void take(bool on) { taking_ = on; }

  void free_or_keep(at::Tensor&& tensor) {
    if (taking_) {
      tensors_.push_back(std::move(tensor));
    } else {
      tensor.reset();
    }
  }

  void free(size_t count) {
    for (; count > 0 && !tensors_.empty(); count--) {
      const at::Tensor dead = std::move(tensors_.back());
      tensors_.pop_back();
    }
  }

  void free_all() { free(tensors_.size()); }

 private:
  std::vector<at::Tensor> tensors_;
  bool taking_ = false;
};

thread_local DeadTensors dead_tensors;

void finalize_tensor(napi_env env, void* data, void*) {
  auto* handle = static_cast<TensorHandle*>(data);
  if (handle->value.defined()) live--;
  free_or_keep_dead(std::move(handle->value));
  delete handle;
  report_freed_memory(env);
}

template <typename H, typename T>
napi_value wrap(napi_env env, T value) {
  return give_handle(env, std::make_unique<H>(std::move(value)), finalize<H>);
}

template <typename H>
H& unwrap(napi_env env, napi_value value, const char* what) {
  void* data = nullptr;
  const napi_status status = napi_get_value_external(env, value, &data);
  TORCH_CHECK_TYPE(status == napi_ok && static_cast<Handle*>(data)->kind == H::kKind, "expected a ", what);
  return *static_cast<H*>(data);
}

at::Tensor& unwrap_tensor(napi_env env, napi_value value, int place, bool aliased) {
  void* data = nullptr;
  const napi_status status = napi_get_value_external(env, value, &data);
  TORCH_CHECK_TYPE(status == napi_ok, "expected a Tensor");
  auto* handle = static_cast<Handle*>(data);
  if (handle->kind == Kind::slab) {
    auto& slab = *static_cast<TensorSlab*>(handle);
    slab.aliased |= aliased;
    return slab.at_place(place);
  }
  TORCH_CHECK_TYPE(handle->kind == Kind::tensor, "expected a Tensor");
  return static_cast<TensorHandle*>(handle)->value;
}

}  // namespace

FreeLater::FreeLater() { dead_tensors.take(true); }

FreeLater::~FreeLater() { dead_tensors.take(false); }

void free_dead_tensors() { dead_tensors.free_all(); }

void free_some_dead_tensors() { dead_tensors.free(2); }

void free_or_keep_dead(at::Tensor&& tensor) { dead_tensors.free_or_keep(std::move(tensor)); }

napi_value wrap_tensor(Addon& addon, at::Tensor tensor) {
  if (!tensor.defined()) return js::null(addon.env);
  free_some_dead_tensors();
  const napi_value result = give_handle(addon.env, std::make_unique<TensorHandle>(std::move(tensor)), finalize_tensor);
  live++;
  return result;
}

napi_value move_to_handle(Addon& addon, at::Tensor& held) {
  const napi_value result = give_handle(addon.env, std::make_unique<TensorHandle>(held), finalize_tensor);
  held.reset();
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
  const napi_value result =
      give_handle(addon.env, std::make_unique<StateHandle>(std::move(state)), finalize<StateHandle>, bytes);
  count_memory(bytes);
  return result;
}

napi_value wrap_script_state(Addon& addon, std::shared_ptr<void> script) {
  return wrap<ScriptHandle>(addon.env, std::move(script));
}

at::Tensor& tensor_of(napi_env env, napi_value handle) { return tensor_of(env, handle, -1); }

at::Tensor& tensor_of(napi_env env, napi_value handle, int place, bool aliased) {
  at::Tensor& tensor = unwrap_tensor(env, handle, place, aliased);
  TORCH_CHECK(tensor.defined(), "this tensor was disposed: it was freed by dispose(), `using` or torch.tidy()");
  return tensor;
}

const at::Tensor& peek_tensor(napi_env env, napi_value handle) {
  return unwrap<TensorHandle>(env, handle, "Tensor").value;
}

TensorSlab& slab_of(napi_env env, napi_value handle) { return unwrap<TensorSlab>(env, handle, "slab"); }

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

void dispose_tensor(napi_env env, napi_value handle, int place) {
  at::Tensor& tensor = unwrap_tensor(env, handle, place, false);
  if (tensor.defined()) live--;
  tensor.reset();
  report_memory(env);
}

int64_t live_tensors() { return live; }

void count_live_tensors(int64_t change) { live += change; }

}  // namespace tstorch
