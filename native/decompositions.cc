// Operators made of others where libtorch has no rule for vmap or forward differentiation: what Python adds to it in
// torch/_functorch/predispatch.py and torch/_decomp/decompositions_for_jvp.py.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/jit_decomp_interface.h>
#include <torch/library.h>

#include <unordered_map>

#include "functorch.h"

namespace tstorch {

namespace {

using at::Reduction::Mean;
using at::Reduction::None;
using at::Reduction::Sum;
using OptionalTensor = std::optional<at::Tensor>;

double norm_of(const at::Tensor& self, int64_t reduction) {
  return reduction == Mean ? 1.0 / static_cast<double>(self.numel()) : 1.0;
}

at::Tensor mse_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                             int64_t reduction) {
  return 2.0 * norm_of(self, reduction) * (self - target) * grad;
}

at::Tensor smooth_l1_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                                   int64_t reduction, double beta) {
  const at::Tensor x = self - target;
  const at::Tensor scaled = norm_of(self, reduction) * grad;
  return at::where(x.abs() < beta, scaled * x / beta, scaled * x.sign());
}

at::Tensor huber_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& target,
                               int64_t reduction, double delta) {
  const double norm = norm_of(self, reduction);
  const at::Tensor x = self - target;
  return at::where(x < -delta, -norm * grad * delta, at::where(x > delta, norm * grad * delta, norm * x * grad));
}

at::Tensor addr(const at::Tensor& self, const at::Tensor& vec1, const at::Tensor& vec2, const at::Scalar& beta,
                const at::Scalar& alpha) {
  TORCH_CHECK(vec1.dim() == 1, "addr: Expected 1-D argument vec1, but got ", vec1.dim(), "-D");
  TORCH_CHECK(vec2.dim() == 1, "addr: Expected 1-D argument vec2, but got ", vec2.dim(), "-D");
  const at::Tensor outer = at::outer(vec1, vec2);
  const at::Tensor expanded = self.expand({vec1.size(0), vec2.size(0)});
  if (self.scalar_type() == at::kBool) {
    const at::Tensor added = alpha.toBool() ? outer : at::full_like(expanded, false);
    return beta.toBool() ? at::logical_or(expanded, added) : added;
  }
  if (beta.equal(0)) return at::mul(outer, alpha);
  return at::mul(expanded, beta) + at::mul(outer, alpha);
}

at::Tensor ignored_to(const at::Tensor& target, int64_t ignore_index, const at::Tensor& values) {
  return at::where(target != ignore_index, values, at::zeros_like(values));
}

at::Tensor weight_along(const at::Tensor& weight, int64_t dims, int64_t channel) {
  std::vector<int64_t> shape(static_cast<size_t>(dims), 1);
  shape[static_cast<size_t>(channel)] = weight.size(0);
  return weight.reshape(shape);
}

std::tuple<at::Tensor, at::Tensor> unchecked_nll_loss_forward(const at::Tensor& input, const at::Tensor& target,
                                                              const OptionalTensor& weight, int64_t reduction,
                                                              int64_t ignore_index) {
  const int64_t channel = input.dim() < 2 ? 0 : 1;
  const bool weighted = weight.has_value() && weight->defined();
  const at::Tensor w = weighted ? weight_along(*weight, input.dim(), channel) : at::Tensor();
  const at::Tensor self = weighted ? input * w : input;
  const at::Tensor safe = ignored_to(target, ignore_index, target).unsqueeze(channel);
  at::Tensor result = -self.gather(channel, safe).squeeze(channel);
  result = ignored_to(target, ignore_index, result);
  if (reduction == None && input.dim() > 1) return {result, self.new_zeros({})};
  at::Tensor total;
  if (weighted) {
    total = ignored_to(target, ignore_index, w.expand(self.sizes()).gather(channel, safe).squeeze(channel)).sum();
  } else {
    total = (target != ignore_index).sum().to(self.options());
  }
  if (reduction == Sum) result = result.sum();
  if (reduction == Mean) result = result.sum() / total;
  return {result, total};
}

std::tuple<at::Tensor, at::Tensor> checked_nll_loss_forward(const at::Tensor& self, const at::Tensor& target,
                                                            const OptionalTensor& weight, int64_t reduction,
                                                            int64_t ignore_index) {
  TORCH_CHECK(self.dim() > 0 && self.dim() <= 2, "input tensor should be 1D or 2D");
  TORCH_CHECK(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported");
  TORCH_CHECK((self.dim() == 1 && target.dim() == 0) || self.size(0) == target.size(0),
              "size mismatch (got input: ", self.sizes(), ", target: ", target.sizes(), ")");
  return unchecked_nll_loss_forward(self, target, weight, reduction, ignore_index);
}

at::Tensor nll_loss_backward(const at::Tensor& grad, const at::Tensor& self, const at::Tensor& given_target,
                             const OptionalTensor& weight, int64_t reduction, int64_t ignore_index,
                             const at::Tensor& total_weight) {
  const int64_t channel = self.dim() < 2 ? 0 : 1;
  at::Tensor grad_output = reduction == Mean ? grad / total_weight : grad;
  at::Tensor target = self.dim() == 1 && given_target.dim() > 0 ? given_target[0] : given_target;
  target = target.unsqueeze(channel);
  const at::Tensor grad_input =
      at::scatter(at::zeros_like(self), channel, ignored_to(target, ignore_index, target), -1.0);
  if (grad_input.dim() > grad_output.dim() && grad_output.dim() > 0) grad_output = grad_output.unsqueeze(channel);
  if (weight.has_value() && weight->defined()) grad_output = grad_output * weight_along(*weight, self.dim(), channel);
  return grad_input * at::where(target != ignore_index, grad_output, at::zeros({}, grad_output.options()));
}

at::Tensor cast_to(const at::Tensor& grad, const at::Tensor& result, at::ScalarType dtype) {
  return grad.scalar_type() == dtype ? result : result.to(dtype);
}

at::Tensor softmax_backward_data(const at::Tensor& grad, const at::Tensor& output, int64_t dim, at::ScalarType dtype) {
  const at::Tensor product = grad * output;
  return cast_to(grad, product - output * product.sum(dim, /*keepdim=*/true), dtype).contiguous();
}

at::Tensor log_softmax_backward_data(const at::Tensor& grad, const at::Tensor& output, int64_t dim,
                                     at::ScalarType dtype) {
  return cast_to(grad, grad - output.exp() * grad.sum(dim, /*keepdim=*/true), dtype);
}

at::Tensor trace(const at::Tensor& self) { return self.diag().sum(); }

std::tuple<at::Tensor, at::Tensor> log_sigmoid_forward(const at::Tensor& self) {
  const at::Tensor z = (-self.abs()).exp();
  return {at::minimum(self.new_zeros({}), self) - z.log1p(), self.is_cuda() ? self.new_zeros({0}) : z};
}

// The forward pass kept mean and rstd without their derivatives: they are computed anew.
std::tuple<at::Tensor, at::Tensor> mean_and_rstd(const at::Tensor& input, const at::Tensor& rstd, at::IntArrayRef dims,
                                                 bool keepdim) {
  const auto [var, mean] = at::var_mean(input, dims, /*correction=*/at::Scalar(0), keepdim);
  const at::Tensor eps = (rstd.reciprocal().pow(2) - var).detach();
  return {mean, (var + eps).rsqrt()};
}

std::vector<int64_t> range(int64_t begin, int64_t end) {
  std::vector<int64_t> result;
  for (int64_t i = begin; i < end; i++) result.push_back(i);
  return result;
}

using ThreeTensors = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

ThreeTensors native_layer_norm_backward(const at::Tensor& grad, const at::Tensor& input,
                                        at::IntArrayRef normalized_shape, const at::Tensor& /*mean*/,
                                        const at::Tensor& rstd, const OptionalTensor& weight,
                                        const OptionalTensor& bias, std::array<bool, 3> mask) {
  const auto axis = static_cast<int64_t>(input.dim()) - static_cast<int64_t>(normalized_shape.size());
  const auto inner = range(axis, input.dim()), outer = range(0, axis);
  const int64_t n = c10::multiply_integers(input.sizes().slice(static_cast<size_t>(axis)));
  if (input.numel() == 0) {
    const at::Tensor zeros = input.new_zeros(input.sizes().slice(static_cast<size_t>(axis)));
    return {input.new_zeros(input.sizes()), zeros, zeros.clone()};
  }
  const auto [mean, new_rstd] = mean_and_rstd(input, rstd, inner, /*keepdim=*/true);
  const at::Tensor x_hat = (input - mean) * new_rstd;
  const bool has_weight = weight.has_value() && weight->defined(), has_bias = bias.has_value() && bias->defined();
  const at::Tensor grad_x_hat = has_weight ? grad * *weight : grad;
  at::Tensor d_input, d_weight, d_bias;
  if (mask[0]) {
    const at::Tensor sums = grad_x_hat.sum(inner, /*keepdim=*/true);
    const at::Tensor products = (grad_x_hat * x_hat).sum(inner, /*keepdim=*/true);
    d_input = new_rstd / n * (grad_x_hat * n - sums - x_hat * products);
  } else {
    d_input = at::zeros_like(input);
  }
  if (mask[1] && has_weight) {
    d_weight = outer.empty() ? grad * x_hat : (grad * x_hat).sum(outer);
  } else {
    d_weight = has_weight ? at::zeros_like(*weight) : at::zeros({});
  }
  if (mask[2] && has_bias) {
    d_bias = outer.empty() ? grad.clone() : grad.sum(outer);
  } else {
    d_bias = has_bias ? at::zeros_like(*bias) : at::zeros({});
  }
  return {d_input, d_weight, d_bias};
}

ThreeTensors any_batch_norm_backward(const at::Tensor& grad, const at::Tensor& input, const OptionalTensor& weight,
                                     const OptionalTensor& running_mean, const OptionalTensor& running_var,
                                     const OptionalTensor& save_mean, const OptionalTensor& save_invstd, bool train,
                                     double eps, std::array<bool, 3> mask) {
  TORCH_CHECK(input.dim() >= 2, "rank of the input must be at least 2, got ", input.dim());
  std::vector<int64_t> axes = range(2, input.dim());
  axes.insert(axes.begin(), 0);
  std::vector<int64_t> shape(static_cast<size_t>(input.dim()), 1);
  shape[1] = input.size(1);
  at::Tensor mean, invstd;
  if (train) {
    TORCH_CHECK(save_mean.has_value() && save_invstd.has_value(),
                "when train=True, save_mean and save_invstd are required");
    std::tie(mean, invstd) = mean_and_rstd(input, *save_invstd, axes, /*keepdim=*/false);
  } else {
    TORCH_CHECK(running_mean.has_value() && running_var.has_value(),
                "running_mean and running_var must not be None when train=False");
    mean = *running_mean;
    invstd = (*running_var + eps).rsqrt();
  }
  const bool has_weight = weight.has_value() && weight->defined();
  const double norm = static_cast<double>(input.size(1)) / static_cast<double>(input.numel());
  const at::Tensor centered = input - mean.reshape(shape);
  const at::Tensor grad_sum = grad.sum(axes), dot = (grad * centered).sum(axes);
  const at::Tensor scale = (has_weight ? invstd * *weight : invstd).reshape(shape);
  at::Tensor d_input = grad;
  if (train)
    d_input = grad - centered * (dot * norm * invstd * invstd).reshape(shape) - (grad_sum * norm).reshape(shape);
  const at::Tensor d_weight = mask[1] ? dot * invstd : has_weight ? at::zeros_like(*weight) : at::zeros({});
  return {d_input * scale, d_weight, mask[2] ? grad_sum : at::zeros_like(grad_sum)};
}

ThreeTensors batch_norm_backward(const at::Tensor& grad, const at::Tensor& input, const at::Tensor& weight,
                                 const OptionalTensor& running_mean, const OptionalTensor& running_var,
                                 const OptionalTensor& save_mean, const OptionalTensor& save_var, bool update,
                                 double eps, std::array<bool, 3> mask, const at::Tensor& /*reserve*/) {
  return any_batch_norm_backward(grad, input, weight, running_mean, running_var, save_mean, save_var, update, eps,
                                 mask);
}

// Forward differentiation asks for these by schema, before it gives up on an operator.
class Decompositions final : public torch::autograd::impl::JitDecompInterface {
 public:
  explicit Decompositions(JitDecompInterface* others) : others_(others) {
    add<trace>("trace");
    add<nll_loss_backward>("nll_loss_backward");
    add<nll_loss_backward>("nll_loss2d_backward");
    add<softmax_backward_data>("_softmax_backward_data");
    add<log_softmax_backward_data>("_log_softmax_backward_data");
    add<log_sigmoid_forward>("log_sigmoid_forward");
    add<native_layer_norm_backward>("native_layer_norm_backward");
    add<any_batch_norm_backward>("native_batch_norm_backward");
    add<batch_norm_backward>("batch_norm_backward");
  }

  bool has_jit_decomposition(const c10::FunctionSchema& schema) const override {
    return kernels_.count(c10::toString(schema.operator_name())) > 0 ||
           (others_ != nullptr && others_->has_jit_decomposition(schema));
  }

  void run_jit_decomposition(const c10::OperatorHandle& op, torch::jit::Stack* stack) const override {
    const auto kernel = kernels_.find(c10::toString(op.operator_name()));
    if (kernel != kernels_.end()) {
      kernel->second.callBoxed(op, c10::DispatchKeySet(), stack);
    } else {
      TORCH_CHECK_NOT_IMPLEMENTED(others_ != nullptr, "no decomposition of ", op.operator_name());
      others_->run_jit_decomposition(op, stack);
    }
  }

 private:
  template <auto* function>
  void add(const char* name) {
    kernels_.emplace(std::string("aten::") + name,
                     c10::KernelFunction::makeFromUnboxedFunction(
                         c10::CompileTimeFunctionPointer<std::remove_pointer_t<decltype(function)>, function>()));
  }

  JitDecompInterface* others_;
  std::unordered_map<std::string, c10::KernelFunction> kernels_;
};

}  // namespace

// Python asks these (and conj()) of the tensor itself, so that they hold for mapped ones too.
static void questions(torch::Library& library) {
  library.impl("is_conj", [](const at::Tensor& self) { return self.is_conj(); });
  library.impl("is_neg", [](const at::Tensor& self) { return self.is_neg(); });
  library.impl("is_inference", [](const at::Tensor& self) { return self.is_inference(); });
  library.impl("is_floating_point", [](const at::Tensor& self) { return self.is_floating_point(); });
  library.impl("is_signed", [](const at::Tensor& self) { return self.is_signed(); });
}

void register_decompositions() {
  // Kept for ever: nothing is to be unregistered while the process ends.
  static auto& library =
      *new torch::Library(torch::Library::IMPL, "aten", c10::DispatchKey::FuncTorchBatched, __FILE__, __LINE__);
  library.impl("mse_loss_backward", TORCH_FN(mse_loss_backward));
  library.impl("smooth_l1_loss_backward", TORCH_FN(smooth_l1_loss_backward));
  library.impl("huber_loss_backward", TORCH_FN(huber_loss_backward));
  library.impl("nll_loss_forward", TORCH_FN(checked_nll_loss_forward));
  library.impl("nll_loss2d_forward", TORCH_FN(unchecked_nll_loss_forward));
  library.impl("nll_loss_backward", TORCH_FN(nll_loss_backward));
  library.impl("nll_loss2d_backward", TORCH_FN(nll_loss_backward));
  library.impl("addr", TORCH_FN(addr));
  library.impl("conj", [](const at::Tensor& self) { return self.conj(); });
  questions(library);
  questions(*new torch::Library(torch::Library::IMPL, "aten", c10::DispatchKey::Batched, __FILE__, __LINE__));
  torch::autograd::impl::setJitDecompImpl(new Decompositions(torch::autograd::impl::getJitDecompImpl()));
}

}  // namespace tstorch
