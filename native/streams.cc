// Streams and events, of any device: torch/csrc/Stream.cpp and Event.cpp; torch.cuda.Event over CUDA's runtime.
#include <ATen/DeviceAccelerator.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <array>
#include <cstring>

#include "cuda.h"
#include "device_functions.h"
#include "resource.h"

namespace tstorch {

namespace {

using c10::impl::VirtualGuardImpl;

// A stream as JavaScript hands it over: its id, its device's index and type.
c10::Stream stream_of(Call& call, size_t i) {
  return c10::Stream::unpack3(call.integer(i), static_cast<c10::DeviceIndex>(call.integer(i + 1)),
                              call.device_type(i + 2));
}

c10::Device device_of(Call& call, size_t i) {
  return {call.device_type(i), static_cast<c10::DeviceIndex>(call.integer(i + 1))};
}

napi_value give(Call& call, const c10::Stream& stream) {
  const napi_value result = js::array(call.env(), 3);
  js::set_at(call.env(), result, 0, js::integer(call.env(), stream.id()));
  js::set_at(call.env(), result, 1, js::number(call.env(), stream.device_index()));
  js::set_at(call.env(), result, 2, js::number(call.env(), static_cast<double>(stream.device_type())));
  return result;
}

napi_value address(Call& call, const void* pointer) {
  return js::integer(call.env(), static_cast<int64_t>(reinterpret_cast<intptr_t>(pointer)));
}

struct AnyEvent : Resource {
  virtual void record(const c10::Stream& stream) = 0;
  virtual void block(const c10::Stream& stream) = 0;
  virtual bool query() const = 0;
  virtual void synchronize() const = 0;
  virtual double elapsed_time(const AnyEvent& end) const = 0;
  virtual const void* id() const = 0;
  virtual std::optional<c10::Device> device() const = 0;
};

// torch.Event
struct GenericEvent final : AnyEvent {
  GenericEvent(c10::DeviceType type, bool enable_timing)
      : event(type, enable_timing ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT) {}
  void record(const c10::Stream& stream) override { event.record(stream); }
  void block(const c10::Stream& stream) override { event.block(stream); }
  bool query() const override { return event.query(); }
  void synchronize() const override { event.synchronize(); }
  double elapsed_time(const AnyEvent& end) const override {
    const auto* other = dynamic_cast<const GenericEvent*>(&end);
    TORCH_CHECK_TYPE(other != nullptr, "expected other to be a torch.Event object");
    return event.elapsedTime(other->event);
  }
  const void* id() const override { return event.eventId(); }
  std::optional<c10::Device> device() const override { return event.device(); }

  c10::Event event;
};

// torch.cuda.Event: c10/cuda/CUDAEvent.h, whose functions of CUDA's runtime are found when they are called
struct CudaEvent final : AnyEvent {
  static constexpr unsigned kBlockingSync = 1, kDisableTiming = 2, kInterprocess = 4, kExternal = 8;
  static constexpr unsigned kRecordExternal = 1, kWaitExternal = 1;
  static constexpr int kNotReady = 600;
  using IpcHandle = std::array<char, 64>;

  explicit CudaEvent(unsigned flags) : flags_(flags) {}
  CudaEvent(c10::DeviceIndex index, const IpcHandle& handle) : index_(index) {
    const c10::DeviceGuard guard(place());
    struct Passed {
      IpcHandle bytes;
    };
    check_cuda(cuda_function<int(void**, Passed)>("cudaIpcOpenEventHandle")(&event_, Passed{handle}));
    is_created_ = true;
  }

  ~CudaEvent() override {
    if (!is_created_) return;
    try {
      const c10::DeviceGuard guard(place());
      (void)cuda_function<int(void*)>("cudaEventDestroy")(event_);
    } catch (const std::exception&) {
      // the runtime is shutting down: there is nothing left to free
    }
  }

  void record(const c10::Stream& stream) override {
    if (!is_created_) create(stream.device_index());
    TORCH_CHECK(index_ == stream.device_index(), "Event device ", static_cast<int>(index_),
                " does not match recording stream's device ", static_cast<int>(stream.device_index()), ".");
    const c10::DeviceGuard guard(place());
    call_cuda("cudaEventRecordWithFlags", event_, stream.native_handle(),
              is_external_ && is_capturing() ? kRecordExternal : 0U);
  }

  void block(const c10::Stream& stream) override {
    if (!is_created_) return;
    const c10::DeviceGuard guard(stream.device());
    call_cuda("cudaStreamWaitEvent", stream.native_handle(), event_,
              is_external_ && is_capturing() ? kWaitExternal : 0U);
  }

  bool query() const override {
    if (!is_created_) return true;
    const int status = cuda_function<int(void*)>("cudaEventQuery")(event_);
    if (status == kNotReady) {
      (void)cuda_function<int()>("cudaGetLastError")();
      return false;
    }
    check_cuda(status);
    return true;
  }

  void synchronize() const override {
    if (is_created_) call_cuda("cudaEventSynchronize", event_);
  }

  double elapsed_time(const AnyEvent& end) const override {
    const auto* other = dynamic_cast<const CudaEvent*>(&end);
    TORCH_CHECK_TYPE(other != nullptr, "expected a torch.cuda.Event");
    TORCH_CHECK_VALUE(!(flags_ & kDisableTiming) && !(other->flags_ & kDisableTiming),
                      "Both events must be created with argument 'enable_timing=True'.");
    TORCH_CHECK_VALUE(is_created_ && other->is_created_,
                      "Both events must be recorded before calculating elapsed time.");
    TORCH_CHECK(query() && other->query(), "Both events must be completed before calculating elapsed time.");
    const c10::DeviceGuard guard(place());
    float milliseconds = 0;
    call_cuda("cudaEventElapsedTime", &milliseconds, event_, other->event_);
    return milliseconds;
  }

  const void* id() const override { return event_; }

  std::optional<c10::Device> device() const override {
    return is_created_ ? std::optional<c10::Device>(place()) : std::nullopt;
  }

  IpcHandle ipc_handle() {
    if (!is_created_) create(VirtualGuardImpl(c10::DeviceType::CUDA).getDevice().index());
    const c10::DeviceGuard guard(place());
    IpcHandle handle{};
    call_cuda("cudaIpcGetEventHandle", handle.data(), event_);
    return handle;
  }

 private:
  c10::Device place() const { return {c10::DeviceType::CUDA, index_}; }

  static bool is_capturing() {
    const VirtualGuardImpl cuda(c10::DeviceType::CUDA);
    return cuda.isStreamCapturing(cuda.getStream(cuda.getDevice()));
  }

  void create(c10::DeviceIndex index) {
    is_external_ = (flags_ & kExternal) != 0;
    flags_ &= ~kExternal;
    index_ = index;
    const c10::DeviceGuard guard(place());
    call_cuda("cudaEventCreateWithFlags", &event_, flags_);
    is_created_ = true;
  }

  unsigned flags_ = kDisableTiming;
  bool is_created_ = false, is_external_ = false;
  c10::DeviceIndex index_ = -1;
  void* event_ = nullptr;
};

AnyEvent& event_of(Call& call, size_t i) { return resource_of<AnyEvent>(call, i, "torch.Event"); }

CudaEvent& cuda_event_of(Call& call, size_t i) { return resource_of<CudaEvent>(call, i, "torch.cuda.Event"); }

}  // namespace

// new_stream(type, index, priority): a stream of the device, the current one for an index of -1
napi_value new_stream(Call& call) {
  const VirtualGuardImpl impl(call.device_type(0));
  c10::Device device = tstorch::device_of(call, 0);
  if (!device.has_index()) device = impl.getDevice();
  return give(call, impl.getNewStream(device, static_cast<int>(call.integer(2))));
}

napi_value current_stream(Call& call) {
  const VirtualGuardImpl impl(call.device_type(0));
  return give(call, impl.getStream(tstorch::device_of(call, 0)));
}

napi_value default_stream(Call& call) {
  const VirtualGuardImpl impl(call.device_type(0));
  return give(call, impl.getDefaultStream(tstorch::device_of(call, 0)));
}

// external_stream(address, index): a stream of CUDA that another library made
napi_value external_stream(Call& call) {
  struct Data {  // c10::cuda::CUDAStream
    c10::Stream stream;
  };
  const auto get = cuda_function<Data(void*, c10::DeviceIndex)>("_ZN3c104cuda21getStreamFromExternalEP11CUstream_sta");
  return give(call,
              get(reinterpret_cast<void*>(call.integer(0)), static_cast<c10::DeviceIndex>(call.integer(1))).stream);
}

// enter_stream(stream): makes it the current one of its device, and the device the current one; returns what both were:
// [device index, stream]
napi_value enter_stream(Call& call) {
  const c10::Stream stream = stream_of(call, 0);
  const VirtualGuardImpl impl(stream.device_type());
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::number(call.env(), impl.getDevice().index()));
  impl.setDevice(stream.device());
  js::set_at(call.env(), result, 1, give(call, impl.exchangeStream(stream)));
  return result;
}

// set_stream(stream): makes it the current one of its device, and the device the current one
napi_value set_stream(Call& call) {
  const c10::Stream stream = stream_of(call, 0);
  const VirtualGuardImpl impl(stream.device_type());
  impl.setDevice(stream.device());
  impl.exchangeStream(stream);
  return call.undefined();
}

// set_accelerator_stream(stream): the same, which throws for a stream that is not of the accelerator
napi_value set_accelerator_stream(Call& call) {
  at::accelerator::setCurrentStream(stream_of(call, 0));
  return call.undefined();
}

napi_value stream_query(Call& call) { return js::boolean(call.env(), stream_of(call, 0).query()); }

napi_value stream_synchronize(Call& call) {
  stream_of(call, 0).synchronize();
  return call.undefined();
}

napi_value stream_is_capturing(Call& call) { return js::boolean(call.env(), stream_of(call, 0).is_capturing()); }

napi_value stream_native_handle(Call& call) { return address(call, stream_of(call, 0).native_handle()); }

napi_value stream_priority(Call& call) {
  const c10::Stream stream = stream_of(call, 0);
  const c10::DeviceGuard guard(stream.device());
  int priority = 0;
  call_cuda("cudaStreamGetPriority", stream.native_handle(), &priority);
  return js::number(call.env(), priority);
}

// stream_priority_range(): [lowest, highest] priority of CUDA's streams, as getStreamFromPool() takes them
napi_value stream_priority_range(Call& call) {
  int least = 0, greatest = 0;
  call_cuda("cudaDeviceGetStreamPriorityRange", &least, &greatest);
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, js::number(call.env(), least));
  js::set_at(call.env(), result, 1, js::number(call.env(), std::max(greatest, -3)));
  return result;
}

// new_event(type, enable timing)
napi_value new_event(Call& call) {
  return wrap_resource(call.addon(), std::make_shared<GenericEvent>(call.device_type(0), call.boolean(1)));
}

// new_cuda_event(enable timing, blocking, interprocess, external)
napi_value new_cuda_event(Call& call) {
  const unsigned flags =
      (call.boolean(0) ? 0U : CudaEvent::kDisableTiming) | (call.boolean(1) ? CudaEvent::kBlockingSync : 0U) |
      (call.boolean(2) ? CudaEvent::kInterprocess : 0U) | (call.boolean(3) ? CudaEvent::kExternal : 0U);
  return wrap_resource(call.addon(), std::make_shared<CudaEvent>(flags));
}

// cuda_event_from_ipc(index, bytes of the handle)
napi_value cuda_event_from_ipc(Call& call) {
  CudaEvent::IpcHandle handle{};
  TORCH_CHECK(js::length_of(call.env(), call.value(1)) == handle.size(),
              "cudaIpcEventHandle_t expects byte-like object of size ", handle.size(), ", but got ",
              js::length_of(call.env(), call.value(1)));
  for (size_t i = 0; i < handle.size(); i++)
    handle[i] = static_cast<char>(js::to_integer(call.env(), js::element(call.env(), call.value(1), i)));
  return wrap_resource(call.addon(),
                       std::make_shared<CudaEvent>(static_cast<c10::DeviceIndex>(call.integer(0)), handle));
}

// cuda_event_ipc_handle(event): the handle's bytes
napi_value cuda_event_ipc_handle(Call& call) {
  const CudaEvent::IpcHandle handle = cuda_event_of(call, 0).ipc_handle();
  const napi_value result = js::array(call.env(), handle.size());
  for (size_t i = 0; i < handle.size(); i++)
    js::set_at(call.env(), result, i, js::number(call.env(), static_cast<unsigned char>(handle[i])));
  return result;
}

// event_record(event, stream)
napi_value event_record(Call& call) {
  event_of(call, 0).record(stream_of(call, 1));
  return call.undefined();
}

// event_block(event, stream): lets the stream wait for the event
napi_value event_block(Call& call) {
  event_of(call, 0).block(stream_of(call, 1));
  return call.undefined();
}

napi_value event_query(Call& call) { return js::boolean(call.env(), event_of(call, 0).query()); }

napi_value event_synchronize(Call& call) {
  event_of(call, 0).synchronize();
  return call.undefined();
}

// event_elapsed_time(start, end): milliseconds
napi_value event_elapsed_time(Call& call) {
  return js::number(call.env(), event_of(call, 0).elapsed_time(event_of(call, 1)));
}

napi_value event_id(Call& call) { return address(call, event_of(call, 0).id()); }

// event_device(event): type * 256 + index + 1; null before a CUDA event is recorded
napi_value event_device(Call& call) {
  const auto device = event_of(call, 0).device();
  if (!device.has_value()) return js::null(call.env());
  return js::number(call.env(), static_cast<double>(device->type()) * 256 + device->index() + 1);
}

}  // namespace tstorch
