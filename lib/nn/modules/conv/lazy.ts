// torch.nn.modules.conv: what all lazy convolutions have in common

import type { Tensor } from "../../../_tensor.js";
import { takeKeywords } from "../../../arguments/class.js";
import { NotImplementedError, RuntimeError, ValueError } from "../../../errors.js";
import type { DeviceLike, dtype } from "../../../types.js";
import { UninitializedParameter } from "../../parameter.js";
import { type LazyModule, LazyModuleMixin } from "../lazy.js";
import type { _ConvNd } from "./nd.js";

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript demands of a mixin
type ConvClass = new (...args: any[]) => _ConvNd;

/** What a lazy convolution can do. */
export interface LazyConv extends LazyModule {
  /** @internal The sizes that are known, and parameters without a shape. */
  _uninitialize(out_channels: number, bias: boolean, device: DeviceLike | null, dtype: dtype | null): void;
  _get_num_spatial_dims(): number;
}

/** Makes a class of convolutions lazy: `in_channels` is found in the first call. */
export function _LazyConvXdMixin<A extends readonly unknown[], M extends _ConvNd>(
  Base: new (...args: A) => M,
): new (
  ...args: A
) => M & LazyConv {
  class LazyConvXd extends LazyModuleMixin(Base as ConvClass) {
    _uninitialize(out_channels: number, bias: boolean, device: DeviceLike | null, dtype: dtype | null): void {
      this.weight = new UninitializedParameter({ device, dtype });
      this.out_channels = out_channels;
      if (bias) this.bias = new UninitializedParameter({ device, dtype });
    }

    override reset_parameters(): void {
      if (!this.has_uninitialized_params() && this.in_channels !== 0) super.reset_parameters();
    }

    override initialize_parameters(input: Tensor): void {
      if (!this.has_uninitialized_params()) return;
      this.in_channels = this._get_in_channels(input);
      const { in_channels, out_channels, groups } = this;
      if (in_channels % groups !== 0) throw new ValueError("in_channels must be divisible by groups");
      const channels = this.transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
      (this.weight as UninitializedParameter).materialize([...channels, ...this.kernel_size]);
      if (this.bias !== null) (this.bias as UninitializedParameter).materialize([out_channels]);
      this.reset_parameters();
    }

    _get_in_channels(input: Tensor): number {
      const num_dims_no_batch = this._get_num_spatial_dims() + 1;
      const num_dims_batch = num_dims_no_batch + 1;
      if (input.dim() !== num_dims_no_batch && input.dim() !== num_dims_batch) {
        throw new RuntimeError(
          `Expected ${num_dims_no_batch}D (unbatched) or ${num_dims_batch}D (batched) input to ${this.constructor.name}, but got input of size: ${input.shape}`,
        );
      }
      return input.dim() === num_dims_batch ? input.shape[1] : input.shape[0];
    }

    _get_num_spatial_dims(): number {
      throw new NotImplementedError();
    }
  }
  takeKeywords("_LazyConvXdMixin", LazyConvXd.prototype, { reset_parameters: [], initialize_parameters: ["input"] });
  return LazyConvXd as unknown as new (
    ...args: A
  ) => M & LazyConv;
}
