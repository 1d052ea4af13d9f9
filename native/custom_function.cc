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
    variable_list result = (*backward_)({gradients, unpack()}).value_or(variable_list());
    result.resize(num_outputs());
    return result;
  }

  void release_variables() override {
    released_ = !saved_.empty();
    saved_.clear();
  }

  void save(const at::Tensor& tensor, bool is_output) { saved_.emplace_back(tensor, is_output); }

  void add_output(const at::Tensor& output) { output_info_.emplace_back(output); }

 private:
  variable_list unpack() {
    TORCH_CHECK(!released_, torch::autograd::ERR_BACKWARD_TWICE);
    variable_list result;
    for (const SavedVariable& saved : saved_) result.push_back(saved.unpack(getptr()));
    return result;
  }

  std::string name_;
  std::unique_ptr<Callback> backward_;
  bool materialize_;
  bool released_ = false;
  std::vector<SavedVariable> saved_;
  std::vector<VariableInfo> output_info_;
};

std::unordered_set<at::TensorImpl*> impls(const std::vector<at::Tensor>& tensors) {
  std::unordered_set<at::TensorImpl*> result;
  for (const at::Tensor& tensor : tensors) result.insert(tensor.unsafeGetTensorImpl());
  return result;
}

}  // namespace

// record_custom_function(name, inputs, outputs, dirty, nonDifferentiable, saved, materialize, backward):
//   the outputs; backward: (gradOutputs, saved) => (handle | null)[], one for each input.
// JavaScript gets no handle of the node, which owns the function: such a circle would never be freed.
napi_value record_custom_function(Call& call) {
  const auto inputs = call.tensors(1), raw_outputs = call.tensors(2), dirty = call.tensors(3);
  const auto non_differentiable = call.tensors(4), saved = call.tensors(5);
  const bool executable = at::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);

  auto node = c10::make_intrusive<CustomNode>(call.string(0), std::make_unique<Callback>(call.env(), call.value(7)),
                                              call.boolean(6));
  if (executable) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  }
  for (const at::Tensor& tensor : dirty) {
    if (tensor.unsafeGetTensorImpl()->is_inference()) continue;
    torch::autograd::impl::bump_version(tensor);
  }
  std::vector<std::optional<at::Tensor>> outputs(raw_outputs.begin(), raw_outputs.end());
  const torch::autograd::_jvp_fn_t no_jvp = [](const variable_list&, const variable_list&) -> variable_list {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "jvp is not implemented for this autograd.Function");
  };
  const torch::autograd::_view_as_self_fn_t view_as_self = [](const at::Tensor& x) { return x.view_as(x); };
  c10::intrusive_ptr<torch::autograd::Node> recorded;
  if (executable) recorded = node;
  c10::intrusive_ptr<torch::autograd::Node> attached;
  const auto wrapped =
      torch::autograd::_wrap_outputs(inputs, impls(non_differentiable), impls(dirty), outputs, recorded, no_jvp, {},
                                     view_as_self, /*pure_view=*/false, attached);

  variable_list results;
  for (const auto& output : wrapped) results.push_back(output.value_or(at::Tensor()));
  if (executable) {
    for (const at::Tensor& output : results) node->add_output(output);
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

}  // namespace tstorch
