#include "slab.h"

#include <torch/csrc/autograd/variable.h>

#include <vector>

#include "addon.h"
#include "callbacks.h"
#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

constexpr size_t kSmall = 16 * 1024;               // bytes of a tensor in a slab
constexpr size_t kFull = 64 * 1024;                // bytes of a slab
constexpr size_t kMostInSlabs = 32 * 1024 * 1024;  // bytes of a thread's slabs
constexpr size_t kObjects = 400;                   // bytes of a tensor's objects, about

thread_local size_t bytes_in_slabs = 0;

// Slabs that the garbage collection found dead, whose tensors the next ones replace one by one: a collection that freed
// tens of thousands at once would leave malloc's fast path to none of them.
class DeadSlabs {
 public:
  ~DeadSlabs() {
    ended_ = true;
    for (TensorSlab* slab : slabs_) delete slab;
  }

  bool keep(TensorSlab* slab) {
    if (ended_ || bytes_ + slab->bytes > kMost || (slab->aliased && !fits(*slab))) return false;
    bytes_ += slab->bytes;
    slabs_.push_back(slab);
    return true;
  }

  std::unique_ptr<TensorSlab> take() {
    if (slabs_.empty()) return std::make_unique<TensorSlab>(/*graphs=*/false);
    std::unique_ptr<TensorSlab> slab(slabs_.back());
    slabs_.pop_back();
    bytes_ -= slab->bytes;
    slab->aliased = false;
    slab->count = 0;
    slab->bytes = 0;
    return slab;
  }

 private:
#ifdef TSTORCH_SANITIZE
  static constexpr size_t kMost = 0;  // so that use after free is seen
#else
  static constexpr size_t kMost = 16 * 1024 * 1024;  // bytes
#endif

  // Whether none of the tensors got a graph, or grew, since it was made.
  static bool fits(const TensorSlab& slab) {
    for (const at::Tensor& tensor : slab.tensors) {
      if (tensor.defined() && !fits_slab(tensor, /*with_graphs=*/false)) return false;
    }
    return true;
  }

  std::vector<TensorSlab*> slabs_;
  size_t bytes_ = 0;
  bool ended_ = false;
};

thread_local DeadSlabs dead_slabs;

void finalize(napi_env env, void* data, void*) {
  auto* slab = static_cast<TensorSlab*>(data);
  for (int place = 0; place < slab->count; place++) {
    if (slab->tensors[place].defined()) count_live_tensors(-1);
    if (slab->graphs) free_or_keep_dead(std::move(slab->tensors[place]));
  }
  bytes_in_slabs -= slab->bytes;
  if (!slab->graphs && dead_slabs.keep(slab)) return;
  delete slab;
  report_freed_memory(env);
}

}  // namespace

bool TensorSlab::is_full() const { return count == kPlaces || bytes >= kFull; }

at::Tensor& TensorSlab::at_place(int place) {
  const int index = place - first_place();
  TORCH_CHECK(index >= 0 && index < count, "a slab has no place ", place);
  return tensors[index];
}

// Freeing it late must be nobody's concern: it keeps little memory, nothing of JavaScript's, and a graph only among
// such.
bool fits_slab(const at::Tensor& tensor, bool with_graphs) {
  const at::TensorImpl* impl = tensor.unsafeGetTensorImpl();
  if (!impl->has_storage() || !impl->is_cpu() || (impl->requires_grad() && !with_graphs)) return false;
  const auto* meta = torch::autograd::impl::get_autograd_meta(tensor);
  if (meta != nullptr && (meta->grad_.defined() || meta->fw_grad_)) return false;
  const c10::Storage& storage = impl->unsafe_storage();
  return storage && storage.nbytes() <= kSmall && is_from_cpu_allocator(storage.data_ptr());
}

namespace {

// The slab that a tensor goes into, or null. A function of JavaScript's may be part of a graph and hold tensors of the
// very slab that keeps the graph, a circle that would never be freed: while there are such functions, no graph goes in.
TensorSlab* slab_for(Addon& addon, const at::Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  const bool has_graph = tensor.requires_grad();
  if (has_graph && (has_callbacks() || tensor.is_leaf())) return nullptr;
  TensorSlab* slab = has_graph ? addon.graph_slab : addon.slab;
  return slab != nullptr && !slab->is_full() && fits_slab(tensor, has_graph) ? slab : nullptr;
}

}  // namespace

napi_value wrap_in_slab(Addon& addon, const at::Tensor& tensor) {
  TensorSlab* slab = slab_for(addon, tensor);
  if (slab == nullptr) return wrap_tensor(addon, tensor);
  if (slab->graphs) free_some_dead_tensors();
  const int index = slab->count++;
  slab->tensors[index] = tensor;
  const size_t bytes = tensor.unsafeGetTensorImpl()->unsafe_storage().nbytes() + kObjects;
  slab->bytes += bytes;
  bytes_in_slabs += bytes;
  count_live_tensors(1);
  return js::small_integer(addon.env,
                           -1 - slab->first_place() - index - (slab->is_full() ? 2 * TensorSlab::kPlaces : 0));
}

// new_slab(graphs): the slab that small results, with or without a graph, go into from now on, or null while slabs keep
// much memory; undefined if it must stay the last one
napi_value new_slab(Call& call) {
  Addon& addon = call.addon();
  if (addon.keeps_slabs) return call.undefined();
  const bool graphs = call.boolean(0);
  TensorSlab*& current = graphs ? addon.graph_slab : addon.slab;
  current = nullptr;
  if (bytes_in_slabs >= kMostInSlabs) return js::null(call.env());
  auto slab = graphs ? std::make_unique<TensorSlab>(graphs) : dead_slabs.take();
  TensorSlab* taken = slab.get();
  const napi_value handle = give_handle(call.env(), std::move(slab), finalize);
  current = taken;
  return handle;
}

// own_handle(slab, place): takes a tensor out of its slab
napi_value own_handle(Call& call) {
  at::Tensor& tensor = slab_of(call.env(), call.value(0)).at_place(static_cast<int>(call.integer(1)));
  return move_to_handle(call.addon(), tensor);
}

}  // namespace tstorch
