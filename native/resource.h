// What a device keeps for JavaScript: an event, a captured graph, a pool of memory.
#pragma once

#include <memory>

#include "call.h"

namespace tstorch {

struct Resource {
  virtual ~Resource() = default;
};

inline napi_value wrap_resource(Addon& addon, std::shared_ptr<Resource> resource) {
  return wrap_state(addon, std::move(resource));
}

// The resource that an argument holds; throws TypeError for one of another kind.
template <typename T>
T& resource_of(Call& call, size_t i, const char* what) {
  const auto resource = std::static_pointer_cast<Resource>(state_of(call.env(), call.value(i)));
  T* const found = dynamic_cast<T*>(resource.get());
  TORCH_CHECK_TYPE(found != nullptr, "expected a ", what);
  return *found;
}

}  // namespace tstorch
