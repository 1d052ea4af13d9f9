// torch.nn.functional: activations, softmax and its relatives

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import type { dtype } from "../../dtype.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as _nn from "../../generated/nn.js";
import * as torch from "../../generated/torch.js";
import { contiguous_format } from "../../layout.js";
import { warn } from "./warn.js";

/**
 * Keeps the elements that are greater than `threshold` and replaces the others by `value`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.threshold.html}
 */
export const threshold = def(
  "_threshold",
  ["input", "threshold", "value", "inplace"],
  (input: Tensor, threshold: number, value: number, inplace = false): Tensor => {
    if (inplace) return torch.threshold_(input, threshold, value);
    return torch.threshold(input, threshold, value);
  },
);

/**
 * max(0, x) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.relu.html}
 */
export const relu = def("relu", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return torch.relu_(input);
  return torch.relu(input);
});

/**
 * The gated linear unit: one half of the input along `dim` times the sigmoid of the other half.
 *
 * Throws RuntimeError for a tensor of no dimensions and for an odd size.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.glu.html}
 */
export const glu = def("glu", ["input", "dim"], (input: Tensor, dim = -1): Tensor => {
  if (input.dim() === 0) throw new RuntimeError("glu does not support scalars because halving size must be even");
  return _nn.glu(input, dim);
});

/**
 * Limits each element to `min_val` ... `max_val`.
 *
 * Throws ValueError if `min_val` is greater than `max_val`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.hardtanh.html}
 */
export const hardtanh = def(
  "hardtanh",
  ["input", "min_val", "max_val", "inplace"],
  (input: Tensor, min_val = -1, max_val = 1, inplace = false): Tensor => {
    if (min_val > max_val) throw new ValueError("min_val cannot be greater than max_val");
    if (inplace) return _nn.hardtanh_(input, min_val, max_val);
    return _nn.hardtanh(input, min_val, max_val);
  },
);

/**
 * min(max(0, x), 6) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.relu6.html}
 */
export const relu6 = def("relu6", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return _nn.relu6_(input);
  return _nn.relu6(input);
});

/**
 * The exponential linear unit of each element: x where it is positive, alpha * (exp(x) - 1) elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.elu.html}
 */
export const elu = def("elu", ["input", "alpha", "inplace"], (input: Tensor, alpha = 1, inplace = false): Tensor => {
  if (inplace) return _nn.elu_(input, alpha);
  return _nn.elu(input, alpha);
});

/**
 * The scaled exponential linear unit of each element: scale * (max(0, x) + min(0, alpha * (exp(x) - 1))), with
 * alpha = 1.6732632423543772 and scale = 1.0507009873554805.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.selu.html}
 */
export const selu = def("selu", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return torch.selu_(input);
  return torch.selu(input);
});

/**
 * The continuously differentiable ELU of each element: max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.celu.html}
 */
export const celu = def("celu", ["input", "alpha", "inplace"], (input: Tensor, alpha = 1, inplace = false): Tensor => {
  if (inplace) return torch.celu_(input, alpha);
  return torch.celu(input, alpha);
});

/**
 * x where it is positive and negative_slope * x elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.leaky_relu.html}
 */
export const leaky_relu = def(
  "leaky_relu",
  ["input", "negative_slope", "inplace"],
  (input: Tensor, negative_slope = 0.01, inplace = false): Tensor => {
    if (inplace) return _nn.leaky_relu_(input, negative_slope);
    return _nn.leaky_relu(input, negative_slope);
  },
);

/**
 * The leaky ReLU whose slope is drawn for each negative element from lower ... upper, or, when not training, their mean.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.rrelu.html}
 */
export const rrelu = def(
  "rrelu",
  ["input", "lower", "upper", "training", "inplace"],
  (input: Tensor, lower = 1 / 8, upper = 1 / 3, training = false, inplace = false): Tensor => {
    if (inplace) return torch.rrelu_(input, lower, upper, training);
    return torch.rrelu(input, lower, upper, training);
  },
);

/**
 * x - tanh(x) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.tanhshrink.html}
 */
export const tanhshrink = def("tanhshrink", ["input"], (input: Tensor): Tensor => input.sub(input.tanh()));

/**
 * x / (1 + |x|) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.softsign.html}
 */
export const softsign = def("softsign", ["input"], (input: Tensor): Tensor => input.div(input.abs().add(1)));

/** The dimension that softmax takes when none is named. */
export function _get_softmax_dim(name: string, ndim: number): number {
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1;
}

const softmaxParameters = ["input", "dim", "_stacklevel", "dtype"] as const;

/**
 * The softmax of the negated input along `dim`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.softmin.html}
 */
export const softmin = def(
  "softmin",
  softmaxParameters,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor => {
    dim ??= _get_softmax_dim("softmin", input.dim());
    return input.neg().softmax(dim, dtype);
  },
);

/**
 * exp(x) divided by its sum along `dim`: positive elements that sum to 1.
 *
 * Given a `dtype`, the input is converted first, so that a narrow one does not overflow. Without `dim`, which is
 * deprecated, it is 0 for tensors of 0, 1 and 3 dimensions and 1 for others.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.softmax.html}
 */
export const softmax = def(
  "softmax",
  softmaxParameters,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor => {
    dim ??= _get_softmax_dim("softmax", input.dim());
    return input.softmax(dim, dtype);
  },
);

/**
 * Samples of the Gumbel-Softmax distribution along `dim`; `hard` makes them one-hot, with the gradient of the soft ones.
 *
 * `logits` are unnormalized log-probabilities, `tau` is the temperature; `eps` has no effect any more.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.gumbel_softmax.html}
 */
export const gumbel_softmax = def(
  "gumbel_softmax",
  ["logits", "tau", "hard", "eps", "dim"],
  (logits: Tensor, tau = 1, hard = false, eps = 1e-10, dim = -1): Tensor => {
    if (eps !== 1e-10) warn("`eps` parameter is deprecated and has no effect.");

    let gumbels = torch.empty_like(logits, { memory_format: contiguous_format }).exponential_().log().neg();
    gumbels = logits.add(gumbels).div(tau);
    const y_soft = gumbels.softmax(dim);
    if (!hard) return y_soft;

    // One-hot in the forward pass; what is added and taken away carries the gradient of the soft sample.
    const index = y_soft.max(dim, { keepdim: true })[1];
    const y_hard = torch.zeros_like(logits, { memory_format: contiguous_format }).scatter_(dim, index, 1);
    return y_hard.sub(y_soft.detach()).add(y_soft);
  },
);

/**
 * The logarithm of softmax along `dim`, computed in one so that it neither overflows nor loses digits.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.log_softmax.html}
 */
export const log_softmax = def(
  "log_softmax",
  softmaxParameters,
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor => {
    dim ??= _get_softmax_dim("log_softmax", input.dim());
    return input.log_softmax(dim, dtype);
  },
);

/**
 * The hyperbolic tangent of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.tanh.html}
 */
export const tanh = def("tanh", ["input"], (input: Tensor): Tensor => input.tanh());

/**
 * 1 / (1 + exp(-x)) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.sigmoid.html}
 */
export const sigmoid = def("sigmoid", ["input"], (input: Tensor): Tensor => input.sigmoid());

/**
 * A sigmoid made of straight lines: x / 6 + 1 / 2 within 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.hardsigmoid.html}
 */
export const hardsigmoid = def("hardsigmoid", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return _nn.hardsigmoid_(input);
  return _nn.hardsigmoid(input);
});

/**
 * x * sigmoid(x) of each element, also known as swish.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.silu.html}
 */
export const silu = def("silu", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return _nn.silu_(input);
  return _nn.silu(input);
});

/**
 * x * tanh(softplus(x)) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.mish.html}
 */
export const mish = def("mish", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return _nn.mish_(input);
  return _nn.mish(input);
});

/**
 * x * min(max(0, x + 3), 6) / 6 of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.hardswish.html}
 */
export const hardswish = def("hardswish", ["input", "inplace"], (input: Tensor, inplace = false): Tensor => {
  if (inplace) return _nn.hardswish_(input);
  return _nn.hardswish(input);
});
