// Python's indexing, x[key] and x[key] = value; lib/indexing.ts writes the parts of the key into the frame.
#include "indexing.h"

#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <cmath>

#include "functions.h"
#include "memory.h"

namespace tstorch {

namespace {

enum class Part { integer = 0, slice = 1, none = 2, ellipsis = 3, boolean = 4, tensor = 5 };

}  // namespace

std::vector<at::indexing::TensorIndex> read_key(const Call& call) {
  const double* next = call.addon().frame;
  const double* const end = next + call.addon().frame_size;
  const auto count = static_cast<size_t>(*next++);
  TORCH_CHECK(count * 4 < call.addon().frame_size, "the argument frame is too short");
  const auto bound = [&]() -> std::optional<c10::SymInt> {
    const double value = *next++;
    if (std::isnan(value)) return std::nullopt;
    return c10::SymInt(static_cast<int64_t>(value));
  };
  std::vector<at::indexing::TensorIndex> key;
  key.reserve(count);
  while (key.size() < count && next < end) {
    switch (static_cast<Part>(static_cast<int>(*next++))) {
      case Part::integer:
        key.emplace_back(c10::SymInt(static_cast<int64_t>(*next++)));
        break;
      case Part::slice: {
        auto start = bound(), stop = bound(), step = bound();
        key.emplace_back(at::indexing::Slice(std::move(start), std::move(stop), std::move(step)));
        break;
      }
      case Part::none:
        key.emplace_back(at::indexing::None);
        break;
      case Part::ellipsis:
        key.emplace_back(at::indexing::Ellipsis);
        break;
      case Part::boolean:
        key.emplace_back(*next++ != 0);
        break;
      case Part::tensor:
        key.emplace_back(call.tensor(static_cast<size_t>(*next++)));
        break;
      default:
        TORCH_CHECK_INDEX(false, "unknown part of a key");
    }
  }
  return key;
}

// A slice that keeps all of the example is recorded nevertheless: of another input it may not keep all.

// get_index(tensor, ...tensors of the key)
napi_value get_index(Call& call) {
  const at::Tensor self = call.tensor(0);
  const auto key = read_key(call);
  const at::Tensor result = at::indexing::get_item(self, key, torch::jit::tracer::isTracing());
  report_memory(call.env());
  return call.wrap_in_slab(result);
}

// set_index(tensor, value: handle | number | bigint | boolean | [real, imag], ...tensors of the key)
napi_value set_index(Call& call) {
  const at::Tensor self = call.tensor(0);
  const auto key = read_key(call);
  const bool is_tracing = torch::jit::tracer::isTracing();
  if (js::type_of(call.env(), call.value(1)) == napi_external) {
    at::indexing::set_item(self, key, at::Tensor(call.tensor(1)), is_tracing);
  } else {
    at::indexing::set_item(self, key, call.scalar(1), is_tracing);
  }
  return call.undefined();
}

}  // namespace tstorch
