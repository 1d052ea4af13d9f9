#include "dispatch_modes.h"

#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/utils/torch_dispatch_mode.h>

#include <optional>

#include "functions.h"
#include "interpreter.h"
#include "results.h"

namespace tstorch {

namespace {

using torch::torch_dispatch_mode::StashTorchDispatchModeGuard;
using Values = std::vector<c10::IValue>;

napi_value wrap_values(Addon& addon, const c10::IValue* values, size_t count) {
  const napi_value result = js::array(addon.env, count);
  for (size_t i = 0; i < count; i++) js::set_at(addon.env, result, i, wrap_value(addon, values[i]));
  return result;
}

std::string name_of(const c10::OperatorHandle& op) { return toString(op.operator_name()); }

// A result without its graph, which still shares the version of its memory.
c10::IValue detached(const c10::IValue& value) {
  if (value.isTensor() && value.toTensor().defined()) return value.toTensor().detach();
  if (!value.isTensorList()) return value;
  c10::List<at::Tensor> result;
  for (const at::Tensor& tensor : value.toTensorVector()) result.push_back(tensor.detach());
  return result;
}

std::vector<at::Tensor> tensors_in(const Values& values) {
  std::vector<at::Tensor> found;
  for (const c10::IValue& value : values) {
    if (value.isTensor()) found.push_back(value.toTensor());
    if (!value.isTensorList()) continue;
    for (const at::Tensor& tensor : value.toTensorVector()) found.push_back(tensor);
  }
  return found;
}

std::shared_ptr<Values> kept_of(Call& call) {
  return std::static_pointer_cast<Values>(state_of(call.env(), call.value(0)));
}

struct WithVersions {
  const bool before = c10::impl::tls_is_dispatch_key_excluded(c10::DispatchKey::ADInplaceOrView);
  WithVersions() { c10::impl::tls_set_dispatch_key_excluded(c10::DispatchKey::ADInplaceOrView, false); }
  ~WithVersions() { c10::impl::tls_set_dispatch_key_excluded(c10::DispatchKey::ADInplaceOrView, before); }
};

}  // namespace

// The mode is asked first, with the operator's name and arguments: it answers null to have the operator run, true to be
// told of the results then, false to have what the operator is composed of run within the mode, or what it was given
// with earlier results to have these instead.
void dispatch_to_mode(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  std::optional<StashTorchDispatchModeGuard> outside(std::in_place);
  const Callback& mode = held(*outside->get_cur_mode());
  const size_t count = op.schema().arguments().size();
  const Values arguments(stack->end() - static_cast<ptrdiff_t>(count), stack->end());
  bool told = false;
  bool composed = false;
  std::shared_ptr<void> earlier;
  const auto ask = [&](Addon& addon) -> Callback::Arguments {
    return {js::string(addon.env, name_of(op)), wrap_values(addon, arguments.data(), count)};
  };
  mode.call(ask, [&](Addon& addon, napi_value answer) {
    const napi_valuetype type = js::type_of(addon.env, answer);
    told = type == napi_boolean && js::to_boolean(addon.env, answer);
    composed = type == napi_boolean && !told;
    if (type == napi_external) earlier = state_of(addon.env, answer);
  });
  if (earlier) {
    torch::jit::drop(*stack, count);
    const auto& results = *std::static_pointer_cast<Values>(earlier);
    stack->insert(stack->end(), results.begin(), results.end());
    return;
  }
  constexpr auto kComposite = c10::DispatchKey::CompositeImplicitAutograd;
  if (composed && op.hasKernelForDispatchKey(kComposite)) {
    outside.reset();
    return op.callBoxedForDispatchKey(kComposite, *stack);
  }
  op.callBoxed(stack);
  if (!told) return;
  const size_t returned = op.schema().returns().size();
  auto results = std::make_shared<Values>();
  {
    WithVersions versions;
    for (size_t i = 0; i < returned; i++) results->push_back(detached((*stack)[stack->size() - returned + i]));
  }
  mode.call(
      [&](Addon& addon) -> Callback::Arguments {
        Callback::Arguments told_of = ask(addon);
        told_of.push_back(wrap_values(addon, stack->data() + stack->size() - returned, returned));
        told_of.push_back(wrap_state(addon, results));
        return told_of;
      },
      [](Addon&, napi_value) {});
}

c10::intrusive_ptr<c10::TensorImpl> detach_outside_of_mode(const c10::TensorImpl* tensor) {
  StashTorchDispatchModeGuard outside;
  at::AutoDispatchBelowADInplaceOrView below_autograd;
  const at::Tensor self(c10::intrusive_ptr<c10::TensorImpl>::reclaim_copy(const_cast<c10::TensorImpl*>(tensor)));
  return self.detach().getIntrusivePtr();
}

// push_dispatch_mode(handler: (name, arguments, results?, kept?) => null | boolean | kept)
napi_value push_dispatch_mode(Call& call) {
  c10::impl::TorchDispatchModeTLS::push_non_infra_mode_onto_stack(
      hold_mode(std::make_shared<Callback>(call.addon(), call.value(0))));
  return call.undefined();
}

napi_value pop_dispatch_mode(Call& call) {
  c10::impl::TorchDispatchModeTLS::pop_stack();
  return call.undefined();
}

// kept_versions(kept): how often the memory of each tensor among the results has been written
napi_value kept_versions(Call& call) {
  std::vector<int64_t> versions;
  for (const at::Tensor& tensor : tensors_in(*kept_of(call))) {
    if (tensor.defined()) versions.push_back(tensor._version());
  }
  const napi_value result = js::array(call.env(), versions.size());
  for (size_t i = 0; i < versions.size(); i++) js::set_at(call.env(), result, i, js::integer(call.env(), versions[i]));
  return result;
}

// kept_tensors(kept): the tensors among the results, those in lists one by one
napi_value kept_tensors(Call& call) { return call.wrap(tensors_in(*kept_of(call))); }

// replace_kept(kept, tensors): the results with others in the places of their tensors
napi_value replace_kept(Call& call) {
  const auto kept = kept_of(call);
  const std::vector<at::Tensor> tensors = call.tensors(1);
  TORCH_CHECK(tensors.size() == tensors_in(*kept).size(), "replaceKept: another number of tensors");
  auto next = tensors.begin();
  auto results = std::make_shared<Values>();
  for (const c10::IValue& value : *kept) {
    if (value.isTensor()) {
      results->emplace_back(*next++);
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (size_t i = 0; i < value.toTensorVector().size(); i++) list.push_back(*next++);
      results->emplace_back(list);
    } else {
      results->push_back(value);
    }
  }
  return wrap_state(call.addon(), results);
}

}  // namespace tstorch
