// torch.nn.functional: embeddings

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { int64 } from "../../dtype.js";
import { AssertionError, NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { equal } from "./shapes.js";
import { warn } from "./warn.js";

/** Scales the rows of `weight` that `input` names down to `max_norm`, in place and unnoticed by autograd. */
function _no_grad_embedding_renorm_(weight: Tensor, input: Tensor, max_norm: number, norm_type: number): void {
  torch.embedding_renorm_(weight.detach(), input, max_norm, norm_type);
}

/**
 * The rows of `weight` at the indices in `input`: a tensor of the input's shape with one more dimension.
 *
 * `input` is of any shape and int32 or int64, `weight` is (number of rows, size of a row). The row at `padding_idx` gets no
 * gradient. Rows longer than `max_norm`, in the norm `norm_type`, are scaled down in place first. `scale_grad_by_freq`
 * divides gradients by how often the index occurs; `sparse` makes the gradient of `weight` a sparse tensor.
 *
 * Throws AssertionError if `padding_idx` is no index of a row.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.embedding.html}
 */
export const embedding = def(
  "embedding",
  ["input", "weight", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"],
  (
    input: Tensor,
    weight: Tensor,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    sparse = false,
  ): Tensor => {
    if (padding_idx === null) {
      padding_idx = -1;
    } else if (padding_idx > 0) {
      if (padding_idx >= weight.size(0)) throw new AssertionError("Padding_idx must be within num_embeddings");
    } else if (padding_idx < 0) {
      if (padding_idx < -weight.size(0)) throw new AssertionError("Padding_idx must be within num_embeddings");
      padding_idx = weight.size(0) + padding_idx;
    }
    if (max_norm !== null) {
      // embedding_renorm_ wants a contiguous tensor; made once, it serves the look-up too.
      input = input.contiguous();
      _no_grad_embedding_renorm_(weight, input, max_norm, norm_type);
    }
    return torch.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse);
  },
);

/**
 * Sums, means or maxima over bags of rows of `weight`, without the rows themselves as an intermediate result.
 *
 * `input` holds indices: (B, N) makes B bags of N each; in one dimension `offsets` says where each bag begins, and with
 * `include_last_offset` where the last one ends. `mode` is "sum", "mean" or "max"; `per_sample_weights`, of the input's
 * shape, weights the rows of a sum. Indices equal to `padding_idx` do not count. The other arguments are embedding()'s.
 *
 * Throws ValueError for arguments that do not go together and NotImplementedError for weights in another mode than "sum".
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.functional.embedding_bag.html}
 */
export const embedding_bag = def(
  "embedding_bag",
  [
    "input",
    "weight",
    "offsets",
    "max_norm",
    "norm_type",
    "scale_grad_by_freq",
    "mode",
    "sparse",
    "per_sample_weights",
    "include_last_offset",
    "padding_idx",
  ],
  (
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | null = null,
    max_norm: number | null = null,
    norm_type = 2,
    scale_grad_by_freq = false,
    mode: "sum" | "mean" | "max" = "mean",
    sparse = false,
    per_sample_weights: Tensor | null = null,
    include_last_offset = false,
    padding_idx: number | null = null,
  ): Tensor => {
    if (weight.dtype === int64 && input.is_floating_point()) {
      warn(
        "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, and should now be `embedding_bag(input, weight, ...)`.",
      );
      [weight, input] = [input, weight];
    }
    if (per_sample_weights !== null && !equal(input.size(), per_sample_weights.size())) {
      throw new ValueError(
        `embedding_bag: If per_sample_weights (${per_sample_weights.shape}) is not None, then it must have the same shape as the input (${input.shape})`,
      );
    }
    if (weight.dim() !== 2) {
      throw new ValueError(`weight has to be a 2D Tensor, but got Tensor of dimension ${weight.dim()}`);
    }

    if (input.dim() === 2) {
      if (offsets !== null) {
        throw new ValueError(
          "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
        );
      }
      offsets = torch.arange(0, input.numel(), input.size(1), { dtype: input.dtype, device: input.device });
      include_last_offset = false;
      input = input.reshape(-1);
      if (per_sample_weights !== null) per_sample_weights = per_sample_weights.reshape(-1);
    } else if (input.dim() === 1) {
      if (offsets === null) throw new ValueError("offsets has to be a 1D Tensor but got None");
      if (offsets.dim() !== 1) throw new ValueError("offsets has to be a 1D Tensor");
    } else {
      throw new ValueError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.dim()}`);
    }

    const mode_enum = ["sum", "mean", "max"].indexOf(mode);
    if (mode_enum < 0) throw new ValueError("mode has to be one of sum, mean or max");
    if (mode === "max") {
      if (scale_grad_by_freq) {
        throw new ValueError("max mode does not support scaling the gradient by the frequency");
      }
      if (sparse) throw new ValueError("max mode does not support sparse weights");
    }

    if (max_norm !== null) _no_grad_embedding_renorm_(weight, input, max_norm, norm_type);

    if (per_sample_weights !== null && mode !== "sum") {
      throw new NotImplementedError(
        `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
      );
    }
    return torch.embedding_bag(
      weight,
      input,
      offsets,
      scale_grad_by_freq,
      mode_enum,
      sparse,
      per_sample_weights,
      include_last_offset,
      padding_idx,
    )[0];
  },
);
