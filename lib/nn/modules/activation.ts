// torch/nn/modules/activation.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { is_grad_enabled } from "../../autograd/grad_mode.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { isInt } from "../../python/float.js";
import { floatRepr } from "../../python/format.js";
import { float } from "../../python/numbers.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype } from "../../types.js";
import { warn } from "../functional/warn.js";
import * as F from "../functional.js";
import { constant_, xavier_normal_, xavier_uniform_ } from "../init.js";
import { Parameter } from "../parameter.js";
import { NonDynamicallyQuantizableLinear } from "./linear.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";

const inplace = ["inplace"] as const;

class Threshold extends Module {
  threshold: number;
  value: number;
  inplace: boolean;

  constructor(threshold: number, value: number, inplace = false) {
    super();
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `threshold=${floatRepr(this.threshold)}, value=${floatRepr(this.value)}${inplace_str}`;
  }
}

/**
 * Keeps the elements that are greater than `threshold` and replaces the others by `value`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Threshold.html}
 */
const ThresholdClass = module(Threshold, ["threshold", "value", "inplace"]);
type ThresholdClass = InstanceType<typeof ThresholdClass>;

class ReLU extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace);
  }

  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * max(0, x) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReLU.html}
 */
const ReLUClass = module(ReLU, inplace);
type ReLUClass = InstanceType<typeof ReLUClass>;

class RReLU extends Module {
  lower: number;
  upper: number;
  inplace: boolean;

  constructor(lower = 1 / 8, upper = 1 / 3, inplace = false) {
    super();
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `lower=${floatRepr(this.lower)}, upper=${floatRepr(this.upper)}${inplace_str}`;
  }
}

/**
 * The leaky ReLU whose slopes are drawn from lower ... upper while training, and are their mean otherwise.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.RReLU.html}
 */
const RReLUClass = module(RReLU, ["lower", "upper", "inplace"]);
type RReLUClass = InstanceType<typeof RReLUClass>;

class Hardtanh extends Module {
  min_val: number;
  max_val: number;
  inplace: boolean;

  constructor(
    min_val = -1,
    max_val = 1,
    inplace = false,
    min_value: number | null = null,
    max_value: number | null = null,
  ) {
    super();
    if (min_value !== null) {
      warn("keyword argument `min_value` is deprecated and renamed to `min_val`");
      min_val = min_value;
    }
    if (max_value !== null) {
      warn("keyword argument `max_value` is deprecated and renamed to `max_val`");
      max_val = max_value;
    }
    this.min_val = min_val;
    this.max_val = max_val;
    this.inplace = inplace;
    if (max_val <= min_val) {
      throw new AssertionError(`max_val (${floatRepr(max_val)}) must be greater than min_val (${floatRepr(min_val)})`);
    }
  }

  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.min_val, this.max_val, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `min_val=${floatRepr(this.min_val)}, max_val=${floatRepr(this.max_val)}${inplace_str}`;
  }
}

/**
 * Limits each element to `min_val` ... `max_val`.
 *
 * Throws AssertionError unless `max_val` is the greater one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Hardtanh.html}
 */
const HardtanhClass = module(Hardtanh, ["min_val", "max_val", "inplace", "min_value", "max_value"]);
type HardtanhClass = InstanceType<typeof HardtanhClass>;

class ReLU6 extends Hardtanh {
  constructor(inplace = false) {
    super(0, 6, inplace);
  }

  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * min(max(0, x), 6) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReLU6.html}
 */
const ReLU6Class = module(ReLU6, inplace);
type ReLU6Class = InstanceType<typeof ReLU6Class>;

class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return torch.sigmoid(input);
  }
}

/**
 * 1 / (1 + exp(-x)) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Sigmoid.html}
 */
const SigmoidClass = module(Sigmoid, []);
type SigmoidClass = InstanceType<typeof SigmoidClass>;

class Hardsigmoid extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace);
  }
}

/**
 * A sigmoid made of straight lines: min(max(0, x / 6 + 1 / 2), 1) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Hardsigmoid.html}
 */
const HardsigmoidClass = module(Hardsigmoid, inplace);
type HardsigmoidClass = InstanceType<typeof HardsigmoidClass>;

class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return torch.tanh(input);
  }
}

/**
 * The hyperbolic tangent of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Tanh.html}
 */
const TanhClass = module(Tanh, []);
type TanhClass = InstanceType<typeof TanhClass>;

class SiLU extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace);
  }

  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * x * sigmoid(x) of each element, also known as swish.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SiLU.html}
 */
const SiLUClass = module(SiLU, inplace);
type SiLUClass = InstanceType<typeof SiLUClass>;

class Mish extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace);
  }

  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * x * tanh(log(1 + exp(x))) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Mish.html}
 */
const MishClass = module(Mish, inplace);
type MishClass = InstanceType<typeof MishClass>;

class Hardswish extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace);
  }
}

/**
 * x * min(max(0, x + 3), 6) / 6 of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Hardswish.html}
 */
const HardswishClass = module(Hardswish, inplace);
type HardswishClass = InstanceType<typeof HardswishClass>;

class ELU extends Module {
  alpha: number;
  inplace: boolean;

  constructor(alpha = 1, inplace = false) {
    super();
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `alpha=${floatRepr(this.alpha)}${inplace_str}`;
  }
}

/**
 * The exponential linear unit of each element: x where it is positive, alpha * (exp(x) - 1) elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ELU.html}
 */
const ELUClass = module(ELU, ["alpha", "inplace"]);
type ELUClass = InstanceType<typeof ELUClass>;

class CELU extends Module {
  alpha: number;
  inplace: boolean;

  constructor(alpha = 1, inplace = false) {
    super();
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `alpha=${floatRepr(this.alpha)}${inplace_str}`;
  }
}

/**
 * The continuously differentiable ELU of each element: max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CELU.html}
 */
const CELUClass = module(CELU, ["alpha", "inplace"]);
type CELUClass = InstanceType<typeof CELUClass>;

class SELU extends Module {
  inplace: boolean;

  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace);
  }

  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * The scaled ELU of each element: scale * (max(0, x) + min(0, alpha * (exp(x) - 1))).
 *
 * alpha = 1.6732632423543772 and scale = 1.0507009873554805 keep mean and variance from layer to layer.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SELU.html}
 */
const SELUClass = module(SELU, inplace);
type SELUClass = InstanceType<typeof SELUClass>;

class GLU extends Module {
  dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * The gated linear unit: one half of the input along `dim` times the sigmoid of the other half.
 *
 * The size along `dim` is even, and half as great in the output.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GLU.html}
 */
const GLUClass = module(GLU, ["dim"]);
type GLUClass = InstanceType<typeof GLUClass>;

class GELU extends Module {
  approximate: "none" | "tanh";

  constructor(approximate: "none" | "tanh" = "none") {
    super();
    this.approximate = approximate;
  }

  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }

  override extra_repr(): string {
    return `approximate=${repr(this.approximate)}`;
  }
}

/**
 * x times the probability that a normally distributed number is less than x, of each element.
 *
 * `approximate: "tanh"` is x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GELU.html}
 */
const GELUClass = module(GELU, ["approximate"]);
type GELUClass = InstanceType<typeof GELUClass>;

class Hardshrink extends Module {
  lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }

  override extra_repr(): string {
    return floatRepr(this.lambd);
  }
}

/**
 * x where |x| > lambd and 0 elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Hardshrink.html}
 */
const HardshrinkClass = module(Hardshrink, ["lambd"]);
type HardshrinkClass = InstanceType<typeof HardshrinkClass>;

class LeakyReLU extends Module {
  negative_slope: number;
  inplace: boolean;

  constructor(negative_slope = 0.01, inplace = false) {
    super();
    this.negative_slope = negative_slope;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope, this.inplace);
  }

  override extra_repr(): string {
    const inplace_str = this.inplace ? ", inplace=True" : "";
    return `negative_slope=${floatRepr(this.negative_slope)}${inplace_str}`;
  }
}

/**
 * x where it is positive and negative_slope * x elsewhere.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LeakyReLU.html}
 */
const LeakyReLUClass = module(LeakyReLU, ["negative_slope", "inplace"]);
type LeakyReLUClass = InstanceType<typeof LeakyReLUClass>;

class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}

/**
 * log(1 / (1 + exp(-x))) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LogSigmoid.html}
 */
const LogSigmoidClass = module(LogSigmoid, []);
type LogSigmoidClass = InstanceType<typeof LogSigmoidClass>;

class Softplus extends Module {
  beta: number;
  threshold: number;

  constructor(beta = float(1), threshold = float(20)) {
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }

  override extra_repr(): string {
    return `beta=${repr(this.beta)}, threshold=${repr(this.threshold)}`;
  }
}

/**
 * log(1 + exp(beta * x)) / beta of each element, or x where beta * x > threshold.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softplus.html}
 */
const SoftplusClass = module(Softplus, ["beta", "threshold"]);
type SoftplusClass = InstanceType<typeof SoftplusClass>;

class Softshrink extends Module {
  lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }

  override extra_repr(): string {
    return repr(this.lambd);
  }
}

/**
 * x moved by `lambd` towards 0, and 0 where |x| <= lambd.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softshrink.html}
 */
const SoftshrinkClass = module(Softshrink, ["lambd"]);
type SoftshrinkClass = InstanceType<typeof SoftshrinkClass>;

/** Why attention cannot go the way of `_native_multi_head_attention`, which has no gradient; "" if it can. */
function _why_not_fast_path(
  self: MultiheadAttention,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  key_padding_mask: Tensor | null,
  attn_mask: Tensor | null,
): string {
  const { in_proj_weight, in_proj_bias, out_proj } = self;
  if (query.dim() !== 3) return `input not batched; expected query.dim() of 3 but got ${query.dim()}`;
  if (query !== key || key !== value) {
    return "non-self attention was used (query, key, and value are not the same Tensor)";
  }
  if (in_proj_bias !== null && query.dtype !== in_proj_bias.dtype) {
    return `dtypes of query (${query.dtype}) and self.in_proj_bias (${in_proj_bias.dtype}) don't match`;
  }
  if (in_proj_weight === null) return "in_proj_weight was None";
  if (query.dtype !== in_proj_weight.dtype) {
    return `dtypes of query (${query.dtype}) and self.in_proj_weight (${in_proj_weight.dtype}) don't match`;
  }
  if (self.training) return "training is enabled";
  if (self.num_heads % 2 !== 0) return "self.num_heads is not even";
  if (!self.batch_first) return "batch_first was not True";
  if (self.bias_k !== null) return "self.bias_k was not None";
  if (self.bias_v !== null) return "self.bias_v was not None";
  if (self.add_zero_attn) return "add_zero_attn was enabled";
  if (!self._qkv_same_embed_dim) return "_qkv_same_embed_dim was not True";
  if (query.is_nested && (key_padding_mask !== null || attn_mask !== null)) {
    return "supplying both src_key_padding_mask and src_mask at the same time                                  is not supported with NestedTensor input";
  }
  const tensor_args = [query, key, value, in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias];
  if (tensor_args.some((x) => x !== null && !["cpu", "cuda", "privateuseone"].includes(x.device.type))) {
    return "some Tensor argument's device is neither one of cpu, cuda or privateuseone";
  }
  if (is_grad_enabled() && tensor_args.some((x) => x?.requires_grad)) {
    return "grad is enabled and at least one of query or the input/output projection weights or biases requires_grad";
  }
  return "";
}

class MultiheadAttention extends Module {
  embed_dim: number;
  kdim: number;
  vdim: number;
  _qkv_same_embed_dim: boolean;
  num_heads: number;
  dropout: number;
  batch_first: boolean;
  head_dim: number;
  // In the order in which they are registered, which depends on the arguments.
  declare in_proj_weight: Parameter | null;
  declare q_proj_weight: Parameter | null;
  declare k_proj_weight: Parameter | null;
  declare v_proj_weight: Parameter | null;
  declare in_proj_bias: Parameter | null;
  declare out_proj: NonDynamicallyQuantizableLinear;
  declare bias_k: Parameter | null;
  declare bias_v: Parameter | null;
  add_zero_attn: boolean;

  constructor(
    embed_dim: number,
    num_heads: number,
    dropout = 0,
    bias = true,
    add_bias_kv = false,
    add_zero_attn = false,
    kdim: number | null = null,
    vdim: number | null = null,
    batch_first = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    if (embed_dim <= 0 || num_heads <= 0) {
      throw new ValueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
      );
    }
    const factory_kwargs = { device, dtype };
    super();
    this.embed_dim = embed_dim;
    this.kdim = kdim ?? embed_dim;
    this.vdim = vdim ?? embed_dim;
    this._qkv_same_embed_dim = this.kdim === embed_dim && this.vdim === embed_dim;

    this.num_heads = num_heads;
    this.dropout = dropout;
    this.batch_first = batch_first;
    this.head_dim = Math.floor(embed_dim / num_heads);
    if (this.head_dim * num_heads !== embed_dim) {
      throw new AssertionError("embed_dim must be divisible by num_heads");
    }

    if (!this._qkv_same_embed_dim) {
      this.q_proj_weight = new Parameter(torch.empty([embed_dim, embed_dim], factory_kwargs));
      this.k_proj_weight = new Parameter(torch.empty([embed_dim, this.kdim], factory_kwargs));
      this.v_proj_weight = new Parameter(torch.empty([embed_dim, this.vdim], factory_kwargs));
      this.register_parameter("in_proj_weight", null);
    } else {
      this.in_proj_weight = new Parameter(torch.empty([3 * embed_dim, embed_dim], factory_kwargs));
      this.register_parameter("q_proj_weight", null);
      this.register_parameter("k_proj_weight", null);
      this.register_parameter("v_proj_weight", null);
    }

    if (bias) {
      this.in_proj_bias = new Parameter(torch.empty(3 * embed_dim, factory_kwargs));
    } else {
      this.register_parameter("in_proj_bias", null);
    }
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, { bias, ...factory_kwargs });

    if (add_bias_kv) {
      this.bias_k = new Parameter(torch.empty([1, 1, embed_dim], factory_kwargs));
      this.bias_v = new Parameter(torch.empty([1, 1, embed_dim], factory_kwargs));
    } else {
      this.bias_k = this.bias_v = null;
    }

    this.add_zero_attn = add_zero_attn;

    this._reset_parameters();
  }

  _reset_parameters(): void {
    if (this.in_proj_weight !== null) {
      xavier_uniform_(this.in_proj_weight);
    } else {
      xavier_uniform_(this.q_proj_weight as Parameter);
      xavier_uniform_(this.k_proj_weight as Parameter);
      xavier_uniform_(this.v_proj_weight as Parameter);
    }

    if (this.in_proj_bias !== null) {
      constant_(this.in_proj_bias, 0);
      constant_(this.out_proj.bias as Parameter, 0);
    }
    if (this.bias_k !== null) xavier_normal_(this.bias_k);
    if (this.bias_v !== null) xavier_normal_(this.bias_v);
  }

  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Tensor | null = null,
    need_weights = true,
    attn_mask: Tensor | null = null,
    average_attn_weights = true,
    is_causal = false,
  ): [attn_output: Tensor, attn_output_weights: Tensor | null] {
    let why_not_fast_path = "";
    if (attn_mask?.is_floating_point() || key_padding_mask?.is_floating_point()) {
      why_not_fast_path = "floating-point masks are not supported for fast path.";
    }

    const is_batched = query.dim() === 3;

    key_padding_mask = F._canonical_mask(
      key_padding_mask,
      "key_padding_mask",
      F._none_or_dtype(attn_mask),
      "attn_mask",
      query.dtype,
    );
    attn_mask = F._canonical_mask(attn_mask, "attn_mask", null, "", query.dtype, false);

    why_not_fast_path = _why_not_fast_path(this, query, key, value, key_padding_mask, attn_mask) || why_not_fast_path;
    if (!why_not_fast_path) {
      const [merged_mask, mask_type] = this.merge_masks(attn_mask, key_padding_mask, query);
      const { in_proj_weight, in_proj_bias, out_proj } = this;
      if (in_proj_bias !== null && in_proj_weight !== null) {
        return torch._native_multi_head_attention(
          query,
          key,
          value,
          this.embed_dim,
          this.num_heads,
          in_proj_weight,
          in_proj_bias,
          out_proj.weight,
          out_proj.bias as Tensor,
          merged_mask,
          need_weights,
          average_attn_weights,
          mask_type,
        ) as unknown as [Tensor, Tensor | null];
      }
    }

    if (query.is_nested || key.is_nested || value.is_nested) {
      throw new AssertionError(
        `MultiheadAttention does not support NestedTensor outside of its fast path. The fast path was not hit because ${why_not_fast_path}`,
      );
    }

    if (this.batch_first && is_batched) {
      // Inputs that are one object stay one: they are then projected together.
      if (key === value) {
        if (query === key) {
          query = key = value = query.transpose(1, 0);
        } else {
          query = query.transpose(1, 0);
          value = key = key.transpose(1, 0);
        }
      } else {
        query = query.transpose(1, 0);
        key = key.transpose(1, 0);
        value = value.transpose(1, 0);
      }
    }

    const [attn_output, attn_output_weights] = F.multi_head_attention_forward(
      query,
      key,
      value,
      this.embed_dim,
      this.num_heads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.bias_k,
      this.bias_v,
      this.add_zero_attn,
      this.dropout,
      this.out_proj.weight,
      this.out_proj.bias,
      this.training,
      key_padding_mask,
      need_weights,
      attn_mask,
      !this._qkv_same_embed_dim, // use_separate_proj_weight
      this.q_proj_weight,
      this.k_proj_weight,
      this.v_proj_weight,
      null,
      null,
      average_attn_weights,
      is_causal,
    );
    if (this.batch_first && is_batched) return [attn_output.transpose(1, 0), attn_output_weights];
    return [attn_output, attn_output_weights];
  }

  /** The two masks as one, and its kind: 0 for (L, L), 1 for (N, L), 2 for (N, num_heads, L, L); null for none. */
  merge_masks(
    attn_mask: Tensor | null,
    key_padding_mask: Tensor | null,
    query: Tensor,
  ): [merged_mask: Tensor | null, mask_type: number | null] {
    let mask_type: number | null = null;
    let merged_mask: Tensor | null = null;

    if (key_padding_mask !== null) {
      mask_type = 1;
      merged_mask = key_padding_mask;
    }
    if (attn_mask !== null) {
      // In this way query, key and value are the same: there is but one length.
      const [batch_size, seq_len] = query.shape;
      mask_type = 2;
      if (attn_mask.dim() === 3) {
        merged_mask = attn_mask.view(batch_size, -1, seq_len, seq_len);
      } else {
        merged_mask = attn_mask.view(1, 1, seq_len, seq_len).expand(batch_size, this.num_heads, -1, -1);
      }
      if (key_padding_mask !== null) {
        const expanded = key_padding_mask.view(batch_size, 1, 1, seq_len).expand(-1, this.num_heads, -1, -1);
        merged_mask = merged_mask.add(expanded);
      }
    }
    return [merged_mask, mask_type];
  }
}

takeKeywords("MultiheadAttention", MultiheadAttention.prototype, {
  merge_masks: ["attn_mask", "key_padding_mask", "query"],
});

/**
 * Attention of several heads: softmax(q k^T / sqrt(head_dim)) v of projections of query, key and value.
 *
 * The query is (L, N, E), key and value are (S, N, kdim) and (S, N, vdim), all without N or, with `batch_first`, with N
 * in front. `key_padding_mask` is (N, S), `attn_mask` (L, S) or (N * num_heads, L, S): true, or negative infinity,
 * leaves a key out. Returns the output, of the query's shape, and the weights, (N, L, S) or, with
 * `average_attn_weights` false, (N, num_heads, L, S); null in their place if `need_weights` is false.
 *
 * Throws AssertionError unless `num_heads` divides `embed_dim`, and ValueError unless both are positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.MultiheadAttention.html}
 */
const MultiheadAttentionClass = module(
  MultiheadAttention,
  [
    "embed_dim",
    "num_heads",
    "dropout",
    "bias",
    "add_bias_kv",
    "add_zero_attn",
    "kdim",
    "vdim",
    "batch_first",
    "device",
    "dtype",
  ],
  ["query", "key", "value", "key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal"],
);
type MultiheadAttentionClass = InstanceType<typeof MultiheadAttentionClass>;

class PReLU extends Module {
  num_parameters: number;
  init: number;
  weight: Parameter;

  constructor(num_parameters = 1, init = 0.25, device: DeviceLike | null = null, dtype: dtype | null = null) {
    super();
    this.num_parameters = num_parameters;
    this.init = init;
    this.weight = new Parameter(torch.empty(num_parameters, { device, dtype }));
    this.reset_parameters();
  }

  /** Gives all slopes their first value, `init`. */
  reset_parameters(): void {
    constant_(this.weight, this.init);
  }

  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }

  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`;
  }
}

/**
 * x where it is positive and weight * x elsewhere, with a slope, `weight`, that is learned.
 *
 * `num_parameters` is 1 or the number of channels, of an input (N, C, ...).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.PReLU.html}
 */
const PReLUClass = module(PReLU, ["num_parameters", "init", "device", "dtype"]);
type PReLUClass = InstanceType<typeof PReLUClass>;

class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

/**
 * x / (1 + |x|) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softsign.html}
 */
const SoftsignClass = module(Softsign, []);
type SoftsignClass = InstanceType<typeof SoftsignClass>;

class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}

/**
 * x - tanh(x) of each element.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Tanhshrink.html}
 */
const TanhshrinkClass = module(Tanhshrink, []);
type TanhshrinkClass = InstanceType<typeof TanhshrinkClass>;

class Softmin extends Module {
  dim: number | null;

  constructor(dim: number | null = null) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/**
 * The softmax of the negated input along `dim`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softmin.html}
 */
const SoftminClass = module(Softmin, ["dim"]);
type SoftminClass = InstanceType<typeof SoftminClass>;

function check_dim(dim: number | null): void {
  if (dim !== null && !isInt(dim)) throw new TypeError(`dim must be an int or None, got <class '${typeName(dim)}'>`);
}

class Softmax extends Module {
  dim: number | null;

  constructor(dim: number | null = null) {
    check_dim(dim);
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/**
 * exp(x) divided by its sum along `dim`: positive elements that sum to 1.
 *
 * Throws TypeError for a `dim` that is no int.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softmax.html}
 */
const SoftmaxClass = module(Softmax, ["dim"]);
type SoftmaxClass = InstanceType<typeof SoftmaxClass>;

class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    if (input.dim() !== 3 && input.dim() !== 4) {
      throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${input.dim()}D instead`);
    }
    return F.softmax(input, -3);
  }
}

/**
 * The softmax over the channels of an image, (N, C, H, W) or (C, H, W).
 *
 * Throws ValueError for an input of other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Softmax2d.html}
 */
const Softmax2dClass = module(Softmax2d, []);
type Softmax2dClass = InstanceType<typeof Softmax2dClass>;

class LogSoftmax extends Module {
  dim: number | null;

  constructor(dim: number | null = null) {
    check_dim(dim);
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return F.log_softmax(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/**
 * The logarithm of softmax along `dim`, computed in one so that it neither overflows nor loses digits.
 *
 * Throws TypeError for a `dim` that is no int.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LogSoftmax.html}
 */
const LogSoftmaxClass = module(LogSoftmax, ["dim"]);
type LogSoftmaxClass = InstanceType<typeof LogSoftmaxClass>;

export {
  CELUClass as CELU,
  ELUClass as ELU,
  GELUClass as GELU,
  GLUClass as GLU,
  HardshrinkClass as Hardshrink,
  HardsigmoidClass as Hardsigmoid,
  HardswishClass as Hardswish,
  HardtanhClass as Hardtanh,
  LeakyReLUClass as LeakyReLU,
  LogSigmoidClass as LogSigmoid,
  LogSoftmaxClass as LogSoftmax,
  MishClass as Mish,
  MultiheadAttentionClass as MultiheadAttention,
  PReLUClass as PReLU,
  ReLU6Class as ReLU6,
  ReLUClass as ReLU,
  RReLUClass as RReLU,
  SELUClass as SELU,
  SigmoidClass as Sigmoid,
  SiLUClass as SiLU,
  Softmax2dClass as Softmax2d,
  SoftmaxClass as Softmax,
  SoftminClass as Softmin,
  SoftplusClass as Softplus,
  SoftshrinkClass as Softshrink,
  SoftsignClass as Softsign,
  TanhClass as Tanh,
  TanhshrinkClass as Tanhshrink,
  ThresholdClass as Threshold,
};
