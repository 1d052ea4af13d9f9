// torch/nn/modules/linear.py

import type { Tensor } from "../../_tensor.js";
import { type Constructor, takeKeywords } from "../../arguments/class.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { callable } from "../../callable.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype } from "../../types.js";
import * as F from "../functional.js";
import * as init from "../init.js";
import { Parameter, UninitializedParameter } from "../parameter.js";
import { LazyModuleMixin } from "./lazy.js";
import { type Called, named } from "./module/keywords.js";
import { Module } from "./module.js";

class IdentityModule extends Module {
  constructor(..._args: unknown[]) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return input;
  }
}

takeKeywords("Identity", IdentityModule.prototype, { forward: ["input"] });
Object.defineProperty(IdentityModule, "name", { value: "Identity" });

/**
 * Gives its input as it is, whatever arguments it was made with.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Identity.html}
 */
export interface Identity extends IdentityModule {}
export const Identity = callable(IdentityModule) as unknown as Constructor<Identity, unknown[]>;

class LinearModule extends Module {
  in_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(
    in_features: number,
    out_features: number,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = new Parameter(torch.empty([out_features, in_features], factory_kwargs));
    if (bias) this.bias = new Parameter(torch.empty([out_features], factory_kwargs));
    else this.register_parameter("bias", null);
    this.reset_parameters();
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    // With a = sqrt(5) the bound is 1 / sqrt(in_features): https://github.com/pytorch/pytorch/issues/57109
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) {
      const [fan_in] = init._calculate_fan_in_and_fan_out(this.weight);
      const bound = fan_in > 0 ? 1 / Math.sqrt(fan_in) : 0;
      // Not -bound: that would be -0.
      init.uniform_(this.bias, 0 - bound, bound);
    }
  }

  override forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias);
  }

  override extra_repr(): string {
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${repr(this.bias !== null)}`;
  }
}

const LINEAR = ["in_features", "out_features", "bias", "device", "dtype"] as const;

/**
 * An affine map of the last dimension: `y = x W^T + b`.
 *
 * (*, in_features) becomes (*, out_features). `weight` is (out_features, in_features) and `bias` (out_features), both
 * drawn from U(-k, k) with k = 1 / sqrt(in_features).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Linear.html}
 */
export interface Linear extends Called<LinearModule, readonly ["input"]>, LinearModule {}
export const Linear = named<Linear>("Linear")(LinearModule, LINEAR);

class NonDynamicallyQuantizableLinearModule extends LinearModule {}

/** A Linear under another name, as it stands in MultiheadAttention. */
export interface NonDynamicallyQuantizableLinear
  extends Called<NonDynamicallyQuantizableLinearModule, readonly ["input"]>,
    NonDynamicallyQuantizableLinearModule {}
export const NonDynamicallyQuantizableLinear = named<NonDynamicallyQuantizableLinear>(
  "NonDynamicallyQuantizableLinear",
)(NonDynamicallyQuantizableLinearModule, LINEAR, ["input"], {
  owner: Linear,
});

class BilinearModule extends Module {
  in1_features: number;
  in2_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(
    in1_features: number,
    in2_features: number,
    out_features: number,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.in1_features = in1_features;
    this.in2_features = in2_features;
    this.out_features = out_features;
    this.weight = new Parameter(torch.empty([out_features, in1_features, in2_features], factory_kwargs));
    if (bias) this.bias = new Parameter(torch.empty([out_features], factory_kwargs));
    else this.register_parameter("bias", null);
    this.reset_parameters();
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    if (this.in1_features <= 0) {
      throw new ValueError(`in1_features must be > 0, but got (in1_features=${this.in1_features})`);
    }
    const bound = 1 / Math.sqrt(this.weight.size(1));
    init.uniform_(this.weight, -bound, bound);
    if (this.bias !== null) init.uniform_(this.bias, -bound, bound);
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return F.bilinear(input1, input2, this.weight, this.bias);
  }

  override extra_repr(): string {
    return `in1_features=${this.in1_features}, in2_features=${this.in2_features}, out_features=${this.out_features}, bias=${repr(this.bias !== null)}`;
  }
}

/**
 * A bilinear map of the last dimensions of two inputs: `y = x1^T A x2 + b`.
 *
 * (*, in1_features) and (*, in2_features) become (*, out_features). Throws ValueError unless `in1_features` is positive.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.Bilinear.html}
 */
export interface Bilinear extends Called<BilinearModule, readonly ["input1", "input2"]>, BilinearModule {}
export const Bilinear = named<Bilinear>("Bilinear")(
  BilinearModule,
  ["in1_features", "in2_features", "out_features", "bias", "device", "dtype"],
  ["input1", "input2"],
);

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript demands of a mixin
const LazyBase = LazyModuleMixin(LinearModule as new (...args: any[]) => LinearModule);

class LazyLinearModule extends LazyBase {
  constructor(out_features: number, bias = true, device: DeviceLike | null = null, dtype: dtype | null = null) {
    // Without a bias, which would be overwritten at once.
    super(0, 0, false);
    this.weight = new UninitializedParameter({ device, dtype });
    this.out_features = out_features;
    if (bias) this.bias = new UninitializedParameter({ device, dtype });
  }

  override get cls_to_become(): typeof Linear {
    return Linear;
  }

  override reset_parameters(): void {
    if (!this.has_uninitialized_params() && this.in_features !== 0) super.reset_parameters();
  }

  override initialize_parameters(input: Tensor): void {
    const in_features = input.shape[input.dim() - 1];
    if (this.has_uninitialized_params()) {
      no_grad(() => {
        this.in_features = in_features;
        (this.weight as UninitializedParameter).materialize([this.out_features, in_features]);
        if (this.bias !== null) (this.bias as UninitializedParameter).materialize([this.out_features]);
        this.reset_parameters();
      });
    }
    if (this.in_features === 0) {
      if (in_features !== this.weight.shape[1]) {
        throw new AssertionError(
          `The in_features inferred from input: ${in_features} is not equal to in_features from self.weight: ${this.weight.shape[1]}`,
        );
      }
      this.in_features = in_features;
    }
  }
}

takeKeywords("LazyLinear", LazyLinearModule.prototype, { initialize_parameters: ["input"] });

/**
 * A Linear whose `in_features` is found when it is called for the first time; then it becomes a Linear.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LazyLinear.html}
 */
export interface LazyLinear extends Called<LazyLinearModule, readonly ["input"]>, LazyLinearModule {}
export const LazyLinear = named<LazyLinear>("LazyLinear")(LazyLinearModule, [
  "out_features",
  "bias",
  "device",
  "dtype",
]);
