// JavaScript functions in places where libtorch takes Python's objects, such as a thread's saved tensor hooks.
#pragma once

#include <c10/core/SafePyObject.h>
#include <c10/core/impl/TorchDispatchModeTLS.h>

#include <memory>

#include "callbacks.h"

namespace tstorch {

c10::SafePyObject hold(std::shared_ptr<Callback> callback);
const Callback& held(const c10::SafePyObject& object);

std::shared_ptr<c10::impl::PyObject_TorchDispatchMode> hold_mode(std::shared_ptr<Callback> callback);
const Callback& held(const c10::impl::PyObject_TorchDispatchMode& mode);

}  // namespace tstorch
