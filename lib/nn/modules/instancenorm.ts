// torch/nn/modules/instancenorm.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import type { DeviceLike, dtype } from "../../types.js";
import { warn } from "../functional/warn.js";
import * as F from "../functional.js";
import { _LazyNormBase, _NormBase, LAZY_NORM, NORM } from "./batchnorm.js";
import { type Called, named } from "./module/keywords.js";
import type { LocalMetadata, StateDict } from "./module.js";

/** The base of InstanceNorm1d, 2d and 3d. */
export class _InstanceNorm extends _NormBase {
  constructor(
    num_features: number,
    eps = 1e-5,
    momentum: number | null = 0.1,
    affine = false,
    track_running_stats = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    bias = true,
  ) {
    super(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias);
  }

  _get_no_batch_dim(): number {
    throw new NotImplementedError();
  }

  _handle_no_batch_input(input: Tensor): Tensor {
    return this._apply_instance_norm(input.unsqueeze(0)).squeeze(0);
  }

  _apply_instance_norm(input: Tensor): Tensor {
    return F.instance_norm(
      input,
      this.running_mean,
      this.running_var,
      this.weight,
      this.bias,
      this.training || !this.track_running_stats,
      this.momentum ?? 0,
      this.eps,
    );
  }

  override _load_from_state_dict(
    state_dict: StateDict,
    prefix: string,
    local_metadata: LocalMetadata,
    strict: boolean,
    missing_keys: string[],
    unexpected_keys: string[],
    error_msgs: string[],
  ): void {
    // Before version 1 running statistics were kept by default.
    if (local_metadata.version === undefined && !this.track_running_stats) {
      const running_stats_keys = ["running_mean", "running_var"]
        .map((name) => prefix + name)
        .filter((key) => Object.hasOwn(state_dict, key));
      if (running_stats_keys.length > 0) {
        const names = running_stats_keys.map((key) => `"${key}"`).join(" and ");
        const klass = this.constructor.name;
        error_msgs.push(
          `Unexpected running stats buffer(s) ${names} for ${klass} with track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because ${klass} does not track running stats by default since 0.4.0. Please remove these keys from state_dict. If the running stats are actually needed, instead set track_running_stats=True in ${klass} to enable them. See the documentation of ${klass} for details.`,
        );
        for (const key of running_stats_keys) delete state_dict[key];
      }
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs);
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const feature_dim = input.dim() - this._get_no_batch_dim();
    if (input.size(feature_dim) !== this.num_features) {
      if (this.affine) {
        throw new ValueError(
          `expected input's size at dim=${feature_dim} to match num_features (${this.num_features}), but got: ${input.size(feature_dim)}.`,
        );
      }
      warn(
        `input's size at dim=${feature_dim} does not match num_features. You can silence this warning by not passing in num_features, which is not used because affine=False`,
      );
    }
    if (input.dim() === this._get_no_batch_dim()) return this._handle_no_batch_input(input);
    return this._apply_instance_norm(input);
  }
}

takeKeywords("_InstanceNorm", _InstanceNorm.prototype, { forward: ["input"] });

class InstanceNorm1dModule extends _InstanceNorm {
  override _get_no_batch_dim(): number {
    return 2;
  }

  override _check_input_dim(input: Tensor): void {
    if (![2, 3].includes(input.dim())) throw new ValueError(`expected 2D or 3D input (got ${input.dim()}D input)`);
  }
}

/**
 * Normalization of each channel of each sample on its own; the input is (N, C, L) or (C, L).
 *
 * By default it has neither `weight` and `bias` (`affine`) nor running statistics (`track_running_stats`); with the
 * latter, eval mode uses them.
 *
 * Throws ValueError for an input of other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.InstanceNorm1d.html}
 */
export interface InstanceNorm1d extends Called<InstanceNorm1dModule, readonly ["input"]>, InstanceNorm1dModule {}
export const InstanceNorm1d = named<InstanceNorm1d>("InstanceNorm1d")(InstanceNorm1dModule, NORM, ["input"], {
  owner: _InstanceNorm,
});

const LazyBase = _LazyNormBase(_InstanceNorm);

class LazyInstanceNorm1dModule extends LazyBase {
  override get cls_to_become(): typeof InstanceNorm1d {
    return InstanceNorm1d;
  }

  override _get_no_batch_dim(): number {
    return 2;
  }

  override _check_input_dim(input: Tensor): void {
    if (![2, 3].includes(input.dim())) throw new ValueError(`expected 2D or 3D input (got ${input.dim()}D input)`);
  }
}

/**
 * An InstanceNorm1d whose `num_features` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyInstanceNorm1d.html}
 */
export interface LazyInstanceNorm1d
  extends Called<LazyInstanceNorm1dModule, readonly ["input"]>,
    LazyInstanceNorm1dModule {}
export const LazyInstanceNorm1d = named<LazyInstanceNorm1d>("LazyInstanceNorm1d")(
  LazyInstanceNorm1dModule,
  LAZY_NORM,
  ["input"],
  { owner: LazyBase },
);

class InstanceNorm2dModule extends _InstanceNorm {
  override _get_no_batch_dim(): number {
    return 3;
  }

  override _check_input_dim(input: Tensor): void {
    if (![3, 4].includes(input.dim())) throw new ValueError(`expected 3D or 4D input (got ${input.dim()}D input)`);
  }
}

/**
 * Normalization of each channel of each sample on its own; the input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.InstanceNorm2d.html}
 */
export interface InstanceNorm2d extends Called<InstanceNorm2dModule, readonly ["input"]>, InstanceNorm2dModule {}
export const InstanceNorm2d = named<InstanceNorm2d>("InstanceNorm2d")(InstanceNorm2dModule, NORM, ["input"], {
  owner: _InstanceNorm,
});

class LazyInstanceNorm2dModule extends LazyBase {
  override get cls_to_become(): typeof InstanceNorm2d {
    return InstanceNorm2d;
  }

  override _get_no_batch_dim(): number {
    return 3;
  }

  override _check_input_dim(input: Tensor): void {
    if (![3, 4].includes(input.dim())) throw new ValueError(`expected 3D or 4D input (got ${input.dim()}D input)`);
  }
}

/**
 * An InstanceNorm2d whose `num_features` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyInstanceNorm2d.html}
 */
export interface LazyInstanceNorm2d
  extends Called<LazyInstanceNorm2dModule, readonly ["input"]>,
    LazyInstanceNorm2dModule {}
export const LazyInstanceNorm2d = named<LazyInstanceNorm2d>("LazyInstanceNorm2d")(
  LazyInstanceNorm2dModule,
  LAZY_NORM,
  ["input"],
  { owner: LazyBase },
);

class InstanceNorm3dModule extends _InstanceNorm {
  override _get_no_batch_dim(): number {
    return 4;
  }

  override _check_input_dim(input: Tensor): void {
    if (![4, 5].includes(input.dim())) throw new ValueError(`expected 4D or 5D input (got ${input.dim()}D input)`);
  }
}

/**
 * Normalization of each channel of each sample on its own; the input is (N, C, D, H, W) or (C, D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.InstanceNorm3d.html}
 */
export interface InstanceNorm3d extends Called<InstanceNorm3dModule, readonly ["input"]>, InstanceNorm3dModule {}
export const InstanceNorm3d = named<InstanceNorm3d>("InstanceNorm3d")(InstanceNorm3dModule, NORM, ["input"], {
  owner: _InstanceNorm,
});

class LazyInstanceNorm3dModule extends LazyBase {
  override get cls_to_become(): typeof InstanceNorm3d {
    return InstanceNorm3d;
  }

  override _get_no_batch_dim(): number {
    return 4;
  }

  override _check_input_dim(input: Tensor): void {
    if (![4, 5].includes(input.dim())) throw new ValueError(`expected 4D or 5D input (got ${input.dim()}D input)`);
  }
}

/**
 * An InstanceNorm3d whose `num_features` is found when it is called for the first time; then it becomes one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyInstanceNorm3d.html}
 */
export interface LazyInstanceNorm3d
  extends Called<LazyInstanceNorm3dModule, readonly ["input"]>,
    LazyInstanceNorm3dModule {}
export const LazyInstanceNorm3d = named<LazyInstanceNorm3d>("LazyInstanceNorm3d")(
  LazyInstanceNorm3dModule,
  LAZY_NORM,
  ["input"],
  { owner: LazyBase },
);
