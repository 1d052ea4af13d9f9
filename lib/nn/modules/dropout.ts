// torch/nn/modules/dropout.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { ValueError } from "../../errors.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import * as F from "../functional.js";
import { type Called, named } from "./module/keywords.js";
import { Module } from "./module.js";

export class _DropoutNd extends Module {
  p: number;
  inplace: boolean;

  constructor(p = 0.5, inplace = false) {
    super();
    if (p < 0 || p > 1) {
      throw new ValueError(`dropout probability has to be between 0 and 1, but got ${floatRepr(p)}`);
    }
    this.p = p;
    this.inplace = inplace;
  }

  override extra_repr(): string {
    return `p=${floatRepr(this.p)}, inplace=${repr(this.inplace)}`;
  }
}

takeKeywords("_DropoutNd", _DropoutNd.prototype, { extra_repr: [] });

const DROPOUT = ["p", "inplace"] as const;

class DropoutModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * During training, sets each element to zero with probability `p` and divides the others by 1 - p.
 *
 * Throws ValueError unless `p` is in 0 ... 1.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Dropout.html}
 */
export interface Dropout extends Called<DropoutModule, readonly ["input"]>, DropoutModule {}
export const Dropout = named<Dropout>("Dropout")(DropoutModule, DROPOUT, ["input"], { owner: _DropoutNd });

class Dropout1dModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.p, this.training, this.inplace);
  }
}

/**
 * During training, sets whole channels to zero with probability `p`; the input is (N, C, L) or (C, L).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Dropout1d.html}
 */
export interface Dropout1d extends Called<Dropout1dModule, readonly ["input"]>, Dropout1dModule {}
export const Dropout1d = named<Dropout1d>("Dropout1d")(Dropout1dModule, DROPOUT, ["input"], { owner: _DropoutNd });

class Dropout2dModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.p, this.training, this.inplace);
  }
}

/**
 * During training, sets whole channels to zero with probability `p`; the input is (N, C, H, W) or, deprecated, (N, C, L).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Dropout2d.html}
 */
export interface Dropout2d extends Called<Dropout2dModule, readonly ["input"]>, Dropout2dModule {}
export const Dropout2d = named<Dropout2d>("Dropout2d")(Dropout2dModule, DROPOUT, ["input"], { owner: _DropoutNd });

class Dropout3dModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.p, this.training, this.inplace);
  }
}

/**
 * During training, sets whole channels to zero with probability `p`; the input is (N, C, D, H, W) or (C, D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Dropout3d.html}
 */
export interface Dropout3d extends Called<Dropout3dModule, readonly ["input"]>, Dropout3dModule {}
export const Dropout3d = named<Dropout3d>("Dropout3d")(Dropout3dModule, DROPOUT, ["input"], { owner: _DropoutNd });

class AlphaDropoutModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.alpha_dropout(input, this.p, this.training);
  }
}

/**
 * Dropout for networks with SELU: mean and variance stay, and dropped elements are set to SELU's lower limit.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.AlphaDropout.html}
 */
export interface AlphaDropout extends Called<AlphaDropoutModule, readonly ["input"]>, AlphaDropoutModule {}
export const AlphaDropout = named<AlphaDropout>("AlphaDropout")(AlphaDropoutModule, DROPOUT, ["input"], {
  owner: _DropoutNd,
});

class FeatureAlphaDropoutModule extends _DropoutNd {
  override forward(input: Tensor): Tensor {
    return F.feature_alpha_dropout(input, this.p, this.training);
  }
}

/**
 * AlphaDropout of whole channels.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.FeatureAlphaDropout.html}
 */
export interface FeatureAlphaDropout
  extends Called<FeatureAlphaDropoutModule, readonly ["input"]>,
    FeatureAlphaDropoutModule {}
export const FeatureAlphaDropout = named<FeatureAlphaDropout>("FeatureAlphaDropout")(
  FeatureAlphaDropoutModule,
  DROPOUT,
  ["input"],
  { owner: _DropoutNd },
);
