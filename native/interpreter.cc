#include "interpreter.h"

#include <atomic>

#include "dispatch_modes.h"

namespace tstorch {

namespace {

struct Held {
  std::shared_ptr<Callback> callback;
  std::atomic<size_t> references{1};
};

Held* held_of(PyObject* object) { return reinterpret_cast<Held*>(object); }

[[noreturn]] void unsupported() { TORCH_CHECK_NOT_IMPLEMENTED(false, "this needs Python, and JavaScript runs here"); }

// libtorch only counts references of what it keeps for us: it has no tensors of Python's whose rest it could ask for.
class Interpreter final : public c10::impl::PyInterpreterVTable {
  using Impl = c10::TensorImpl;

 public:
  std::string name() const override { return "JavaScript"; }
  void incref(PyObject* object) const override { held_of(object)->references.fetch_add(1); }
  void decref(PyObject* object) const override {
    if (held_of(object)->references.fetch_sub(1) == 1) delete held_of(object);
  }
  bool try_incref(const c10::impl::PyObjectSlot&) const override { return false; }
  size_t refcnt(PyObject* object) const override { return held_of(object)->references.load(); }

  c10::intrusive_ptr<Impl> detach(const Impl* tensor) const override { return detach_outside_of_mode(tensor); }
  void dispatch(const c10::OperatorHandle& op, torch::jit::Stack* stack) const override { dispatch_to_mode(op, stack); }
  void reportErrorCallback(PyObject*, c10::DispatchKey) const override { unsupported(); }
  void python_op_registration_trampoline(const c10::OperatorHandle&, c10::DispatchKey, c10::DispatchKeySet,
                                         torch::jit::Stack*, bool, bool) const override {
    unsupported();
  }
  void throw_abstract_impl_not_imported_error(std::string, const char*, const char*) const override { unsupported(); }
  void python_dispatcher(const c10::OperatorHandle&, c10::DispatchKeySet, torch::jit::Stack*) const override {
    unsupported();
  }

  bool is_contiguous(const Impl*, at::MemoryFormat) const override { unsupported(); }
  c10::SymBool sym_is_contiguous(const Impl*, at::MemoryFormat) const override { unsupported(); }
  bool is_strides_like(const Impl*, at::MemoryFormat) const override { unsupported(); }
  bool is_non_overlapping_and_dense(const Impl*) const override { unsupported(); }
  c10::Device device(const Impl*) const override { unsupported(); }
  int64_t dim(const Impl*) const override { unsupported(); }
  c10::IntArrayRef strides(const Impl*) const override { unsupported(); }
  c10::IntArrayRef sizes(const Impl*) const override { unsupported(); }
  c10::SymIntArrayRef sym_sizes(const Impl*) const override { unsupported(); }
  c10::Layout layout(const Impl*) const override { unsupported(); }
  int64_t numel(const Impl*) const override { unsupported(); }
  c10::SymInt sym_numel(const Impl*) const override { unsupported(); }
  c10::SymIntArrayRef sym_strides(const Impl*) const override { unsupported(); }
  c10::SymInt sym_storage_offset(const Impl*) const override { unsupported(); }

  void trace_gpu_event_creation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_deletion(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_record(c10::DeviceType, uintptr_t, uintptr_t) const override {}
  void trace_gpu_event_wait(c10::DeviceType, uintptr_t, uintptr_t) const override {}
  void trace_gpu_memory_allocation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_memory_deallocation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_stream_creation(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_device_synchronization(c10::DeviceType) const override {}
  void trace_gpu_stream_synchronization(c10::DeviceType, uintptr_t) const override {}
  void trace_gpu_event_synchronization(c10::DeviceType, uintptr_t) const override {}

  void reset_backward_hooks(const Impl*) const override {}
};

// Never destroyed: what threads keep may outlive everything else.
c10::impl::PyInterpreter* interpreter() {
  static auto* interpreter = new c10::impl::PyInterpreter(new Interpreter);
  return interpreter;
}

}  // namespace

c10::SafePyObject hold(std::shared_ptr<Callback> callback) {
  return {reinterpret_cast<PyObject*>(new Held{std::move(callback)}), interpreter()};
}

const Callback& held(const c10::SafePyObject& object) { return *held_of(object.ptr(interpreter()))->callback; }

std::shared_ptr<c10::impl::PyObject_TorchDispatchMode> hold_mode(std::shared_ptr<Callback> callback) {
  auto* object = reinterpret_cast<PyObject*>(new Held{std::move(callback)});
  return std::make_shared<c10::impl::PyObject_TorchDispatchMode>(object, interpreter());
}

const Callback& held(const c10::impl::PyObject_TorchDispatchMode& mode) {
  return *held_of(mode.ptr(interpreter()))->callback;
}

}  // namespace tstorch
