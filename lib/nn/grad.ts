// torch.nn.grad: the gradients of convolutions; torch/nn/grad.py

import type { Tensor } from "../_tensor.js";
import { findOperator } from "../arguments/bind.js";
import * as frame from "../arguments/frame.js";
import { def } from "../arguments/function.js";
import type { OperatorDescription, TensorHandle } from "../binding.js";
import { wrap } from "../tensor_base.js";
import { _pair, _single, _triple, type Size1 } from "./modules/utils.js";

type Tuple = (size: Size1) => readonly number[];

/** One of the gradients of a convolution: 0 is that of its input, 1 that of its weight. */
function convolution_backward(
  wanted: 0 | 1,
  grad_output: Tensor,
  input: Tensor,
  weight: Tensor,
  [stride, padding, dilation]: readonly (readonly number[])[],
  groups: number,
): Tensor {
  // Called as torch.ops does, for no table has it: its last argument is a list of flags.
  frame.begin((findOperator("aten::convolution_backward") as OperatorDescription).id);
  frame.writeTensor(grad_output);
  frame.writeTensor(input);
  frame.writeTensor(weight);
  frame.writeNone();
  frame.writeIntegers(stride);
  frame.writeIntegers(padding);
  frame.writeIntegers(dilation);
  frame.writeNumber(false);
  frame.writeIntegers([0]);
  frame.writeNumber(groups);
  frame.writeBooleans([wanted === 0, wanted === 1, false]);
  return wrap((frame.call() as (TensorHandle | number)[])[wanted]);
}

const conv_input = (name: string, tuple: Tuple) =>
  def(
    name,
    ["input_size", "weight", "grad_output", "stride", "padding", "dilation", "groups"],
    (
      input_size: readonly number[],
      weight: Tensor,
      grad_output: Tensor,
      stride: Size1 = 1,
      padding: Size1 = 0,
      dilation: Size1 = 1,
      groups = 1,
    ): Tensor => {
      const input = grad_output.new_empty(1).expand(input_size);
      const sizes = [tuple(stride), tuple(padding), tuple(dilation)];
      return convolution_backward(0, grad_output, input, weight, sizes, groups);
    },
  );

const conv_weight = (name: string, tuple: Tuple) =>
  def(
    name,
    ["input", "weight_size", "grad_output", "stride", "padding", "dilation", "groups"],
    (
      input: Tensor,
      weight_size: readonly number[],
      grad_output: Tensor,
      stride: Size1 = 1,
      padding: Size1 = 0,
      dilation: Size1 = 1,
      groups = 1,
    ): Tensor => {
      const weight = grad_output.new_empty(1).expand(weight_size);
      const sizes = [tuple(stride), tuple(padding), tuple(dilation)];
      return convolution_backward(1, grad_output, input, weight, sizes, groups);
    },
  );

/** The gradient of conv1d() with respect to its input, which is (N, C, L); `grad_output` is the output's gradient. */
export const conv1d_input = conv_input("conv1d_input", _single);

/** The gradient of conv1d() with respect to its weight; `grad_output` is the output's gradient. */
export const conv1d_weight = conv_weight("conv1d_weight", _single);

/** The gradient of conv2d() with respect to its input, which is (N, C, H, W); `grad_output` is the output's gradient. */
export const conv2d_input = conv_input("conv2d_input", _pair);

/** The gradient of conv2d() with respect to its weight; `grad_output` is the output's gradient. */
export const conv2d_weight = conv_weight("conv2d_weight", _pair);

/** The gradient of conv3d() with respect to its input, which is (N, C, D, H, W); `grad_output` is the output's gradient. */
export const conv3d_input = conv_input("conv3d_input", _triple);

/** The gradient of conv3d() with respect to its weight; `grad_output` is the output's gradient. */
export const conv3d_weight = conv_weight("conv3d_weight", _triple);
