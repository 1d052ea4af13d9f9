// JavaScript functions in places where libtorch takes Python's objects, such as a thread's saved tensor hooks.
#pragma once

#include <c10/core/SafePyObject.h>

#include <memory>

#include "callbacks.h"

namespace tstorch {

c10::SafePyObject hold(std::shared_ptr<Callback> callback);
const Callback& held(const c10::SafePyObject& object);

}  // namespace tstorch
