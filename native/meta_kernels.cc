// Kernels for tensors without data that Python has in torch/_meta_registrations.py and libtorch has not. As
// FakeTensor's fallback does, the operator runs on zeros of the same sizes and strides, and its results' data is
// dropped.
#include "meta_kernels.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <unordered_set>

namespace tstorch {

namespace {

// Beyond this the data would cost more than a kernel's absence.
constexpr size_t kMostBytes = size_t{1} << 28;

// Operators that Python has no such kernel for either: has_kernel("aten::x", "Meta") is false after importing
// torch._meta_registrations.
const char* const kWithout[] = {
    "_add_relu.Scalar",
    "_add_relu.out",
    "_aminmax",
    "_aminmax.dim",
    "_batch_norm_with_update.out",
    "_compute_linear_combination",
    "_compute_linear_combination.out",
    "_ctc_loss_backward",
    "_ctc_loss_backward.Tensor",
    "_cummax_helper",
    "_cummin_helper",
    "_dirichlet_grad",
    "_empty_affine_quantized",
    "_empty_per_channel_affine_quantized",
    "_fake_quantize_learnable_per_channel_affine",
    "_fake_quantize_learnable_per_channel_affine_backward",
    "_fake_quantize_learnable_per_tensor_affine",
    "_fake_quantize_learnable_per_tensor_affine_backward",
    "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams",
    "_fused_adagrad_",
    "_fused_adagrad_.tensor_lr",
    "_fused_adam_.tensor_lr",
    "_fused_adamw_.tensor_lr",
    "_fused_sgd_",
    "_fused_sgd_.tensor_lr",
    "_logcumsumexp",
    "_logcumsumexp.out",
    "_make_per_channel_quantized_tensor",
    "_make_per_tensor_quantized_tensor",
    "_masked_softmax",
    "_masked_softmax_backward",
    "_native_batch_norm_legit.no_stats_out",
    "_native_batch_norm_legit.out",
    "_nested_compute_contiguous_strides_offsets",
    "_nested_from_padded",
    "_nested_tensor_from_mask",
    "_padded_dense_to_jagged_forward",
    "_sample_dirichlet",
    "_scaled_mm.out",
    "_slow_conv2d_backward.grad_input",
    "_slow_conv2d_backward.output_mask",
    "_slow_conv2d_forward",
    "_slow_conv2d_forward.output",
    "_spdiags",
    "_standard_gamma_grad",
    "_to_sparse",
    "_to_sparse.sparse_dim",
    "_to_sparse_bsc",
    "_to_sparse_bsr",
    "_to_sparse_csc",
    "_to_sparse_csr",
    "_transform_bias_rescale_qkv",
    "_validate_compressed_sparse_indices",
    "adaptive_avg_pool2d.out",
    "adaptive_avg_pool3d.out",
    "adaptive_avg_pool3d_backward.grad_input",
    "batch_norm_update_stats",
    "binomial",
    "dequantize.self",
    "fake_quantize_per_channel_affine_cachemask",
    "fake_quantize_per_tensor_affine_cachemask",
    "fractional_max_pool3d_backward",
    "fractional_max_pool3d_backward.grad_input",
    "from_file",
    "geqrf",
    "geqrf.a",
    "glu_backward_jvp",
    "glu_jvp",
    "histogram.bin_ct",
    "histogram.bin_ct_out",
    "histogram.bins_tensor",
    "histogram.bins_tensor_out",
    "multi_margin_loss_backward",
    "multi_margin_loss_backward.grad_input",
    "multilabel_margin_loss_backward",
    "multilabel_margin_loss_backward.grad_input",
    "quantize_per_channel",
    "quantize_per_tensor_dynamic",
    "quantized_gru.data",
    "quantized_gru.data_legacy",
    "quantized_gru.input",
    "quantized_gru.input_legacy",
    "quantized_lstm.data",
    "quantized_lstm.data_legacy",
    "quantized_lstm.input",
    "quantized_lstm.input_legacy",
    "slow_conv3d_forward",
    "slow_conv3d_forward.output",
    "slow_conv_dilated2d",
    "slow_conv_dilated3d",
    "slow_conv_transpose3d",
    "slow_conv_transpose3d.out",
    "sspaddmm.out",
    "to_mkldnn",
};

// Composite for libtorch, but for no device without kernels.
const char* const kComposite[] = {"convolution", "convolution_backward", "mode.values"};

[[noreturn]] void refuse(const c10::OperatorHandle& op) {
  TORCH_CHECK_NOT_IMPLEMENTED(
      false, op.operator_name(),
      ": attempted to run this operator with Meta tensors, but there was no fake impl or Meta kernel registered. You "
      "may "
      "have run into this message while using an operator with PT2 compilation APIs (torch.compile/torch.export); in "
      "order "
      "to use this operator with those APIs you'll need to add a fake impl. Please see the following for next steps:  "
      "https://pytorch.org/tutorials/advanced/custom_ops_landing_page.html");
}

// One call: which data stands for which tensors.
class OnData {
 public:
  explicit OnData(const c10::OperatorHandle& op) : op_(op) {}

  // Results of data cannot go into an output without: as Python's decompositions say it.
  void refuse_copies(c10::ArrayRef<c10::IValue> arguments) const {
    bool data = false, out = false;
    for (size_t i = 0; i < arguments.size(); i++) {
      if (!arguments[i].isTensor() || !arguments[i].toTensor().defined()) continue;
      const at::Tensor& tensor = arguments[i].toTensor();
      data = data || (!tensor.is_meta() && tensor.dim() > 0);
      out = out || (tensor.is_meta() && op_.schema().arguments()[i].is_out());
    }
    TORCH_CHECK(!data || !out,
                "Attempting to copy from device cpu to device meta, but cross-device copies are not allowed!");
  }

  c10::IValue replace(const c10::IValue& value) {
    if (value.isTensor()) return data_for(value.toTensor());
    if (value.isDevice()) return value.toDevice().is_meta() ? c10::Device(c10::kCPU) : value.toDevice();
    if (value.isGenerator()) return value.toGenerator().clone();
    if (value.isTensorList() || value.isOptionalTensorList()) {
      auto list = value.toList().copy();
      for (size_t i = 0; i < list.size(); i++) list.set(i, replace(list.get(i)));
      return list;
    }
    return value;
  }

  c10::IValue give_back(const c10::IValue& value) {
    if (value.isNone()) return value;
    if (value.isTensor()) return without_data(value.toTensor());
    if (!value.isTensorList()) refuse(op_);
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(without_data(tensor));
    return list;
  }

  // What was resized is resized.
  void resize() const {
    for (const auto& [meta, data] : replaced_) {
      if (meta.sizes() != data.sizes()) meta.resize_(data.sizes());
      if (meta.strides() != data.strides())
        meta.unsafeGetTensorImpl()->set_sizes_and_strides(data.sizes(), data.strides());
    }
  }

 private:
  at::Tensor data_for(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    if (tensor.layout() != at::kStrided || tensor.is_quantized() || tensor.is_nested()) refuse(op_);
    if (!tensor.is_meta()) return tensor;
    for (const auto& [meta, data] : replaced_)
      if (meta.is_same(tensor)) return data;
    bytes_ += tensor.nbytes();
    if (bytes_ > kMostBytes) refuse(op_);
    const at::TensorOptions options = at::dtype(tensor.dtype()).device(at::kCPU);
    at::Tensor data = at::empty_strided(tensor.sizes(), tensor.strides(), options);
    data.fill_(at::isIntegralType(tensor.scalar_type(), /*includeBool=*/true) ? 0 : 1);
    replaced_.emplace_back(tensor, data);
    return data;
  }

  at::Tensor without_data(const at::Tensor& tensor) const {
    if (!tensor.defined()) return tensor;
    for (const auto& [meta, data] : replaced_)
      if (data.is_same(tensor)) return meta;
    if (tensor.layout() != at::kStrided || tensor.is_quantized()) refuse(op_);
    return at::empty_strided(tensor.sizes(), tensor.strides(), at::dtype(tensor.dtype()).device(at::kMeta));
  }

  const c10::OperatorHandle& op_;
  std::vector<std::pair<at::Tensor, at::Tensor>> replaced_;
  size_t bytes_ = 0;
};

// Nothing is drawn without data: the default generator is left as it was.
class KeepsSeed {
 public:
  KeepsSeed() : generator_(at::detail::getDefaultCPUGenerator()) {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    state_ = generator_.get_state();
  }
  ~KeepsSeed() {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    generator_.set_state(state_);
  }
  KeepsSeed(const KeepsSeed&) = delete;
  KeepsSeed& operator=(const KeepsSeed&) = delete;

 private:
  at::Generator generator_;
  at::Tensor state_;
};

void run_on_data(const c10::OperatorHandle& op, c10::DispatchKeySet /*keys*/, torch::jit::Stack* stack) {
  const size_t count = op.schema().arguments().size();
  OnData call(op);
  call.refuse_copies(torch::jit::last(*stack, count));
  torch::jit::Stack values;
  for (auto argument = stack->end() - static_cast<ptrdiff_t>(count); argument != stack->end(); ++argument)
    values.push_back(call.replace(*argument));
  {
    std::optional<KeepsSeed> seed;
    if (op.hasTag(at::Tag::nondeterministic_seeded)) seed.emplace();
    op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &values);
  }
  call.resize();
  torch::jit::drop(*stack, count);
  for (const c10::IValue& value : values) stack->push_back(call.give_back(value));
}

bool is_composite(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd) ||
         op.hasKernelForDispatchKey(c10::DispatchKey::CompositeExplicitAutograd) ||
         op.hasKernelForDispatchKey(c10::DispatchKey::CompositeExplicitAutogradNonFunctional);
}

// Whether the sizes of the results follow from those of the arguments, and no result is a view.
bool is_determined(const c10::OperatorHandle& op) {
  for (const at::Tag tag : {at::Tag::data_dependent_output, at::Tag::dynamic_output_shape, at::Tag::inplace_view}) {
    if (op.hasTag(tag)) return false;
  }
  for (const c10::Argument& result : op.schema().returns()) {
    if (result.alias_info() != nullptr && !result.alias_info()->isWrite()) return false;
  }
  return true;
}

void register_kernels() {
  // Kept for ever: nothing is to be unregistered while the process ends.
  static auto& library = *new torch::Library(torch::Library::IMPL, "aten", c10::DispatchKey::Meta, __FILE__, __LINE__);
  const auto add = [](const std::string& name) {
    library.impl(name.c_str(), torch::CppFunction::makeFromBoxedFunction<&run_on_data>());
  };
  const std::unordered_set<std::string> without(std::begin(kWithout), std::end(kWithout));
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    if (name.getNamespace() != "aten") continue;
    const auto op = dispatcher.findSchema(name);
    if (!op.has_value() || op->hasKernelForDispatchKey(c10::DispatchKey::Meta) ||
        !op->hasKernelForDispatchKey(c10::DispatchKey::CPU) || is_composite(*op) || !is_determined(*op))
      continue;
    const std::string full = c10::toString(name).substr(6);
    if (without.count(full) == 0) add(full);
  }
  for (const char* name : kComposite) add(name);
  library.impl("_local_scalar_dense", [](const at::Tensor& /*self*/) -> at::Scalar {
    TORCH_CHECK(false, "Tensor.item() cannot be called on meta tensors");
  });
}

}  // namespace

void ensure_meta_kernels() {
  static const bool once = (register_kernels(), true);
  (void)once;
}

}  // namespace tstorch
