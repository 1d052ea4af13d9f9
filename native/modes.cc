// The modes of a thread: grad mode, inference mode, and all of them at once as one state.
#include "modes.h"

#include <ATen/ThreadLocalState.h>
#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/forward_grad.h>

#include "functions.h"

namespace tstorch {

napi_value is_grad_enabled(Call& call) { return js::boolean(call.env(), c10::GradMode::is_enabled()); }

napi_value set_grad_enabled(Call& call) {
  c10::GradMode::set_enabled(call.boolean(0));
  return call.undefined();
}

napi_value is_fwd_grad_enabled(Call& call) {
  return js::boolean(call.env(), c10::AutogradState::get_tls_state().get_fw_grad_mode());
}

napi_value set_fwd_grad_enabled(Call& call) {
  c10::AutogradState::get_tls_state().set_fw_grad_mode(call.boolean(0));
  return call.undefined();
}

napi_value is_multithreading_enabled(Call& call) {
  return js::boolean(call.env(), c10::AutogradState::get_tls_state().get_multithreading_enabled());
}

napi_value set_multithreading_enabled(Call& call) {
  c10::AutogradState::get_tls_state().set_multithreading_enabled(call.boolean(0));
  return call.undefined();
}

napi_value is_view_replay_enabled(Call& call) {
  return js::boolean(call.env(), c10::AutogradState::get_tls_state().get_view_replay_enabled());
}

napi_value set_view_replay_enabled(Call& call) {
  c10::AutogradState::get_tls_state().set_view_replay_enabled(call.boolean(0));
  return call.undefined();
}

napi_value enter_dual_level(Call& call) {
  return js::number(call.env(), static_cast<double>(torch::autograd::ForwardADLevel::get_next_idx()));
}

napi_value exit_dual_level(Call& call) {
  torch::autograd::ForwardADLevel::release_idx(static_cast<uint64_t>(call.integer(0)));
  return call.undefined();
}

napi_value is_inference_mode_enabled(Call& call) { return js::boolean(call.env(), c10::InferenceMode::is_enabled()); }

void set_inference_mode_alone(bool enabled) {
  c10::AutogradState state = c10::AutogradState::get_tls_state();
  state.set_inference_mode(enabled);
  c10::AutogradState::set_tls_state(state);
  const auto keys = c10::impl::tls_local_dispatch_key_set();
  const auto included = enabled ? keys.included_.remove(c10::DispatchKey::ADInplaceOrView)
                                : keys.included_.add(c10::DispatchKey::ADInplaceOrView);
  const auto excluded =
      enabled ? keys.excluded_ | c10::autograd_dispatch_keyset : keys.excluded_ - c10::autograd_dispatch_keyset;
  c10::impl::PODLocalDispatchKeySet set{};
  set.set_included(included);
  set.set_excluded(excluded);
  c10::impl::_force_tls_local_dispatch_key_set(c10::impl::LocalDispatchKeySet(set));
}

struct InferenceState {
  c10::AutogradState autograd = c10::AutogradState::get_tls_state();
  c10::impl::LocalDispatchKeySet keys = c10::impl::tls_local_dispatch_key_set();
};

// set_inference_mode(enabled): what c10::InferenceMode does when it is entered; gives what was before, which the same
// function takes to leave it. All else of the thread's state stays, such as a profiler that was started meanwhile.
napi_value set_inference_mode(Call& call) {
  if (js::type_of(call.env(), call.value(0)) == napi_external) {
    const auto before = std::static_pointer_cast<InferenceState>(state_of(call.env(), call.value(0)));
    c10::AutogradState::set_tls_state(before->autograd);
    c10::impl::_force_tls_local_dispatch_key_set(before->keys);
    return call.undefined();
  }
  const bool enabled = call.boolean(0);
  const auto before = std::make_shared<InferenceState>();
  c10::AutogradState::set_tls_state({/*grad_mode=*/!enabled, /*inference_mode=*/enabled, /*fw_grad_mode=*/!enabled,
                                     /*multithreading_enabled=*/!enabled});
  set_inference_mode_alone(enabled);
  return wrap_state(call.addon(), before);
}

napi_value save_thread_state(Call& call) { return wrap_state(call.addon(), std::make_shared<at::ThreadLocalState>()); }

napi_value restore_thread_state(Call& call) {
  const auto state = std::static_pointer_cast<at::ThreadLocalState>(state_of(call.env(), call.value(0)));
  at::ThreadLocalState::setThreadLocalState(*state);
  return call.undefined();
}

}  // namespace tstorch
