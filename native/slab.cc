#include "slab.h"

#include <c10/core/CPUAllocator.h>
#include <torch/csrc/autograd/variable.h>

#include <vector>

#include "addon.h"
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
    if (slabs_.empty()) return std::make_unique<TensorSlab>();
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
      if (tensor.defined() && !fits_slab(tensor)) return false;
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
  }
  bytes_in_slabs -= slab->bytes;
  if (dead_slabs.keep(slab)) return;
  delete slab;
  report_freed_memory(env);
}

}  // namespace

bool TensorSlab::is_full() const { return count == kPlaces || bytes >= kFull; }

at::Tensor& TensorSlab::at_place(int place) {
  TORCH_CHECK(place >= 0 && place < count, "a slab has no place ", place);
  return tensors[place];
}

// Freeing it late must be nobody's concern: it keeps little memory, no graph and nothing of JavaScript's.
bool fits_slab(const at::Tensor& tensor) {
  const at::TensorImpl* impl = tensor.unsafeGetTensorImpl();
  if (!impl->has_storage() || !impl->is_cpu() || impl->requires_grad()) return false;
  const auto* meta = torch::autograd::impl::get_autograd_meta(tensor);
  if (meta != nullptr && (meta->grad_.defined() || meta->fw_grad_)) return false;
  const c10::Storage& storage = impl->unsafe_storage();
  return storage && storage.nbytes() <= kSmall &&
         storage.data_ptr().get_deleter() == c10::GetCPUAllocator()->raw_deleter();
}

napi_value wrap_in_slab(Addon& addon, const at::Tensor& tensor) {
  TensorSlab* slab = addon.slab;
  if (slab == nullptr || slab->is_full() || !tensor.defined() || !fits_slab(tensor)) return wrap_tensor(addon, tensor);
  const int place = slab->count++;
  slab->tensors[place] = tensor;
  const size_t bytes = tensor.unsafeGetTensorImpl()->unsafe_storage().nbytes() + kObjects;
  slab->bytes += bytes;
  bytes_in_slabs += bytes;
  count_live_tensors(1);
  return js::small_integer(addon.env, -1 - place - (slab->is_full() ? TensorSlab::kPlaces : 0));
}

// new_slab(): the slab that small results go into from now on, or null while slabs keep much memory; undefined if it
// must stay the last one
napi_value new_slab(Call& call) {
  Addon& addon = call.addon();
  if (addon.keeps_slab) return call.undefined();
  addon.slab = nullptr;
  if (bytes_in_slabs >= kMostInSlabs) return js::null(call.env());
  auto slab = dead_slabs.take();
  TensorSlab* taken = slab.get();
  const napi_value handle = give_handle(call.env(), std::move(slab), finalize);
  addon.slab = taken;
  return handle;
}

// own_handle(slab, place): takes a tensor out of its slab
napi_value own_handle(Call& call) {
  at::Tensor& tensor = slab_of(call.env(), call.value(0)).at_place(static_cast<int>(call.integer(1)));
  return move_to_handle(call.addon(), tensor);
}

}  // namespace tstorch
