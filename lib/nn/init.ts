// torch/nn/init.py

import type { Tensor } from "../_tensor.js";
import { def, type KeywordFunction } from "../arguments/function.js";
import { no_grad } from "../autograd/grad_mode.js";
import { float64 } from "../dtype.js";
import { ValueError } from "../errors.js";
import * as linalg from "../generated/linalg.js";
import * as torch from "../generated/torch.js";
import { isFloat, isInt, toNumber } from "../python/float.js";
import { repr, str } from "../python/repr.js";
import { tensor as makeTensor } from "../tensor_new.js";
import type { Generator } from "../types.js";
import { warn } from "./functional/warn.js";

/** The names of the functions that `calculate_gain()` knows. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "conv_transpose1d"
  | "conv_transpose2d"
  | "conv_transpose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "selu";

/** A generator of random numbers. */
export interface RandomSource extends Generator {}

/** Whether the variance is kept forward or backward. */
export type FanMode = "fan_in" | "fan_out";

function _no_grad_uniform_(tensor: Tensor, a: number, b: number, generator: Generator | null): Tensor {
  return no_grad(() => tensor.uniform_(a, b, { generator }));
}

function _no_grad_normal_(tensor: Tensor, mean: number, std: number, generator: Generator | null): Tensor {
  return no_grad(() => tensor.normal_(mean, std, { generator }));
}

/** The probability that a standard normal number is below x. */
function norm_cdf(x: number): number {
  return (1 + torch.erf(makeTensor(x / Math.sqrt(2), { dtype: float64 })).item()) / 2;
}

function _no_grad_trunc_normal_(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  generator: Generator | null,
): Tensor {
  if (tensor.is_meta) return tensor;
  if (mean < a - 2 * std || mean > b + 2 * std) {
    warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.");
  }
  return no_grad(() => {
    const p = norm_cdf((b - mean) / std) - norm_cdf((a - mean) / std);
    if (p > 0.3) redrawNormal(tensor, mean, std, a, b, generator);
    else rejectUniform(tensor, mean, std, a, b, generator);
    return tensor;
  });
}

/** Draws again from the normal distribution where a number is out of bounds: most are within. */
function redrawNormal(tensor: Tensor, mean: number, std: number, a: number, b: number, generator: Generator | null) {
  const lo = tensor.new_tensor(a, { device: "cpu" }).item();
  const hi = tensor.new_tensor(b, { device: "cpu" }).item();
  let result: Tensor = tensor.normal_(mean, std, { generator });
  while (true) {
    const mask = result.lt(lo).bitwise_or(result.gt(hi));
    if (!mask.any().item()) break;
    result = torch.where(mask, torch.empty_like(result).normal_(mean, std, { generator }), result);
  }
  if (tensor !== result) tensor.copy_(result);
}

/** Draws from the uniform distribution between the bounds, and rejects with the normal density. */
function rejectUniform(tensor: Tensor, mean: number, std: number, a: number, b: number, generator: Generator | null) {
  const mode = Math.max(a, Math.min(mean, b));
  const log_peak = -0.5 * ((mode - mean) / std) ** 2;
  const candidates = torch.empty_like(tensor);
  const accept_buf = torch.empty_like(tensor);
  const rejected = () => {
    candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(log_peak);
    return accept_buf.uniform_({ generator }).log_().gt(candidates);
  };
  tensor.uniform_(a, b, { generator });
  candidates.copy_(tensor);
  let pending = rejected();
  if (!pending.any().item()) return;
  let result = tensor;
  do {
    candidates.uniform_(a, b, { generator });
    result = torch.where(pending, candidates, result);
    pending = torch.where(pending, rejected(), pending);
  } while (pending.any().item());
  tensor.copy_(result);
}

function _no_grad_fill_(tensor: Tensor, val: number): Tensor {
  return no_grad(() => tensor.fill_(val));
}

function _no_grad_zero_(tensor: Tensor): Tensor {
  return no_grad(() => tensor.zero_());
}

const GAINS: Partial<Record<Nonlinearity, number>> = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  conv_transpose1d: 1,
  conv_transpose2d: 1,
  conv_transpose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.sqrt(2),
  selu: 3 / 4,
};

/**
 * The factor by which the standard deviation of weights in front of a nonlinearity is multiplied.
 *
 * `param` is the slope of "leaky_relu", 0.01 if it is null. Throws ValueError for an unknown nonlinearity.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.calculate_gain}
 */
export const calculate_gain = def(
  "calculate_gain",
  ["nonlinearity", "param"],
  (nonlinearity: Nonlinearity, param: number | null = null): number => {
    if (nonlinearity === "leaky_relu") {
      if (param !== null && !isInt(param) && !isFloat(param)) {
        throw new ValueError(`negative_slope ${str(param)} not a valid number`);
      }
      const negative_slope = param === null ? 0.01 : toNumber(param);
      return Math.sqrt(2 / (1 + negative_slope ** 2));
    }
    const gain = Object.hasOwn(GAINS, nonlinearity) ? GAINS[nonlinearity] : undefined;
    if (gain === undefined) throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
    return gain;
  },
);

/**
 * Fills a tensor, in place, with numbers that are uniformly distributed from `a` to `b`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.uniform_}
 */
export const uniform_ = def(
  "uniform_",
  ["tensor", "a", "b", "generator"],
  (tensor: Tensor, a = 0, b = 1, generator: RandomSource | null = null): Tensor =>
    _no_grad_uniform_(tensor, a, b, generator),
);

/**
 * Fills a tensor, in place, with normally distributed numbers.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.normal_}
 */
export const normal_ = def(
  "normal_",
  ["tensor", "mean", "std", "generator"],
  (tensor: Tensor, mean = 0, std = 1, generator: RandomSource | null = null): Tensor =>
    _no_grad_normal_(tensor, mean, std, generator),
);

/**
 * Fills a tensor, in place, with normally distributed numbers, of which those outside of `[a, b]` are drawn again.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.trunc_normal_}
 */
export const trunc_normal_ = def(
  "trunc_normal_",
  ["tensor", "mean", "std", "a", "b", "generator"],
  (tensor: Tensor, mean = 0, std = 1, a = -2, b = 2, generator: RandomSource | null = null): Tensor =>
    _no_grad_trunc_normal_(tensor, toNumber(mean), toNumber(std), toNumber(a), toNumber(b), generator),
);

/**
 * Fills a tensor with one number, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.constant_}
 */
export const constant_ = def(
  "constant_",
  ["tensor", "val"],
  (tensor: Tensor, val: number): Tensor => _no_grad_fill_(tensor, val),
);

/**
 * Fills a tensor with ones, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.ones_}
 */
export const ones_ = def("ones_", ["tensor"], (tensor: Tensor): Tensor => _no_grad_fill_(tensor, 1));

/**
 * Fills a tensor with zeros, in place.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.zeros_}
 */
export const zeros_ = def("zeros_", ["tensor"], (tensor: Tensor): Tensor => _no_grad_zero_(tensor));

/**
 * Makes a matrix the identity, in place.
 *
 * Throws ValueError for a tensor of other than two dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.eye_}
 */
export const eye_ = def("eye_", ["tensor"], (tensor: Tensor): Tensor => {
  if (tensor.ndimension() !== 2) throw new ValueError("Only tensors with 2 dimensions are supported");
  const [rows, cols] = tensor.shape;
  no_grad(() => torch.eye(rows, cols, { out: tensor }));
  return tensor;
});

/**
 * Makes the weights of a convolution the identity, in place: it hands on as many input channels as it has output channels.
 *
 * Throws ValueError for a tensor of other than three to five dimensions, and if `groups` does not divide the channels.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.dirac_}
 */
export const dirac_ = def("dirac_", ["tensor", "groups"], (tensor: Tensor, groups = 1): Tensor => {
  const sizes = tensor.size();
  if (sizes.length < 3 || sizes.length > 5) {
    throw new ValueError("Only tensors with 3, 4, or 5 dimensions are supported");
  }
  if (sizes[0] % groups !== 0) throw new ValueError("dim 0 must be divisible by groups");
  if (tensor.is_meta) return tensor;
  const out_chans_per_grp = sizes[0] / groups;
  const min_dim = Math.min(out_chans_per_grp, sizes[1]);
  const middle = sizes.slice(2).map((size) => Math.floor(size / 2));
  no_grad(() => {
    tensor.zero_();
    for (let g = 0; g < groups; g++) {
      for (let d = 0; d < min_dim; d++) tensor.index_put_([g * out_chans_per_grp + d, d, ...middle], 1);
    }
  });
  return tensor;
});

/** The number of inputs and of outputs that a weight connects. */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  if (tensor.dim() < 2) {
    throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  }
  const [num_output_fmaps, num_input_fmaps, ...field] = tensor.shape;
  const receptive_field_size = field.reduce((product, size) => product * size, 1);
  return [num_input_fmaps * receptive_field_size, num_output_fmaps * receptive_field_size];
}

/**
 * Fills a weight, in place, with numbers from U(-a, a) with a = gain * sqrt(6 / (fan_in + fan_out)).
 *
 * Throws ValueError for a tensor of fewer than two dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.xavier_uniform_}
 */
export const xavier_uniform_ = def(
  "xavier_uniform_",
  ["tensor", "gain", "generator"],
  (tensor: Tensor, gain = 1, generator: RandomSource | null = null): Tensor => {
    const [fan_in, fan_out] = _calculate_fan_in_and_fan_out(tensor);
    const std = toNumber(gain) * Math.sqrt(2 / (fan_in + fan_out));
    const a = Math.sqrt(3) * std;
    return _no_grad_uniform_(tensor, -a, a, generator);
  },
);

/**
 * Fills a weight, in place, with numbers from N(0, std**2) with std = gain * sqrt(2 / (fan_in + fan_out)).
 *
 * Throws ValueError for a tensor of fewer than two dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.xavier_normal_}
 */
export const xavier_normal_ = def(
  "xavier_normal_",
  ["tensor", "gain", "generator"],
  (tensor: Tensor, gain = 1, generator: RandomSource | null = null): Tensor => {
    const [fan_in, fan_out] = _calculate_fan_in_and_fan_out(tensor);
    const std = toNumber(gain) * Math.sqrt(2 / (fan_in + fan_out));
    return _no_grad_normal_(tensor, 0, std, generator);
  },
);

function _calculate_correct_fan(tensor: Tensor, mode: string): number {
  const valid_modes = ["fan_in", "fan_out"];
  const lower = mode.toLowerCase();
  if (!valid_modes.includes(lower)) {
    throw new ValueError(`Mode ${lower} not supported, please use one of ${repr(valid_modes)}`);
  }
  const [fan_in, fan_out] = _calculate_fan_in_and_fan_out(tensor);
  return lower === "fan_in" ? fan_in : fan_out;
}

/** Whether a tensor has no elements, of which a warning tells. */
function isEmpty(tensor: Tensor): boolean {
  if (!tensor.shape.includes(0)) return false;
  warn("Initializing zero-element tensors is a no-op");
  return true;
}

/**
 * Fills a weight, in place, with numbers from U(-bound, bound) with bound = gain * sqrt(3 / fan).
 *
 * `a` is the slope of "leaky_relu". Throws ValueError for a tensor of fewer than two dimensions and an unknown mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.kaiming_uniform_}
 */
export const kaiming_uniform_ = def(
  "kaiming_uniform_",
  ["tensor", "a", "mode", "nonlinearity", "generator"],
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: RandomSource | null = null,
  ): Tensor => {
    if (isEmpty(tensor)) return tensor;
    const fan = _calculate_correct_fan(tensor, mode);
    const std = calculate_gain(nonlinearity, a) / Math.sqrt(fan);
    const bound = Math.sqrt(3) * std;
    return _no_grad_uniform_(tensor, -bound, bound, generator);
  },
);

/**
 * Fills a weight, in place, with numbers from N(0, std**2) with std = gain / sqrt(fan).
 *
 * `a` is the slope of "leaky_relu". Throws ValueError for a tensor of fewer than two dimensions and an unknown mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.kaiming_normal_}
 */
export const kaiming_normal_ = def(
  "kaiming_normal_",
  ["tensor", "a", "mode", "nonlinearity", "generator"],
  (
    tensor: Tensor,
    a = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: RandomSource | null = null,
  ): Tensor => {
    if (isEmpty(tensor)) return tensor;
    const fan = _calculate_correct_fan(tensor, mode);
    const std = calculate_gain(nonlinearity, a) / Math.sqrt(fan);
    return _no_grad_normal_(tensor, 0, std, generator);
  },
);

/**
 * Makes a tensor, seen as a matrix, (semi-)orthogonal, in place.
 *
 * Throws ValueError for a tensor of fewer than two dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.orthogonal_}
 */
export const orthogonal_ = def(
  "orthogonal_",
  ["tensor", "gain", "generator"],
  (tensor: Tensor, gain = 1, generator: RandomSource | null = null): Tensor => {
    if (tensor.ndimension() < 2) throw new ValueError("Only tensors with 2 or more dimensions are supported");
    if (tensor.numel() === 0 || tensor.is_meta) return tensor;
    const rows = tensor.size(0);
    const cols = tensor.numel() / rows;
    const flattened = tensor.new_empty([rows, cols]).normal_(0, 1, { generator });
    if (rows < cols) flattened.t_();
    const [q, r] = linalg.qr(flattened);
    // Makes the distribution uniform: https://arxiv.org/pdf/math-ph/0609050.pdf
    const ph = torch.diag(r, 0).sign();
    q.mul_(ph);
    if (rows < cols) q.t_();
    no_grad(() => {
      tensor.view_as(q).copy_(q);
      tensor.mul_(gain);
    });
    return tensor;
  },
);

/**
 * Fills a matrix, in place, with numbers from N(0, std**2), of which a fraction in each column is zero.
 *
 * Throws ValueError for a tensor of other than two dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/nn.init.html#torch.nn.init.sparse_}
 */
export const sparse_ = def(
  "sparse_",
  ["tensor", "sparsity", "std", "generator"],
  (tensor: Tensor, sparsity: number, std = 0.01, generator: RandomSource | null = null): Tensor => {
    if (tensor.ndimension() !== 2) throw new ValueError("Only tensors with 2 dimensions are supported");
    if (tensor.is_meta) return tensor;
    const [rows, cols] = tensor.shape;
    const num_zeros = Math.ceil(toNumber(sparsity) * rows);
    no_grad(() => {
      tensor.normal_(0, std, { generator });
      for (let col_idx = 0; col_idx < cols; col_idx++) {
        const row_indices = torch.randperm(rows);
        tensor.index_put_([row_indices[`:${num_zeros}`], col_idx], 0);
      }
    });
    return tensor;
  },
);

/** The function under its old name, which ends without "_" and warns. */
function _make_deprecate<N extends readonly string[], T extends readonly unknown[], R>(
  new_name: string,
  meth: KeywordFunction<N, T, R>,
): KeywordFunction<N, T, R> {
  const old_name = new_name.slice(0, -1);
  return (...args) => {
    process.emitWarning(
      `\`nn.init.${old_name}\` is now deprecated in favor of \`nn.init.${new_name}\`.`,
      "FutureWarning",
    );
    return meth(...args);
  };
}

/** Deprecated: `uniform_`. */
export const uniform = _make_deprecate("uniform_", uniform_);
/** Deprecated: `normal_`. */
export const normal = _make_deprecate("normal_", normal_);
/** Deprecated: `constant_`. */
export const constant = _make_deprecate("constant_", constant_);
/** Deprecated: `eye_`. */
export const eye = _make_deprecate("eye_", eye_);
/** Deprecated: `dirac_`. */
export const dirac = _make_deprecate("dirac_", dirac_);
/** Deprecated: `xavier_uniform_`. */
export const xavier_uniform = _make_deprecate("xavier_uniform_", xavier_uniform_);
/** Deprecated: `xavier_normal_`. */
export const xavier_normal = _make_deprecate("xavier_normal_", xavier_normal_);
/** Deprecated: `kaiming_uniform_`. */
export const kaiming_uniform = _make_deprecate("kaiming_uniform_", kaiming_uniform_);
/** Deprecated: `kaiming_normal_`. */
export const kaiming_normal = _make_deprecate("kaiming_normal_", kaiming_normal_);
/** Deprecated: `orthogonal_`. */
export const orthogonal = _make_deprecate("orthogonal_", orthogonal_);
/** Deprecated: `sparse_`. */
export const sparse = _make_deprecate("sparse_", sparse_);
