// torch/nn/modules/distance.py

import type { Tensor } from "../../_tensor.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";

class PairwiseDistance extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;

  constructor(p = 2, eps = 1e-6, keepdim = false) {
    super();
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}

/**
 * The distance, in the p-norm, of vectors that lie along the last dimension.
 *
 * (sum of |x1 - x2 + eps|^p)^(1/p); the inputs are (N, D) or (D), the output is (N) or (), or with `keepdim` (N, 1) or
 * (1).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.PairwiseDistance.html}
 */
const PairwiseDistanceClass = module(PairwiseDistance, ["p", "eps", "keepdim"], ["x1", "x2"]);
type PairwiseDistanceClass = InstanceType<typeof PairwiseDistanceClass>;

class CosineSimilarity extends Module {
  dim: number;
  eps: number;

  constructor(dim = 1, eps = 1e-8) {
    super();
    this.dim = dim;
    this.eps = eps;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}

/**
 * The cosine of the angle between vectors that lie along `dim`.
 *
 * x1 . x2 / max(|x1| * |x2|, eps); the output lacks the dimension `dim`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CosineSimilarity.html}
 */
const CosineSimilarityClass = module(CosineSimilarity, ["dim", "eps"], ["x1", "x2"]);
type CosineSimilarityClass = InstanceType<typeof CosineSimilarityClass>;

export { CosineSimilarityClass as CosineSimilarity, PairwiseDistanceClass as PairwiseDistance };
