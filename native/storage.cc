// Bytes in and out: tensors from JavaScript's memory, and JavaScript's view of a tensor's memory.
#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>

#ifndef _WIN32
#include <unistd.h>
#endif

#include <cerrno>
#include <cstring>
#include <functional>

#include "functions.h"
#include "functorch.h"
#include "memory.h"

namespace tstorch {

namespace {

std::vector<int64_t> integers(Call& call, size_t i) {
  const napi_value array = call.value(i);
  std::vector<int64_t> result(js::length_of(call.env(), array));
  for (size_t k = 0; k < result.size(); k++) {
    result[k] = js::to_integer(call.env(), js::element(call.env(), array, k));
  }
  return result;
}

template <typename Element, typename Source>
at::Tensor copy_values(const double* words, at::IntArrayRef sizes, at::ScalarType dtype) {
  static_assert(sizeof(Source) % sizeof(double) == 0);
  at::Tensor result = at::detail::empty_cpu(sizes, at::TensorOptions().dtype(dtype));
  auto* const elements = static_cast<Element*>(result.mutable_data_ptr());
  const int64_t count = result.numel();
  for (int64_t i = 0; i < count; i++, words += sizeof(Source) / sizeof(double)) {
    Source value;
    std::memcpy(&value, words, sizeof value);  // the frame is aligned for doubles alone
    elements[i] = c10::convert<Element>(value);
  }
  return result;
}

// A tensor of the values, each converted as copy_() does.
template <typename Source>
at::Tensor tensor_of_values(const double* words, at::IntArrayRef sizes, at::ScalarType dtype) {
  switch (dtype) {
#define TSTORCH_CASE(Element, name) \
  case at::ScalarType::name:        \
    return copy_values<Element, Source>(words, sizes, dtype);
    AT_FORALL_SCALAR_TYPES_WITH_COMPLEX(TSTORCH_CASE)
    TSTORCH_CASE(uint16_t, UInt16)
    TSTORCH_CASE(uint32_t, UInt32)
    TSTORCH_CASE(uint64_t, UInt64)
#undef TSTORCH_CASE
    default:
      TORCH_CHECK(at::isComplexType(dtype), "store_scalar: invalid type");
      return copy_values<c10::complex<double>, Source>(words, sizes, at::kComplexDouble).to(dtype);
  }
}

void check_range(const c10::StorageImpl& storage, int64_t offset, int64_t length) {
  const auto size = static_cast<int64_t>(storage.nbytes());
  TORCH_CHECK_VALUE(offset >= 0 && length >= 0 && offset <= size && length <= size - offset, "bytes ", offset, " to ",
                    offset + length, " are not in a storage of ", size, " bytes");
}

// Where bytes of a dense CPU tensor's storage are.
char* storage_range(const at::Tensor& tensor, int64_t offset, int64_t length) {
  TORCH_CHECK_TYPE(tensor.device().is_cpu() && tensor.layout() == at::kStrided, "expected a dense CPU tensor");
  c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
  check_range(*storage, offset, length);
  return static_cast<char*>(storage->mutable_data()) + offset;
}

std::pair<uint8_t*, size_t> byte_array(Call& call, size_t i) {
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = nullptr;
  js::check(napi_get_typedarray_info(call.env(), call.value(i), &type, &length, &data, nullptr, nullptr));
  TORCH_CHECK_TYPE(type == napi_uint8_array, "expected a Uint8Array");
  return {static_cast<uint8_t*>(data), length};
}

}  // namespace

// tensor_from_frame(dtype, kind): a new CPU tensor from the frame, which holds
//   the number of dimensions, the sizes, then the values as kind says: 0 doubles, 1 64-bit integers, 2 complex doubles
napi_value tensor_from_frame(Call& call) {
  const double* next = call.addon().frame;
  const double* const end = next + call.addon().frame_size;
  const auto dims = static_cast<size_t>(*next++);
  TORCH_CHECK(dims < call.addon().frame_size, "the argument frame is too short");
  std::vector<int64_t> sizes(dims);
  int64_t words = 1;
  for (int64_t& size : sizes) words *= size = static_cast<int64_t>(*next++);
  const int64_t kind = call.integer(1);
  if (kind == 2) words *= 2;
  TORCH_CHECK(words >= 0 && words <= end - next, "the argument frame is too short");
  const at::ScalarType dtype = call.dtype(0);
  at::Tensor result;
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    const WithoutFunctorch outside;  // the values are written into memory, which wrapped tensors have none of
    switch (kind) {
      case 0:
        result = tensor_of_values<double>(next, sizes, dtype);
        break;
      case 1:
        result = tensor_of_values<int64_t>(next, sizes, dtype);
        break;
      default:
        result = tensor_of_values<c10::complex<double>>(next, sizes, dtype);
    }
  }
  return call.wrap_in_slab(lift_into_transforms(std::move(result)));
}

// tensor_from_buffer(buffer: ArrayBuffer, byteOffset, sizes, strides, dtype, owner): a tensor that shares the buffer's
// memory
//   owner: a tensor whose memory the buffer is, or null if it is JavaScript's own.
napi_value tensor_from_buffer(Call& call) {
  const napi_env env = call.env();
  bool detached = false;
  js::check(napi_is_detached_arraybuffer(env, call.value(0), &detached));
  TORCH_CHECK_VALUE(!detached, "the ArrayBuffer is detached: its memory was transferred elsewhere");
  void* data = nullptr;
  size_t length = 0;
  js::check(napi_get_arraybuffer_info(env, call.value(0), &data, &length));
  const int64_t offset = call.integer(1);
  const auto sizes = integers(call, 2), strides = integers(call, 3);
  const at::ScalarType dtype = call.dtype(4);
  TORCH_CHECK_VALUE(sizes.size() == strides.size(), "sizes and strides must be of one length");

  int64_t extent = 1;  // in elements: the last one that the view reaches, and one
  for (size_t i = 0; i < sizes.size(); i++) {
    TORCH_CHECK_VALUE(sizes[i] >= 0 && strides[i] >= 0, "sizes and strides must not be negative");
    extent = sizes[i] == 0 || extent == 0 ? 0 : extent + (sizes[i] - 1) * strides[i];
  }
  const auto item_size = static_cast<int64_t>(c10::elementSize(dtype));
  TORCH_CHECK_VALUE(offset >= 0 && extent <= (static_cast<int64_t>(length) - offset) / item_size,
                    "the requested view is larger than the buffer");
  if (extent == 0) return call.wrap(at::empty(sizes, at::TensorOptions().dtype(dtype)));

  std::function<void(void*)> release;
  if (call.has(5)) {
    release = [memory = call.tensor(5).storage()](void*) mutable { memory = {}; };
  } else {
    release = [buffer = std::make_shared<js::Reference>(env, call.value(0))](void*) mutable { buffer.reset(); };
  }
  at::Tensor tensor = at::from_blob(static_cast<char*>(data) + offset, sizes, strides, std::move(release),
                                    at::TensorOptions().dtype(dtype));
  call.addon().housekeep();
  return call.wrap(lift_into_transforms(std::move(tensor)));
}

// buffer_of(tensor): an ArrayBuffer over the memory of a CPU tensor's storage; lib/tensor_new.ts keeps that alive with
// it
napi_value buffer_of(Call& call) {
  const napi_env env = call.env();
  const at::Tensor& tensor = call.tensor(0);
  TORCH_CHECK_TYPE(tensor.device().is_cpu() && tensor.layout() == at::kStrided,
                   "only dense CPU tensors can be seen as an ArrayBuffer");
  (void)tensor.const_data_ptr();  // throws for tensors without memory
  c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
  napi_value buffer = nullptr;
  const napi_status status =
      napi_create_external_arraybuffer(env, storage->mutable_data(), storage->nbytes(), nullptr, nullptr, &buffer);
  TORCH_CHECK(status != napi_no_external_buffers_allowed,
              "this JavaScript runtime forbids ArrayBuffers over foreign memory; use tolist()");
  js::check(status);
  storage->set_resizable(false);  // its memory must stay where it is, as with Python's numpy()
  return buffer;
}

// copy_in(tensor, offset, array: Uint8Array): copies bytes into a CPU storage
napi_value copy_in(Call& call) {
  const auto [data, length] = byte_array(call, 2);
  char* const target = storage_range(call.tensor(0), call.integer(1), static_cast<int64_t>(length));
  if (length > 0) std::memcpy(target, data, length);
  return call.undefined();
}

// copy_out(tensor, offset, array: Uint8Array): copies bytes of a CPU storage
napi_value copy_out(Call& call) {
  const auto [data, length] = byte_array(call, 2);
  const char* const source = storage_range(call.tensor(0), call.integer(1), static_cast<int64_t>(length));
  if (length > 0) std::memcpy(data, source, length);
  return call.undefined();
}

// read_file(descriptor, position, tensor, offset, length): reads from an open file into a CPU storage; returns how many
// bytes, 0 at the end of the file, or null where Node.js's descriptors are not the system's
napi_value read_file(Call& call) {
#ifdef _WIN32
  return js::null(call.env());
#else
  const int64_t length = call.integer(4);
  char* const target = storage_range(call.tensor(2), call.integer(3), length);
  ssize_t count = 0;
  do {
    count = pread(static_cast<int>(call.integer(0)), target, static_cast<size_t>(length), call.integer(1));
  } while (count < 0 && errno == EINTR);
  TORCH_CHECK(count >= 0, "cannot read the file: ", std::strerror(errno));
  return js::number(call.env(), static_cast<double>(count));
#endif
}

// storage_slice(tensor, offset, length): a uint8 tensor over a storage of its own that is a part of another's memory
napi_value storage_slice(Call& call) {
  const int64_t length = call.integer(2);
  char* const data = storage_range(call.tensor(0), call.integer(1), length);
  const c10::Storage storage = call.tensor(0).storage();
  return call.wrap(at::from_blob(
      data, {length}, [storage](void*) {}, at::TensorOptions().dtype(at::kByte)));
}

// copy_bytes(tensor, array: Uint8Array): copies the elements of a contiguous CPU tensor
napi_value copy_bytes(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  TORCH_CHECK_TYPE(tensor.device().is_cpu() && tensor.is_contiguous(), "expected a contiguous CPU tensor");
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = nullptr;
  js::check(napi_get_typedarray_info(call.env(), call.value(1), &type, &length, &data, nullptr, nullptr));
  TORCH_CHECK_VALUE(type == napi_uint8_array && length == tensor.nbytes(), "expected as many bytes as the tensor has");
  if (length > 0) std::memcpy(data, tensor.const_data_ptr(), length);
  return call.undefined();
}

napi_value data_ptr(Call& call) {
  napi_value result = nullptr;
  js::check(napi_create_bigint_uint64(call.env(), reinterpret_cast<uintptr_t>(call.tensor(0).data_ptr()), &result));
  return result;
}

// storage_info(tensor): [address, bytes]
napi_value storage_info(Call& call) {
  const c10::Storage& storage = call.tensor(0).storage();
  napi_value address = nullptr;
  js::check(napi_create_bigint_uint64(call.env(), reinterpret_cast<uintptr_t>(storage.data()), &address));
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, address);
  js::set_at(call.env(), result, 1, js::number(call.env(), static_cast<double>(storage.nbytes())));
  return result;
}

}  // namespace tstorch
