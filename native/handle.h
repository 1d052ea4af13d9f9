// Handles: how long native objects live. A handle is a JavaScript external that owns one reference to a libtorch
// object. Its finalizer runs inside the garbage collection (NAPI_EXPERIMENTAL), so synchronous loops free what they
// drop.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/Generator.h>
#include <torch/csrc/autograd/function.h>

#include <memory>

#include "js.h"

namespace tstorch {

class Addon;
struct TensorSlab;

enum class Kind : uint32_t {
  tensor = 0x7e450001,
  generator = 0x7e450002,
  node = 0x7e450003,
  state = 0x7e450004,
  script = 0x7e450005,
  slab = 0x7e450006
};

struct Handle {
  explicit Handle(Kind kind) : kind(kind) {}
  const Kind kind;
};

template <typename T, Kind K>
struct HandleOf : Handle {
  static constexpr Kind kKind = K;
  explicit HandleOf(T value) : Handle(K), value(std::move(value)) {}
  T value;
};

using TensorHandle = HandleOf<at::Tensor, Kind::tensor>;
using GeneratorHandle = HandleOf<at::Generator, Kind::generator>;
using NodeHandle = HandleOf<c10::intrusive_ptr<torch::autograd::Node>, Kind::node>;
using StateHandle = HandleOf<std::shared_ptr<void>, Kind::state>;
using ScriptHandle = HandleOf<std::shared_ptr<void>, Kind::script>;

napi_value wrap_tensor(Addon& addon, at::Tensor tensor);  // null for an undefined tensor

napi_value move_to_handle(Addon& addon, at::Tensor& held);  // a handle of its own for a tensor, disposed or not
napi_value wrap_generator(Addon& addon, at::Generator generator);
napi_value wrap_node(Addon& addon, c10::intrusive_ptr<torch::autograd::Node> node);
// `bytes`: about what the state holds, for V8 to know.
napi_value wrap_state(Addon& addon, std::shared_ptr<void> state, intptr_t bytes = 0);
napi_value wrap_script_state(Addon& addon, std::shared_ptr<void> script);  // of a Script: see jit.h

// What a handle owns; throw TypeError for another kind of handle and RuntimeError for a disposed tensor.
at::Tensor& tensor_of(napi_env env, napi_value handle);
at::Tensor& tensor_of(napi_env env, napi_value handle, int place,
                      bool aliased = true);  // of a slab, or of a handle of its own
TensorSlab& slab_of(napi_env env, napi_value handle);
at::Generator& generator_of(napi_env env, napi_value handle);
c10::intrusive_ptr<torch::autograd::Node>& node_of(napi_env env, napi_value handle);
std::shared_ptr<void>& state_of(napi_env env, napi_value handle);
std::shared_ptr<void>& script_state_of(napi_env env, napi_value handle);

// The same, but undefined for a disposed tensor.
const at::Tensor& peek_tensor(napi_env env, napi_value handle);

void dispose_tensor(napi_env env, napi_value handle, int place);
int64_t live_tensors();  // of this thread
void count_live_tensors(int64_t change);

// While one lives, tensors that the thread's garbage collection finds dead are freed later, two for each new one: a
// collection that frees the graphs of many steps at once stops the program for ten of them.
class FreeLater {
 public:
  FreeLater();
  ~FreeLater();
  FreeLater(const FreeLater&) = delete;
  FreeLater& operator=(const FreeLater&) = delete;
};

void free_or_keep_dead(at::Tensor&& tensor);
void free_some_dead_tensors();  // two
void free_dead_tensors();       // all that are left of them

// A JavaScript external that owns the handle; `bytes`: about what it keeps, for V8 to know.
template <typename H>
napi_value give_handle(napi_env env, std::unique_ptr<H> handle, node_api_basic_finalize finalizer, intptr_t bytes = 0) {
  napi_value result = nullptr;
  js::check(napi_create_external(env, handle.get(), finalizer, reinterpret_cast<void*>(bytes), &result));
  handle.release();
  return result;
}

}  // namespace tstorch
