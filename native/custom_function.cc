// torch.autograd.Function: a node of the graph whose backward is a JavaScript function.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable_info.h>

#include <unordered_set>

#include "callbacks.h"
#include "functions.h"

namespace tstorch {

namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;
using torch::autograd::VariableInfo;

class CustomNode final : public torch::autograd::Node {
 public:
  CustomNode(std::string name, std::unique_ptr<Callback> backward, bool materialize)
      : name_(std::move(name)), backward_(std::move(backward)), materialize_(materialize) {}

  std::string name() const override { return name_; }

  variable_list apply(variable_list&& gradients) override {
    if (materialize_) {
      at::OptionalDeviceGuard guard;
      for (size_t i = 0; i < gradients.size(); i++) {
        if (!gradients[i].defined() && i < output_info_.size()) gradients[i] = output_info_[i].zeros(guard);
      }
    }
    variable_list result;
    // The function may ask for the saved tensors through the node: see custom_function_saved().
    const auto self =
        std::make_shared<c10::intrusive_ptr<CustomNode>>(c10::intrusive_ptr<CustomNode>::reclaim_copy(this));
    backward_->call(
        [&](Addon& addon) -> Callback::Arguments {
          return {Callback::wrap(addon, gradients), wrap_state(addon, self)};
        },
        [&](Addon& addon, napi_value value) { result = Callback::unwrap(addon, value); });
    result.resize(num_outputs());
    return result;
  }

  void release_variables() override {
    released_ = !saved_.empty();
    saved_.clear();
  }

  void save(const at::Tensor& tensor, bool is_output) { saved_.emplace_back(tensor, is_output); }

  void add_output(const at::Tensor& output) { output_info_.emplace_back(output); }

  variable_list unpack(bool clear) {
    TORCH_CHECK(!released_, torch::autograd::ERR_BACKWARD_TWICE);
    TORCH_CHECK(
        !cleared_,
        "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
        "autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False.");
    variable_list result;
    for (const SavedVariable& saved : saved_) result.push_back(saved.unpack(getptr()));
    if (clear) saved_.clear();
    cleared_ = clear;
    return result;
  }

 private:
  std::string name_;
  std::unique_ptr<Callback> backward_;
  bool materialize_;
  bool released_ = false;
  bool cleared_ = false;
  std::vector<SavedVariable> saved_;
  std::vector<VariableInfo> output_info_;
};

std::unordered_set<at::TensorImpl*> impls(const std::vector<at::Tensor>& tensors) {
  std::unordered_set<at::TensorImpl*> result;
  for (const at::Tensor& tensor : tensors) result.insert(tensor.unsafeGetTensorImpl());
  return result;
}

void declare_grad_dtypes(napi_env env, napi_value dtypes, const variable_list& outputs, const CustomNode& node) {
  for (size_t i = 0; i < outputs.size(); i++) {
    const at::Tensor& output = outputs[i];
    if (!output.defined() || output.grad_fn().get() != &node) continue;
    const napi_value code = js::element(env, dtypes, i);
    const auto dtype = js::is_nullish(env, code)
                           ? std::nullopt
                           : std::optional(static_cast<at::ScalarType>(js::to_integer(env, code)));
    output.grad_fn()->mutable_input_metadata(output.output_nr()).set_grad_dtype(dtype);
  }
}

}  // namespace

// record_custom_function(name, inputs, outputs, dirty, nonDifferentiable, saved, materialize, backward, jvp, view,
//     dtypes): the outputs
//   backward: (gradOutputs, node) => (handle | null)[], one for each input; jvp: (tangents) => one for each output;
//   view: whether setup_context saves inputs that forward may return; dtypes: of the outputs' gradients, null for any,
//   or null where none are declared.
// JavaScript gets no handle of the node but in backward: the node owns the function, and such a circle would never be
// freed.
napi_value record_custom_function(Call& call) {
  const auto inputs = call.tensors(1), raw_outputs = call.tensors(2), dirty = call.tensors(3);
  const auto non_differentiable = call.tensors(4), saved = call.tensors(5);
  const bool executable = at::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);

  auto node = c10::make_intrusive<CustomNode>(call.string(0), std::make_unique<Callback>(call.addon(), call.value(7)),
                                              call.boolean(6));
  if (executable) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  }
  for (const at::Tensor& tensor : dirty) {
    if (tensor.unsafeGetTensorImpl()->is_inference()) continue;
    torch::autograd::impl::bump_version(tensor);
  }
  std::vector<std::optional<at::Tensor>> outputs(raw_outputs.begin(), raw_outputs.end());
  const Callback jvp_callback(call.addon(), call.value(8));
  const torch::autograd::_jvp_fn_t jvp = [&](const variable_list&, const variable_list& tangents) {
    return jvp_callback({tangents}).value_or(variable_list());
  };
  const torch::autograd::_view_as_self_fn_t view_as_self = [](const at::Tensor& x) { return x.view_as(x); };
  c10::intrusive_ptr<torch::autograd::Node> recorded;
  if (executable) recorded = node;
  c10::intrusive_ptr<torch::autograd::Node> attached;
  std::unordered_set<at::TensorImpl*> saved_in_setup;
  if (call.boolean(9)) saved_in_setup = impls(saved);
  const auto wrapped =
      torch::autograd::_wrap_outputs(inputs, impls(non_differentiable), impls(dirty), outputs, recorded, jvp,
                                     saved_in_setup, view_as_self, /*pure_view=*/false, attached);

  variable_list results;
  for (const auto& output : wrapped) results.push_back(output.value_or(at::Tensor()));
  if (executable) {
    for (const at::Tensor& output : results) node->add_output(output);
    if (call.has(10)) declare_grad_dtypes(call.env(), call.value(10), results, *node);
    for (const at::Tensor& tensor : saved) {
      // What forward returned has become the output that carries the graph: that one is saved, as an output.
      bool is_output = false;
      at::Tensor kept = tensor;
      for (size_t i = 0; i < raw_outputs.size(); i++) {
        if (tensor.defined() && raw_outputs[i].is_same(tensor) && results[i].grad_fn() == recorded) {
          is_output = true;
          kept = results[i];
        }
      }
      node->save(kept, is_output);
    }
  }
  return call.wrap(results);
}

// custom_function_saved(node, clear): the tensors that forward saved, while backward runs; the node may let go of them
napi_value custom_function_saved(Call& call) {
  const auto node = std::static_pointer_cast<c10::intrusive_ptr<CustomNode>>(state_of(call.env(), call.value(0)));
  return call.wrap((*node)->unpack(call.boolean(1)));
}

}  // namespace tstorch
