// torch/nn/modules/batchnorm.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { int64 } from "../../dtype.js";
import { AssertionError, NotImplementedError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { repr } from "../../python/repr.js";
import { tensor } from "../../tensor_new.js";
import type { DeviceLike, dtype } from "../../types.js";
import * as F from "../functional.js";
import * as init from "../init.js";
import { Parameter, UninitializedBuffer, UninitializedParameter } from "../parameter.js";
import { type LazyModule, LazyModuleMixin } from "./lazy.js";
import { type Called, named } from "./module/keywords.js";
import { isModule } from "./module/state.js";
import { type LocalMetadata, Module, type StateDict } from "./module.js";

/** The base of normalizations with running statistics: BatchNorm and InstanceNorm. */
export class _NormBase extends Module {
  num_features: number;
  eps: number;
  momentum: number | null;
  affine: boolean;
  track_running_stats: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(
    num_features: number,
    eps = 1e-5,
    momentum: number | null = 0.1,
    affine = true,
    track_running_stats = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    bias = true,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.num_features = num_features;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    if (this.affine) {
      this.weight = new Parameter(torch.empty([num_features], factory_kwargs));
      if (bias) this.bias = new Parameter(torch.empty([num_features], factory_kwargs));
      else this.register_parameter("bias", null);
    } else {
      this.register_parameter("weight", null);
      this.register_parameter("bias", null);
    }
    if (this.track_running_stats) {
      this.register_buffer("running_mean", torch.zeros([num_features], factory_kwargs));
      this.register_buffer("running_var", torch.ones([num_features], factory_kwargs));
      this.register_buffer("num_batches_tracked", tensor(0, { dtype: int64, device }));
    } else {
      this.register_buffer("running_mean", null);
      this.register_buffer("running_var", null);
      this.register_buffer("num_batches_tracked", null);
    }
    this.reset_parameters();
  }

  override get _version(): number {
    return 2;
  }

  /** Sets the running statistics to those of the normal distribution N(0, 1). */
  reset_running_stats(): void {
    if (this.track_running_stats) {
      this.running_mean?.zero_();
      this.running_var?.fill_(1);
      this.num_batches_tracked?.zero_();
    }
  }

  /** Sets parameters and running statistics to what they were at first. */
  reset_parameters(): void {
    this.reset_running_stats();
    if (this.affine) {
      init.ones_(this.weight as Parameter);
      if (this.bias !== null) init.zeros_(this.bias);
    }
  }

  _check_input_dim(_input: Tensor): void {
    throw new NotImplementedError();
  }

  override extra_repr(): string {
    const momentum = this.momentum === null ? "None" : floatRepr(this.momentum);
    return `${this.num_features}, eps=${floatRepr(this.eps)}, momentum=${momentum}, affine=${repr(this.affine)}, bias=${repr(this.bias !== null)}, track_running_stats=${repr(this.track_running_stats)}`;
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
    const { version } = local_metadata;
    if ((version === undefined || version < 2) && this.track_running_stats) {
      // Before version 2 there was no num_batches_tracked.
      const num_batches_tracked_key = `${prefix}num_batches_tracked`;
      if (!Object.hasOwn(state_dict, num_batches_tracked_key)) {
        const { num_batches_tracked } = this;
        state_dict[num_batches_tracked_key] =
          num_batches_tracked !== null && !num_batches_tracked.is_meta
            ? num_batches_tracked
            : tensor(0, { dtype: int64 });
      }
    }
    super._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs);
  }
}

takeKeywords("_NormBase", _NormBase.prototype, { extra_repr: [], reset_parameters: [], reset_running_stats: [] });

export const NORM = [
  "num_features",
  "eps",
  "momentum",
  "affine",
  "track_running_stats",
  "device",
  "dtype",
  "*",
  "bias",
] as const;

/** The base of BatchNorm1d, 2d, 3d and SyncBatchNorm. */
export class _BatchNorm extends _NormBase {
  // module() counts the parameters of this constructor.
  constructor(
    num_features: number,
    eps = 1e-5,
    momentum: number | null = 0.1,
    affine = true,
    track_running_stats = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    bias = true,
  ) {
    super(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias);
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);

    let exponential_average_factor = this.momentum ?? 0;
    if (this.training && this.track_running_stats && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      // Without a momentum the average is over all batches.
      exponential_average_factor = this.momentum ?? 1 / this.num_batches_tracked.item();
    }

    // In eval mode the batch's own statistics are used if there are no running ones.
    const bn_training = this.training || (this.running_mean === null && this.running_var === null);
    // Running statistics are given to be updated or, in eval mode, to be used.
    const tracked = !this.training || this.track_running_stats;
    return F.batch_norm(
      input,
      tracked ? this.running_mean : null,
      tracked ? this.running_var : null,
      this.weight,
      this.bias,
      bn_training,
      exponential_average_factor,
      this.eps,
    );
  }
}

takeKeywords("_BatchNorm", _BatchNorm.prototype, { forward: ["input"] });

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript demands of a mixin
type NormClass = new (...args: any[]) => _NormBase;

/** The arguments of the constructors of lazy normalizations. */
type LazyNormArguments = [
  eps?: number,
  momentum?: number | null,
  affine?: boolean,
  track_running_stats?: boolean,
  device?: DeviceLike | null,
  dtype?: dtype | null,
  bias?: boolean,
];

/** Makes a class of normalizations lazy: `num_features` is found in the first call. */
export function _LazyNormBase<N extends _NormBase>(
  Base: new (...args: ConstructorParameters<typeof _NormBase>) => N,
): new (
  ...args: LazyNormArguments
) => N & LazyModule {
  class _LazyNormBase extends LazyModuleMixin(Base as NormClass) {
    constructor(
      eps = 1e-5,
      momentum: number | null = 0.1,
      affine = true,
      track_running_stats = true,
      device: DeviceLike | null = null,
      dtype: dtype | null = null,
      bias = true,
    ) {
      const factory_kwargs = { device, dtype };
      // Without weights and statistics, which would be overwritten at once.
      super(0, eps, momentum, false, false, device, dtype, false);
      this.affine = affine;
      this.track_running_stats = track_running_stats;
      if (this.affine) {
        this.weight = new UninitializedParameter(factory_kwargs);
        if (bias) this.bias = new UninitializedParameter(factory_kwargs);
      }
      if (this.track_running_stats) {
        this.running_mean = new UninitializedBuffer(factory_kwargs);
        this.running_var = new UninitializedBuffer(factory_kwargs);
        this.num_batches_tracked = tensor(0, { dtype: int64, device });
      }
    }

    override reset_parameters(): void {
      if (!this.has_uninitialized_params() && this.num_features !== 0) super.reset_parameters();
    }

    override initialize_parameters(input: Tensor): void {
      if (!this.has_uninitialized_params()) return;
      this.num_features = input.size(1);
      if (this.affine) {
        (this.weight as UninitializedParameter).materialize([this.num_features]);
        if (this.bias !== null) (this.bias as UninitializedParameter).materialize([this.num_features]);
      }
      if (this.track_running_stats) {
        (this.running_mean as UninitializedBuffer).materialize([this.num_features]);
        (this.running_var as UninitializedBuffer).materialize([this.num_features]);
      }
      this.reset_parameters();
    }
  }
  takeKeywords("_LazyNormBase", _LazyNormBase.prototype, { reset_parameters: [], initialize_parameters: ["input"] });
  return _LazyNormBase as unknown as new (
    ...args: LazyNormArguments
  ) => N & LazyModule;
}

export const LAZY_NORM = ["eps", "momentum", "affine", "track_running_stats", "device", "dtype", "*", "bias"] as const;

class BatchNorm1dModule extends _BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 2 && input.dim() !== 3) {
      throw new ValueError(`expected 2D or 3D input (got ${input.dim()}D input)`);
    }
  }
}

/**
 * Batch normalization of an input (N, C) or (N, C, L): `(x - mean) / sqrt(var + eps) * weight + bias` for each channel.
 *
 * In training mean and variance are the batch's, and the running ones, `running_mean` and `running_var`, go by `momentum`
 * towards them (or are the averages over all batches if it is null); in eval mode the running ones are used.
 *
 * Throws ValueError for an input of other dimensions, and for one value per channel in training.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.BatchNorm1d.html}
 */
export interface BatchNorm1d extends Called<BatchNorm1dModule, readonly ["input"]>, BatchNorm1dModule {}
export const BatchNorm1d = named<BatchNorm1d>("BatchNorm1d")(BatchNorm1dModule, NORM, ["input"], { owner: _BatchNorm });

const LazyBase = _LazyNormBase(_BatchNorm);

class LazyBatchNorm1dModule extends LazyBase {
  override get cls_to_become(): typeof BatchNorm1d {
    return BatchNorm1d;
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 2 && input.dim() !== 3) {
      throw new ValueError(`expected 2D or 3D input (got ${input.dim()}D input)`);
    }
  }
}

/**
 * A BatchNorm1d whose `num_features` is found when it is called for the first time; then it becomes a BatchNorm1d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyBatchNorm1d.html}
 */
export interface LazyBatchNorm1d extends Called<LazyBatchNorm1dModule, readonly ["input"]>, LazyBatchNorm1dModule {}
export const LazyBatchNorm1d = named<LazyBatchNorm1d>("LazyBatchNorm1d")(LazyBatchNorm1dModule, LAZY_NORM, ["input"], {
  owner: LazyBase,
});

class BatchNorm2dModule extends _BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 4) throw new ValueError(`expected 4D input (got ${input.dim()}D input)`);
  }
}

/**
 * Batch normalization of an input (N, C, H, W), as BatchNorm1d does it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.BatchNorm2d.html}
 */
export interface BatchNorm2d extends Called<BatchNorm2dModule, readonly ["input"]>, BatchNorm2dModule {}
export const BatchNorm2d = named<BatchNorm2d>("BatchNorm2d")(BatchNorm2dModule, NORM, ["input"], { owner: _BatchNorm });

class LazyBatchNorm2dModule extends LazyBase {
  override get cls_to_become(): typeof BatchNorm2d {
    return BatchNorm2d;
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 4) throw new ValueError(`expected 4D input (got ${input.dim()}D input)`);
  }
}

/**
 * A BatchNorm2d whose `num_features` is found when it is called for the first time; then it becomes a BatchNorm2d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyBatchNorm2d.html}
 */
export interface LazyBatchNorm2d extends Called<LazyBatchNorm2dModule, readonly ["input"]>, LazyBatchNorm2dModule {}
export const LazyBatchNorm2d = named<LazyBatchNorm2d>("LazyBatchNorm2d")(LazyBatchNorm2dModule, LAZY_NORM, ["input"], {
  owner: LazyBase,
});

class BatchNorm3dModule extends _BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 5) throw new ValueError(`expected 5D input (got ${input.dim()}D input)`);
  }
}

/**
 * Batch normalization of an input (N, C, D, H, W), as BatchNorm1d does it.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.BatchNorm3d.html}
 */
export interface BatchNorm3d extends Called<BatchNorm3dModule, readonly ["input"]>, BatchNorm3dModule {}
export const BatchNorm3d = named<BatchNorm3d>("BatchNorm3d")(BatchNorm3dModule, NORM, ["input"], { owner: _BatchNorm });

class LazyBatchNorm3dModule extends LazyBase {
  override get cls_to_become(): typeof BatchNorm3d {
    return BatchNorm3d;
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 5) throw new ValueError(`expected 5D input (got ${input.dim()}D input)`);
  }
}

/**
 * A BatchNorm3d whose `num_features` is found when it is called for the first time; then it becomes a BatchNorm3d.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyBatchNorm3d.html}
 */
export interface LazyBatchNorm3d extends Called<LazyBatchNorm3dModule, readonly ["input"]>, LazyBatchNorm3dModule {}
export const LazyBatchNorm3d = named<LazyBatchNorm3d>("LazyBatchNorm3d")(LazyBatchNorm3dModule, LAZY_NORM, ["input"], {
  owner: LazyBase,
});

class SyncBatchNormModule extends _BatchNorm {
  process_group: unknown;

  constructor(
    num_features: number,
    eps = 1e-5,
    momentum: number | null = 0.1,
    affine = true,
    track_running_stats = true,
    process_group: unknown = null,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    bias = true,
  ) {
    super(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias);
    this.process_group = process_group;
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() < 2) throw new ValueError(`expected at least 2D input (got ${input.dim()}D input)`);
  }

  _check_non_zero_input_channels(input: Tensor): void {
    if (input.size(1) === 0) throw new ValueError("SyncBatchNorm number of input channels should be non-zero");
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    this._check_non_zero_input_channels(input);
    if (this.training && this.track_running_stats && this.num_batches_tracked === null) {
      throw new AssertionError("num_batches_tracked must not be None");
    }
    return super.forward(input);
  }

  /**
   * Puts a SyncBatchNorm in the place of every BatchNorm1d, 2d and 3d in a model, and returns the model.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SyncBatchNorm.html#torch.nn.SyncBatchNorm.convert_sync_batchnorm}
   */
  static convert_sync_batchnorm<M extends Module>(module: M, process_group: unknown = null): Module {
    let module_output: Module = module;
    if (isModule(module) && module instanceof _BatchNorm) {
      const converted = new SyncBatchNorm(
        module.num_features,
        module.eps,
        module.momentum,
        module.affine,
        module.track_running_stats,
        process_group,
        { bias: module.bias !== null },
      );
      if (module.affine) {
        converted.weight = module.weight;
        converted.bias = module.bias;
      }
      converted.running_mean = module.running_mean;
      converted.running_var = module.running_var;
      converted.num_batches_tracked = module.num_batches_tracked;
      converted.training = module.training;
      module_output = converted;
    }
    for (const [name, child] of module.named_children()) {
      module_output.add_module(name, SyncBatchNorm.convert_sync_batchnorm(child, process_group));
    }
    return module_output;
  }
}

takeKeywords("SyncBatchNorm", SyncBatchNormModule, { convert_sync_batchnorm: ["module", "process_group"] });

/**
 * Batch normalization of an input (N, C, ...), as BatchNorm1d does it: there is one process, with nobody to share with.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.SyncBatchNorm.html}
 */
export interface SyncBatchNorm extends Called<SyncBatchNormModule, readonly ["input"]>, SyncBatchNormModule {}
export const SyncBatchNorm = named<SyncBatchNorm>("SyncBatchNorm")(SyncBatchNormModule, [
  "num_features",
  "eps",
  "momentum",
  "affine",
  "track_running_stats",
  "process_group",
  "device",
  "dtype",
  "*",
  "bias",
]);
