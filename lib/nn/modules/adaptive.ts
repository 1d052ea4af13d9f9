// torch/nn/modules/adaptive.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import type { DeviceLike, dtype, NamedTuple } from "../../types.js";
import * as F from "../functional.js";
import { ModuleList, Sequential } from "./container.js";
import { Linear } from "./linear.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { namedtuple } from "./utils.js";

type _ASMoutput = NamedTuple<["output", "loss"]>;
const ASMoutput = namedtuple("_ASMoutput", ["output", "loss"]);

/** A projection to fewer features, and from these to the classes of a cluster. */
type Cluster = Sequential<[Linear, Linear]>;

class AdaptiveLogSoftmaxWithLoss extends Module {
  in_features: number;
  n_classes: number;
  cutoffs: number[];
  div_value: number;
  head_bias: boolean;
  shortlist_size: number;
  n_clusters: number;
  head_size: number;
  head: Linear;
  tail: ModuleList<Cluster>;

  constructor(
    in_features: number,
    n_classes: number,
    cutoffs: readonly number[],
    div_value = 4,
    head_bias = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    if (cutoffs.length === 0) throw new ValueError("cutoffs should be a sequence of length larger than 0");
    const isAscending = cutoffs.every((cutoff, i) => i === 0 || cutoffs[i - 1] < cutoff);
    const isInRange = cutoffs.every((cutoff) => Number.isInteger(Number(cutoff)) && cutoff > 0 && cutoff < n_classes);
    if (!isAscending || !isInRange) {
      throw new ValueError(
        "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1",
      );
    }

    this.in_features = in_features;
    this.n_classes = n_classes;
    this.cutoffs = [...cutoffs, n_classes];
    this.div_value = div_value;
    this.head_bias = head_bias;

    this.shortlist_size = this.cutoffs[0];
    this.n_clusters = this.cutoffs.length - 1;
    this.head_size = this.shortlist_size + this.n_clusters;

    this.head = new Linear(in_features, this.head_size, { bias: head_bias, ...factory_kwargs });
    this.tail = new ModuleList<Cluster>();
    for (let i = 0; i < this.n_clusters; i++) {
      const hsz = Math.floor(in_features / div_value ** (i + 1));
      const osz = this.cutoffs[i + 1] - this.cutoffs[i];
      const projection = new Sequential(
        new Linear(in_features, hsz, { bias: false, ...factory_kwargs }),
        new Linear(hsz, osz, { bias: false, ...factory_kwargs }),
      );
      this.tail.append(projection);
    }
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    this.head.reset_parameters();
    for (const [i2h, h2o] of this.tail) {
      i2h.reset_parameters();
      h2o.reset_parameters();
    }
  }

  override forward(input_: Tensor, target_: Tensor): _ASMoutput {
    const targ_dim = target_.dim();
    if (targ_dim === 1) {
      if (input_.size(0) !== target_.size(0)) {
        throw new RuntimeError("Input and target should have the same size in the batch dimension.");
      }
      if (input_.dim() !== 2) {
        throw new RuntimeError(
          `1D target tensor expects 2D input tensors, but found inputs with size ${input_.size()}`,
        );
      }
    } else if (targ_dim === 0) {
      if (input_.dim() !== 1) {
        throw new RuntimeError(
          `0D target tensor expects 1D input tensors, but found inputs with size ${input_.size()}`,
        );
      }
    } else {
      throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
    }

    const is_batched = targ_dim > 0;
    const input = is_batched ? input_ : input_.unsqueeze(0);
    const target = is_batched ? target_ : target_.unsqueeze(0);

    let used_rows = 0;
    const batch_size = target.size(0);
    let output = input.new_zeros(batch_size);
    const gather_inds = target.new_empty(batch_size);

    const cutoff_values = [0, ...this.cutoffs];
    for (let i = 0; i < cutoff_values.length - 1; i++) {
      const low_idx = cutoff_values[i];
      const high_idx = cutoff_values[i + 1];
      const target_mask = target.ge(low_idx).bitwise_and(target.lt(high_idx));
      const row_indices = target_mask.nonzero().squeeze();
      if (row_indices.numel() === 0) continue;

      if (i === 0) {
        gather_inds.index_copy_(0, row_indices, target.index(target_mask));
      } else {
        const relative_target = target.index(target_mask).sub(low_idx);
        const input_subset = input.index_select(0, row_indices);
        const cluster_output = this.tail[i - 1](input_subset);
        const cluster_index = this.shortlist_size + i - 1;
        gather_inds.index_fill_(0, row_indices, cluster_index);
        const cluster_logprob = F.log_softmax(cluster_output, { dim: 1 });
        const local_logprob = cluster_logprob.gather(1, relative_target.unsqueeze(1));
        output.index_copy_(0, row_indices, local_logprob.squeeze(1));
      }
      used_rows += row_indices.numel();
    }
    if (used_rows !== batch_size) {
      throw new RuntimeError(
        `Target values should be in [0, ${this.n_classes - 1}], but values in range [${target.min().item()}, ${target.max().item()}] were found. `,
      );
    }

    const head_output = this.head(input);
    const head_logprob = F.log_softmax(head_output, { dim: 1 });
    output.add_(head_logprob.gather(1, gather_inds.unsqueeze(1)).squeeze());
    const loss = output.neg().mean();
    if (!is_batched) output = output.squeeze(0);
    return new ASMoutput(output, loss) as unknown as _ASMoutput;
  }

  _get_full_log_prob(input: Tensor, head_output: Tensor): Tensor {
    const { shortlist_size, cutoffs } = this;
    const out = input.new_empty([head_output.size(0), this.n_classes]);
    const head_logprob = F.log_softmax(head_output, { dim: 1 });
    out.narrow(1, 0, shortlist_size).copy_(head_logprob.narrow(1, 0, shortlist_size));
    for (let i = 0; i < this.n_clusters; i++) {
      const [start_idx, stop_idx] = [cutoffs[i], cutoffs[i + 1]];
      const cluster_output = this.tail[i](input);
      const cluster_logprob = F.log_softmax(cluster_output, { dim: 1 });
      const output_logprob = cluster_logprob.add(head_logprob.select(1, shortlist_size + i).unsqueeze(1));
      out.narrow(1, start_idx, stop_idx - start_idx).copy_(output_logprob);
    }
    return out;
  }

  /** The log-probabilities of all classes: (N, in_features) becomes (N, n_classes). */
  log_prob(input: Tensor): Tensor {
    const head_output = this.head(input);
    return this._get_full_log_prob(input, head_output);
  }

  /** The most likely classes, found without all log-probabilities where that can be: (N, in_features) becomes (N). */
  predict(input: Tensor): Tensor {
    const head_output = this.head(input);
    const output = torch.argmax(head_output, { dim: 1 });
    const not_in_shortlist = output.ge(this.shortlist_size);
    const all_in_shortlist = !not_in_shortlist.any().item();
    if (all_in_shortlist) return output;
    if (not_in_shortlist.all().item()) {
      const log_prob = this._get_full_log_prob(input, head_output);
      return torch.argmax(log_prob, { dim: 1 });
    }
    const log_prob = this._get_full_log_prob(input.index(not_in_shortlist), head_output.index(not_in_shortlist));
    output.index_put_([not_in_shortlist], torch.argmax(log_prob, { dim: 1 }));
    return output;
  }
}

takeKeywords("AdaptiveLogSoftmaxWithLoss", AdaptiveLogSoftmaxWithLoss.prototype, {
  log_prob: ["input"],
  predict: ["input"],
});

/**
 * An approximation of softmax and its loss for many classes of which few are frequent: E. Grave et al., "Efficient
 * softmax approximation for GPUs".
 *
 * Classes are numbered by frequency; `cutoffs` part them into the shortlist and clusters, and the i-th cluster goes
 * through in_features / div_value^i features. The input is (N, in_features) or (in_features), the target (N) or ().
 * Returns `output`, the log-probabilities of the targets, and `loss`, the mean of their negatives.
 *
 * Throws ValueError for cutoffs that do not ascend within 1 ... n_classes - 1, RuntimeError for targets out of range.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html}
 */
const AdaptiveLogSoftmaxWithLossClass = module(
  AdaptiveLogSoftmaxWithLoss,
  ["in_features", "n_classes", "cutoffs", "div_value", "head_bias", "device", "dtype"],
  ["input_", "target_"],
);
type AdaptiveLogSoftmaxWithLossClass = InstanceType<typeof AdaptiveLogSoftmaxWithLossClass>;

export { AdaptiveLogSoftmaxWithLossClass as AdaptiveLogSoftmaxWithLoss };
