// torch/nn/modules/_functions.py

import type { Tensor } from "../../_tensor.js";
import { type FunctionCtx, Function as TorchFunction } from "../../autograd/function.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";

/** Local response normalization across channels: sums of squares are carried on from channel to channel. */
export class CrossMapLRN2d extends TorchFunction {
  static override forward(
    ctx: FunctionCtx,
    input: Tensor,
    size: number,
    alpha: number,
    beta: number,
    k: number,
  ): Tensor {
    if (input.dim() !== 4) {
      throw new ValueError(`CrossMapLRN2d: Expected input to be 4D, got ${input.dim()}D instead.`);
    }
    const scale = torch.empty_like(input);
    const output = torch.empty_like(input);
    const channels = input.size(1);
    const input_square = torch.pow(input, 2, { out: output });
    const pre_pad = Math.floor((size - 1) / 2 + 1);
    const pre_pad_crop = Math.min(pre_pad, channels);

    const scale_first = scale.select(1, 0).zero_();
    for (let c = 0; c < pre_pad_crop; c++) scale_first.add_(input_square.select(1, c));
    // The next channel's sum is this one's with one square more and one less.
    for (let c = 1; c < channels; c++) {
      const scale_current = scale.select(1, c).copy_(scale.select(1, c - 1));
      if (c < channels - pre_pad + 1) scale_current.add_(input_square.select(1, c + pre_pad - 1));
      if (c > pre_pad) scale_current.sub_(input_square.select(1, c - pre_pad));
    }
    scale.mul_(alpha / size).add_(k);

    torch.pow(scale, -beta, { out: output });
    output.mul_(input);
    Object.assign(ctx, { size, alpha, beta, scale });
    ctx.save_for_backward(input, output);
    return output;
  }

  static override backward(ctx: FunctionCtx, grad_output: Tensor): (Tensor | null)[] {
    const [input, output] = ctx.saved_tensors;
    const { size, alpha, beta } = ctx as unknown as Record<string, number>;
    const scale: Tensor = ctx.scale;
    const [batch_size, channels, input_height, input_width] = input.size();
    const padded_ratio = input.new_zeros([channels + size - 1, input_height, input_width]);
    const accum_ratio = input.new_empty([input_height, input_width]);
    const cache_ratio_value = (2 * alpha * beta) / size;
    const inversePrePad = Math.trunc(size - (size - 1) / 2);

    const grad_input = torch.pow(scale, -beta).mul_(grad_output);
    const padded_ratio_center = padded_ratio.narrow(0, inversePrePad, channels);
    for (let n = 0; n < batch_size; n++) {
      torch.mul(grad_output[n], output[n], { out: padded_ratio_center });
      padded_ratio_center.div_(scale[n]);
      torch.sum(padded_ratio.narrow(0, 0, size - 1), 0, { keepdim: false, out: accum_ratio });
      for (let c = 0; c < channels; c++) {
        accum_ratio.add_(padded_ratio[c + size - 1]);
        grad_input[n][c].addcmul_(input[n][c], accum_ratio, { value: -cache_ratio_value });
        accum_ratio.sub_(padded_ratio[c]);
      }
    }
    return [grad_input, null, null, null, null];
  }
}

/** Gives its arguments as they are, as the results of one node of the graph: module hooks are put on that node. */
export class BackwardHookFunction extends TorchFunction {
  static override forward(ctx: FunctionCtx, ...args: Tensor[]): Tensor[] {
    ctx.mark_non_differentiable(...args.filter((arg) => !arg.requires_grad));
    return args;
  }

  static override backward(_ctx: FunctionCtx, ...args: Tensor[]): Tensor[] {
    return args;
  }
}
