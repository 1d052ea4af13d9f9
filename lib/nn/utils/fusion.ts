// torch/nn/utils/fusion.py

import type { Tensor } from "../../_tensor.js";
import { def, generic } from "../../arguments/function.js";
import { AssertionError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { deepcopy } from "../../python/copy.js";
import type { Module } from "../modules/module.js";
import { Parameter } from "../parameter.js";

/** A module with a weight and perhaps a bias: a convolution or a linear map. */
interface Layer extends Module {
  weight: Parameter;
  bias: Parameter | null;
}

/** A batch normalization. */
interface Normalization extends Module {
  num_features: number;
  running_mean: Tensor | null;
  running_var: Tensor | null;
  eps: number;
  weight: Tensor | null;
  bias: Tensor | null;
}

function checkEval(layer: Module, bn: Module): void {
  if (layer.training || bn.training) throw new AssertionError("Fusion only for eval!");
}

function statistics({ running_mean, running_var }: Normalization): [Tensor, Tensor] {
  if (running_mean === null || running_var === null) {
    throw new AssertionError("bn.running_mean and bn.running_var must not be None");
  }
  return [running_mean, running_var];
}

/**
 * A copy of a convolution that computes what it and the batch normalization behind it compute.
 *
 * `fuse_conv_bn_eval(conv, bn, transpose=False) -> ConvT`
 *
 * Throws AssertionError unless both are in evaluation mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.fuse_conv_bn_eval.html}
 */
export const fuse_conv_bn_eval = generic(
  "fuse_conv_bn_eval",
  ["conv", "bn", "transpose"],
  <C extends Layer>(conv: C, bn: Normalization, transpose = false): C => {
    checkEval(conv, bn);
    const fused_conv = deepcopy(conv);
    const [mean, variance] = statistics(bn);
    [fused_conv.weight, fused_conv.bias] = fuse_conv_bn_weights(
      fused_conv.weight,
      fused_conv.bias,
      mean,
      variance,
      bn.eps,
      bn.weight,
      bn.bias,
      transpose,
    );
    return fused_conv;
  },
);

/**
 * The weight and bias of a convolution with those of a batch normalization behind it worked in.
 *
 * `fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False) -> tuple[Parameter,
 * Parameter]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.fuse_conv_bn_weights.html}
 */
export const fuse_conv_bn_weights = def(
  "fuse_conv_bn_weights",
  ["conv_w", "conv_b", "bn_rm", "bn_rv", "bn_eps", "bn_w", "bn_b", "transpose"],
  (
    conv_w: Tensor,
    conv_b: Tensor | null,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: number,
    bn_w: Tensor | null,
    bn_b: Tensor | null,
    transpose = false,
  ): [weight: Parameter, bias: Parameter] => {
    const bias = conv_b ?? torch.zeros_like(bn_rm);
    const scale = bn_w ?? torch.ones_like(bn_rm);
    const shift = bn_b ?? torch.zeros_like(bn_rm);
    const bn_var_rsqrt = torch.rsqrt(bn_rv.add(bn_eps));
    const shape = [...(transpose ? [1, -1] : [-1, 1]), ...new Array<number>(conv_w.dim() - 2).fill(1)];
    const fused_conv_w = conv_w.mul(scale.mul(bn_var_rsqrt).reshape(shape)).to(conv_w.dtype);
    const fused_conv_b = bias
      .sub(bn_rm)
      .mul(bn_var_rsqrt)
      .mul(scale)
      .add(shift)
      .to((conv_b ?? conv_w).dtype);
    return [new Parameter(fused_conv_w, conv_w.requires_grad), new Parameter(fused_conv_b, bias.requires_grad)];
  },
);

/**
 * A copy of a linear map that computes what it and the batch normalization behind it compute.
 *
 * `fuse_linear_bn_eval(linear, bn) -> LinearT`
 *
 * Throws AssertionError unless both are in evaluation mode and their features are as many.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.fuse_linear_bn_eval.html}
 */
export const fuse_linear_bn_eval = generic(
  "fuse_linear_bn_eval",
  ["linear", "bn"],
  <L extends Layer & { out_features: number }>(linear: L, bn: Normalization): L => {
    checkEval(linear, bn);
    const fused_linear = deepcopy(linear);
    if (linear.out_features !== bn.num_features && bn.num_features !== 1) {
      throw new AssertionError(
        `To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got linear.out_features=${linear.out_features} and bn.num_features=${bn.num_features}`,
      );
    }
    const [mean, variance] = statistics(bn);
    [fused_linear.weight, fused_linear.bias] = fuse_linear_bn_weights(
      fused_linear.weight,
      fused_linear.bias,
      mean,
      variance,
      bn.eps,
      bn.weight as Tensor,
      bn.bias as Tensor,
    );
    return fused_linear;
  },
);

/**
 * The weight and bias of a linear map with those of a batch normalization behind it worked in.
 *
 * `fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b) -> tuple[Parameter, Parameter]`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.fuse_linear_bn_weights.html}
 */
export const fuse_linear_bn_weights = def(
  "fuse_linear_bn_weights",
  ["linear_w", "linear_b", "bn_rm", "bn_rv", "bn_eps", "bn_w", "bn_b"],
  (
    linear_w: Tensor,
    linear_b: Tensor | null,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: number,
    bn_w: Tensor,
    bn_b: Tensor,
  ): [weight: Parameter, bias: Parameter] => {
    const bias = linear_b ?? torch.zeros_like(bn_rm);
    const bn_scale = bn_w.mul(torch.rsqrt(bn_rv.add(bn_eps)));
    const fused_w = linear_w.mul(bn_scale.unsqueeze(-1).to(linear_w.dtype));
    const fused_b = bias
      .sub(bn_rm)
      .mul(bn_scale)
      .add(bn_b)
      .to((linear_b ?? linear_w).dtype);
    return [new Parameter(fused_w, linear_w.requires_grad), new Parameter(fused_b, bias.requires_grad)];
  },
);
