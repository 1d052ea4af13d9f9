// torch.nn.modules.conv: what all convolutions have in common

import { takeKeywords } from "../../../arguments/class.js";
import { no_grad } from "../../../autograd/grad_mode.js";
import { ValueError } from "../../../errors.js";
import * as torch from "../../../generated/torch.js";
import { contiguous_format } from "../../../layout.js";
import { repr } from "../../../python/repr.js";
import type { DeviceLike, dtype } from "../../../types.js";
import * as init from "../../init.js";
import { Parameter } from "../../parameter.js";
import { Module } from "../module.js";
import { _reverse_repeat_tuple, tupleText } from "../utils.js";

/** What is put around an input: zeros, or what `F.pad` makes of it. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

/** How many elements are put around an input; "same" keeps its size. */
export type Padding = "same" | "valid";

const PADDING_MODES: readonly string[] = ["zeros", "reflect", "replicate", "circular"];

/** The base of convolutions. */
export class _ConvNd extends Module {
  in_channels: number;
  out_channels: number;
  kernel_size: number[];
  stride: number[];
  padding: Padding | number[];
  dilation: number[];
  transposed: boolean;
  output_padding: number[];
  groups: number;
  padding_mode: PaddingMode;
  _reversed_padding_repeated_twice: number[];
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(
    in_channels: number,
    out_channels: number,
    kernel_size: number[],
    stride: number[],
    padding: Padding | number[],
    dilation: number[],
    transposed: boolean,
    output_padding: number[],
    groups: number,
    bias: boolean,
    padding_mode: PaddingMode,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    if (groups <= 0) throw new ValueError("groups must be a positive integer");
    if (in_channels % groups !== 0) throw new ValueError("in_channels must be divisible by groups");
    if (out_channels % groups !== 0) throw new ValueError("out_channels must be divisible by groups");
    if (typeof padding === "string") {
      if (padding !== "same" && padding !== "valid") {
        throw new ValueError(`Invalid padding string ${repr(padding)}, should be one of {'same', 'valid'}`);
      }
      if (padding === "same" && stride.some((s) => s !== 1)) {
        throw new ValueError("padding='same' is not supported for strided convolutions");
      }
    }
    if (!PADDING_MODES.includes(padding_mode)) {
      throw new ValueError(
        `padding_mode must be one of {${PADDING_MODES.map(repr).join(", ")}}, but got padding_mode='${padding_mode}'`,
      );
    }
    this.in_channels = in_channels;
    this.out_channels = out_channels;
    this.kernel_size = kernel_size;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.transposed = transposed;
    this.output_padding = output_padding;
    this.groups = groups;
    this.padding_mode = padding_mode;
    // What F.pad() takes: it pads before the convolution where the mode is not "zeros".
    if (typeof padding === "string") {
      this._reversed_padding_repeated_twice = kernel_size.flatMap(() => [0, 0]);
      if (padding === "same") {
        for (const [d, k] of kernel_size.entries()) {
          const i = kernel_size.length - 1 - d;
          const total_padding = dilation[d] * (k - 1);
          const left_pad = Math.floor(total_padding / 2);
          this._reversed_padding_repeated_twice[2 * i] = left_pad;
          this._reversed_padding_repeated_twice[2 * i + 1] = total_padding - left_pad;
        }
      }
    } else {
      this._reversed_padding_repeated_twice = _reverse_repeat_tuple(padding, 2);
    }
    const channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
    this.weight = new Parameter(torch.empty([...channels, ...kernel_size], factory_kwargs));
    if (bias) this.bias = new Parameter(torch.empty([out_channels], factory_kwargs));
    else this.register_parameter("bias", null);
    this.reset_parameters();
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    no_grad(() => {
      if (this.weight.is_contiguous()) {
        // With a = sqrt(5) the bound is 1 / sqrt(fan_in): https://github.com/pytorch/pytorch/issues/15314
        init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
      } else {
        // The same numbers, whatever the memory format.
        const temp_weight = torch.empty_like(this.weight, { memory_format: contiguous_format });
        init.kaiming_uniform_(temp_weight, { a: Math.sqrt(5) });
        this.weight.copy_(temp_weight);
      }
      if (this.bias !== null) {
        const [fan_in] = init._calculate_fan_in_and_fan_out(this.weight);
        const bound = fan_in > 0 ? 1 / Math.sqrt(fan_in) : 0;
        // Not -bound: that would be -0.
        init.uniform_(this.bias, 0 - bound, bound);
      }
    });
  }

  override extra_repr(): string {
    const { padding } = this;
    let s = `${this.in_channels}, ${this.out_channels}, kernel_size=${tupleText(this.kernel_size)}, stride=${tupleText(this.stride)}`;
    if (typeof padding === "string") s += `, padding=${padding}`;
    else if (padding.some((p) => p !== 0)) s += `, padding=${tupleText(padding)}`;
    if (this.dilation.some((d) => d !== 1)) s += `, dilation=${tupleText(this.dilation)}`;
    if (this.output_padding.some((p) => p !== 0)) s += `, output_padding=${tupleText(this.output_padding)}`;
    if (this.groups !== 1) s += `, groups=${this.groups}`;
    if (this.bias === null) s += ", bias=False";
    if (this.padding_mode !== "zeros") s += `, padding_mode=${this.padding_mode}`;
    return s;
  }
}

takeKeywords("_ConvNd", _ConvNd.prototype, { extra_repr: [], reset_parameters: [] });
