// The layers of torch.func: what Python reaches as torch._C._functorch.
#include "functorch.h"

#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/LegacyVmapMode.h>
#include <ATen/WrapDimUtils.h>
#include <ATen/functorch/BatchRulesHelper.h>
#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include "functions.h"
#include "modes.h"

namespace tstorch {

namespace {

namespace ft = at::functorch;

at::FunctionalTensorWrapper* maybe_functional(const at::Tensor& tensor) {
  if (!at::functionalization::impl::isFunctionalTensor(tensor)) return nullptr;
  return at::functionalization::impl::unsafeGetFunctionalWrapper(tensor);
}

napi_value level_of(Call& call, int64_t level) { return js::number(call.env(), static_cast<double>(level)); }

// Layers above others end first: a mistake in the order is an error, not a wrong layer taken off.
ft::DynamicLayer pop(ft::TransformType type) {
  const auto current = ft::maybeCurrentDynamicLayer();
  TORCH_CHECK(current.has_value() && current->key() == type, "the innermost transform is of another kind");
  return ft::popDynamicLayerAndDeleteMetadata();
}

}  // namespace

bool is_batched(const at::Tensor& tensor) { return ft::maybeGetBatchedImpl(tensor) != nullptr; }

bool is_functorch_wrapped(const at::Tensor& tensor) {
  return is_batched(tensor) || ft::maybeGetTensorWrapper(tensor) != nullptr || maybe_functional(tensor) != nullptr;
}

at::Tensor lift_into_transforms(at::Tensor tensor) {
  return ft::maybeCurrentDynamicLayer().has_value() ? at::lift_fresh(tensor) : tensor;
}

// vmap_increment_nesting(batchSize, randomness: 0 error, 1 same, 2 different): the level of the new layer
napi_value vmap_increment_nesting(Call& call) {
  const auto randomness = static_cast<ft::RandomnessType>(call.integer(1));
  return level_of(call, ft::initAndPushDynamicLayer(ft::TransformType::Vmap, c10::SymInt(call.integer(0)), randomness));
}

napi_value vmap_decrement_nesting(Call& call) {
  pop(ft::TransformType::Vmap);
  return call.undefined();
}

// Inside of grad and jvp layers inference mode is off, and comes back with the layer's end.
napi_value grad_increment_nesting(Call& call) {
  const bool inference = c10::InferenceMode::is_enabled();
  const int64_t level = ft::initAndPushDynamicLayer(ft::TransformType::Grad, std::nullopt, std::nullopt,
                                                    c10::GradMode::is_enabled(), std::nullopt, std::nullopt, inference);
  if (inference) set_inference_mode_alone(false);
  return level_of(call, level);
}

napi_value grad_decrement_nesting(Call& call) {
  const auto layer = pop(ft::TransformType::Grad);
  if (std::get<ft::GradInterpreterMeta>(layer.interpreter().meta()).prevInferenceMode_) set_inference_mode_alone(true);
  return call.undefined();
}

napi_value jvp_increment_nesting(Call& call) {
  const bool inference = c10::InferenceMode::is_enabled();
  const bool forward = c10::AutogradState::get_tls_state().get_fw_grad_mode();
  const int64_t level = ft::initAndPushDynamicLayer(ft::TransformType::Jvp, std::nullopt, std::nullopt, std::nullopt,
                                                    forward, std::nullopt, inference);
  if (inference) set_inference_mode_alone(false);
  return level_of(call, level);
}

napi_value jvp_decrement_nesting(Call& call) {
  const auto layer = pop(ft::TransformType::Jvp);
  if (std::get<ft::JvpInterpreterMeta>(layer.interpreter().meta()).prevInferenceMode_) set_inference_mode_alone(true);
  return call.undefined();
}

// func_increment_nesting(reapplyViews)
napi_value func_increment_nesting(Call& call) {
  return level_of(call, ft::initAndPushDynamicLayer(ft::TransformType::Functionalize, std::nullopt, std::nullopt,
                                                    std::nullopt, std::nullopt, call.boolean(0)));
}

napi_value func_decrement_nesting(Call& call) {
  pop(ft::TransformType::Functionalize);
  return call.undefined();
}

// add_batch_dim(tensor, dim, level)
napi_value add_batch_dim(Call& call) {
  return call.wrap(ft::addBatchDim(call.tensor(0), call.integer(1), call.integer(2)));
}

// remove_batch_dim(tensor, level, batchSize, outDim)
napi_value remove_batch_dim(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const auto* batched = ft::maybeGetBatchedImpl(tensor);
  if (batched != nullptr && batched->level() >= call.integer(1)) {
    const at::Tensor& value = batched->value();
    const int64_t source = batched->bdim(), target = at::maybe_wrap_dim(call.integer(3), value.dim());
    return call.wrap(source == target ? value : value.movedim(source, target));
  }
  const int64_t target = at::maybe_wrap_dim(call.integer(3), tensor.dim() + 1);
  c10::SmallVector<int64_t, 8> sizes(tensor.sizes().begin(), tensor.sizes().end());
  sizes.insert(sizes.begin() + target, call.integer(2));
  return call.wrap(tensor.unsqueeze(target).expand(sizes));
}

// unwrap_batched(tensor, level): [tensor, dim | null]
napi_value unwrap_batched(Call& call) {
  const auto [value, dim] = ft::unwrapTensorAtLevel(call.tensor(0), call.integer(1));
  const napi_value result = js::array(call.env(), 2);
  js::set_at(call.env(), result, 0, call.wrap(value));
  js::set_at(call.env(), result, 1,
             dim.has_value() ? js::number(call.env(), static_cast<double>(*dim)) : js::null(call.env()));
  return result;
}

// wrap_for_grad(tensor, level)
napi_value wrap_for_grad(Call& call) { return call.wrap(ft::makeTensorWrapper(call.tensor(0), call.integer(1))); }

// unwrap_for_grad(tensor, level)
napi_value unwrap_for_grad(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  const auto* wrapper = ft::maybeGetTensorWrapper(tensor);
  return call.wrap(wrapper != nullptr && wrapper->level() == call.integer(1) ? wrapper->value() : tensor);
}

// wrap_functional_tensor(tensor, level)
napi_value wrap_functional_tensor(Call& call) {
  at::Tensor wrapped = at::functionalization::impl::to_functional_tensor(call.tensor(0));
  at::functionalization::impl::unsafeGetFunctionalWrapper(wrapped)->set_level(call.integer(1));
  return call.wrap(std::move(wrapped));
}

// unwrap_functional_tensor(tensor, reapplyViews): a tensor that is not functional comes back as it is
napi_value unwrap_functional_tensor(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  auto* functional = maybe_functional(tensor);
  if (functional == nullptr) return call.wrap(tensor);
  at::functionalization::impl::sync(tensor);
  at::functionalization::impl::FunctionalizationReapplyViewsGuard guard(call.boolean(1));
  if (functional->apply_updates()) functional->regenerate_from_base();
  return call.wrap(functional->value());
}

// propagate_functional_input_mutation(unwrapped, wrapped): writes what was done to an input back to it
napi_value propagate_functional_input_mutation(Call& call) {
  const at::Tensor& unwrapped = call.tensor(0);
  auto* functional = maybe_functional(call.tensor(1));
  TORCH_CHECK(functional != nullptr, "expected a functional tensor");
  functional->sync_();
  const at::Tensor& value = functional->value();
  if (unwrapped.is_same(value)) return call.undefined();
  if (unwrapped.sym_nbytes() != value.sym_nbytes()) unwrapped.resize__symint(value.sym_sizes());
  if (unwrapped.sym_sizes() != value.sym_sizes()) unwrapped.as_strided__symint(value.sym_sizes(), value.sym_strides());
  unwrapped.copy_(value);
  return call.undefined();
}

// functorch_kind(tensor): 0 not wrapped, 1 batched, 2 tracked for gradients, 3 functional
napi_value functorch_kind(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  int kind = 0;
  if (ft::maybeGetBatchedImpl(tensor) != nullptr) {
    kind = 1;
  } else if (ft::maybeGetTensorWrapper(tensor) != nullptr) {
    kind = 2;
  } else if (maybe_functional(tensor) != nullptr) {
    kind = 3;
  }
  return js::number(call.env(), kind);
}

// maybe_get_level(tensor): -1 if it is not wrapped, -2 if its transform has ended
napi_value maybe_get_level(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  if (const auto* batched = ft::maybeGetBatchedImpl(tensor)) return level_of(call, batched->level());
  if (const auto* wrapper = ft::maybeGetTensorWrapper(tensor)) return level_of(call, wrapper->level().value_or(-2));
  if (const auto* functional = maybe_functional(tensor)) return level_of(call, functional->level());
  return level_of(call, -1);
}

// maybe_get_bdim(tensor): -1 if it is not batched
napi_value maybe_get_bdim(Call& call) {
  const auto* batched = ft::maybeGetBatchedImpl(call.tensor(0));
  return js::number(call.env(), batched == nullptr ? -1 : static_cast<double>(batched->bdim()));
}

napi_value get_unwrapped(Call& call) {
  const at::Tensor& tensor = call.tensor(0);
  if (const auto* batched = ft::maybeGetBatchedImpl(tensor)) return call.wrap(batched->value());
  if (const auto* wrapper = ft::maybeGetTensorWrapper(tensor)) return call.wrap(wrapper->value());
  if (auto* functional = maybe_functional(tensor)) {
    at::functionalization::impl::sync(tensor);
    return call.wrap(functional->value());
  }
  TORCH_CHECK(false, "No wrappers present!");
}

// peek_interpreter_stack(): [transform type, level, batch size, randomness], or null outside of transforms
napi_value peek_interpreter_stack(Call& call) {
  const napi_env env = call.env();
  const auto layer = ft::maybeCurrentDynamicLayer();
  if (!layer.has_value()) return js::null(env);
  const bool is_vmap = layer->key() == ft::TransformType::Vmap;
  const napi_value result = js::array(env, 4);
  js::set_at(env, result, 0, js::number(env, static_cast<double>(layer->key())));
  js::set_at(env, result, 1, js::number(env, static_cast<double>(layer->layerId())));
  js::set_at(env, result, 2, is_vmap ? js::integer(env, layer->batchSize().expect_int()) : js::null(env));
  js::set_at(env, result, 3, is_vmap ? js::number(env, static_cast<double>(layer->randomness())) : js::null(env));
  return result;
}

// pop_dynamic_layer_stack(): the innermost layer, to be pushed again, and the modes that were outside of it
napi_value pop_dynamic_layer_stack(Call& call) {
  TORCH_CHECK(ft::maybeCurrentDynamicLayer().has_value(), "no transform is active");
  return wrap_state(call.addon(), std::make_shared<ft::DynamicLayer>(ft::popDynamicLayer()));
}

napi_value push_dynamic_layer_stack(Call& call) {
  const auto layer = std::static_pointer_cast<ft::DynamicLayer>(state_of(call.env(), call.value(0)));
  ft::pushDynamicLayer(ft::DynamicLayer(*layer));
  return call.undefined();
}

// outer_grad_mode(layer): the mode to run under outside of a grad or jvp layer: false if it was off there
napi_value outer_grad_mode(Call& call) {
  const auto layer = std::static_pointer_cast<ft::DynamicLayer>(state_of(call.env(), call.value(0)));
  const auto& meta = layer->interpreter().meta();
  bool mode = true;
  if (const auto* grad = std::get_if<ft::GradInterpreterMeta>(&meta)) mode = grad->prevGradMode_;
  if (const auto* jvp = std::get_if<ft::JvpInterpreterMeta>(&meta)) mode = jvp->prevFwdGradMode_;
  return js::boolean(call.env(), mode);
}

// disable_functorch(disabled): whether it was; meanwhile operators see wrapped tensors as they are
napi_value disable_functorch(Call& call) {
  const bool before = c10::impl::tls_is_dispatch_key_excluded(c10::DispatchKey::FuncTorchDynamicLayerFrontMode);
  for (const auto key :
       {c10::DispatchKey::FuncTorchDynamicLayerFrontMode, c10::DispatchKey::FuncTorchDynamicLayerBackMode}) {
    c10::impl::tls_set_dispatch_key_excluded(key, call.boolean(0));
  }
  return js::boolean(call.env(), before);
}

// set_inplace_requires_grad_allowed(allowed): whether it was
napi_value set_inplace_requires_grad_allowed(Call& call) {
  if (ft::functorchTLSAccessor() == nullptr) return js::boolean(call.env(), false);
  const bool before = ft::getInplaceRequiresGradAllowed();
  ft::setInplaceRequiresGradAllowed(call.boolean(0));
  return js::boolean(call.env(), before);
}

// Throws where a transform forbids Tensor.requires_grad_().
napi_value check_supports_inplace_requires_grad(Call& call) {
  const auto& state = ft::functorchTLSAccessor();
  if (state) state->checkSupportsInplaceRequiresGrad();
  return call.undefined();
}

napi_value vmapmode_increment_nesting(Call& call) { return level_of(call, at::impl::VmapMode::increment_nesting()); }

napi_value vmapmode_decrement_nesting(Call& call) { return level_of(call, at::impl::VmapMode::decrement_nesting()); }

}  // namespace tstorch
