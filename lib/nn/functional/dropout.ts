// torch.nn.functional: dropout

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { warn } from "./warn.js";

function check_probability(p: number): void {
  if (p < 0 || p > 1) {
    throw new ValueError(`dropout probability has to be between 0 and 1, but got ${floatRepr(Number(p))}`);
  }
}

const feature_dropout = (input: Tensor, p: number, training: boolean, inplace: boolean): Tensor =>
  inplace ? torch.feature_dropout_(input, p, training) : torch.feature_dropout(input, p, training);

/** feature_dropout() of an input that may lack the batch dimension. */
function unbatched_feature_dropout(
  input: Tensor,
  p: number,
  training: boolean,
  inplace: boolean,
  is_batched: boolean,
): Tensor {
  if (!is_batched) input = inplace ? input.unsqueeze_(0) : input.unsqueeze(0);
  const result = feature_dropout(input, p, training, inplace);
  if (is_batched) return result;
  return inplace ? result.squeeze_(0) : result.squeeze(0);
}

/**
 * During training, sets each element to zero with probability `p` and divides the others by 1 - p.
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.dropout.html}
 */
export const dropout = def(
  "dropout",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    check_probability(p);
    return inplace ? torch.dropout_(input, p, training) : torch.dropout(input, p, training);
  },
);

/**
 * Dropout that keeps mean and variance of what SELU puts out: elements are set to SELU's lower limit, not to zero.
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.alpha_dropout.html}
 */
export const alpha_dropout = def(
  "alpha_dropout",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = false, inplace = false): Tensor => {
    check_probability(p);
    return inplace ? torch.alpha_dropout_(input, p, training) : torch.alpha_dropout(input, p, training);
  },
);

/**
 * Sets whole channels to zero with probability `p`; the input is (N, C, L) or (C, L).
 *
 * Throws ValueError unless `p` is in 0 ... 1, and RuntimeError for an input of other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.dropout1d.html}
 */
export const dropout1d = def(
  "dropout1d",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    check_probability(p);
    const inp_dim = input.dim();
    if (inp_dim !== 2 && inp_dim !== 3) {
      throw new RuntimeError(
        `dropout1d: Expected 2D or 3D input, but received a ${inp_dim}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`,
      );
    }
    return unbatched_feature_dropout(input, p, training, inplace, inp_dim === 3);
  },
);

/**
 * Sets whole channels to zero with probability `p`; the input is (N, C, H, W), or (N, C, L), which is deprecated.
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.dropout2d.html}
 */
export const dropout2d = def(
  "dropout2d",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    check_probability(p);
    const inp_dim = input.dim();
    if (inp_dim !== 3 && inp_dim !== 4) {
      warn(
        `dropout2d: Received a ${inp_dim}-D input to dropout2d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).`,
      );
    }
    if (inp_dim === 3) {
      warn(
        "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
      );
    }
    return feature_dropout(input, p, training, inplace);
  },
);

/**
 * Sets whole channels to zero with probability `p`; the input is (N, C, D, H, W) or (C, D, H, W).
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.dropout3d.html}
 */
export const dropout3d = def(
  "dropout3d",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = true, inplace = false): Tensor => {
    check_probability(p);
    const inp_dim = input.dim();
    if (inp_dim !== 4 && inp_dim !== 5) {
      warn(
        `dropout3d: Received a ${inp_dim}-D input to dropout3d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).`,
      );
    }
    return unbatched_feature_dropout(input, p, training, inplace, inp_dim === 5);
  },
);

/**
 * Alpha dropout of whole channels: elements of a dropped channel are set to SELU's lower limit.
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.feature_alpha_dropout.html}
 */
export const feature_alpha_dropout = def(
  "feature_alpha_dropout",
  ["input", "p", "training", "inplace"],
  (input: Tensor, p = 0.5, training = false, inplace = false): Tensor => {
    check_probability(p);
    return inplace ? torch.feature_alpha_dropout_(input, p, training) : torch.feature_alpha_dropout(input, p, training);
  },
);
