// torch/nn/utils/memory_format.py

import { generic } from "../../arguments/function.js";
import type { memory_format } from "../../types.js";
import { Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d } from "../modules/conv.js";
import type { Module } from "../modules/module.js";
import type { Parameter } from "../parameter.js";

interface Convolution {
  readonly prototype: Module & { weight: Parameter };
}

/** A function that lays out the weights of all modules of these classes. */
const converter = (name: string, ...classes: Convolution[]) =>
  generic(name, ["module", "memory_format"], <M extends Module>(module: M, memory_format: memory_format): M => {
    for (const one of module.modules()) {
      if (!classes.some(({ prototype }) => Object.prototype.isPrototypeOf.call(prototype, one))) continue;
      const { weight } = one as Module & { weight: Parameter };
      const weight_data = weight.detach().clone({ memory_format });
      weight.data = weight_data.resize_(weight_data.size(), { memory_format });
    }
    return module;
  });

/**
 * Lays the weights of all Conv2d and ConvTranspose2d out in another memory format, in place.
 *
 * `convert_conv2d_weight_memory_format(module, memory_format) -> _M`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.convert_conv2d_weight_memory_format.html}
 */
export const convert_conv2d_weight_memory_format = converter(
  "convert_conv2d_weight_memory_format",
  Conv2d,
  ConvTranspose2d,
);

/**
 * Lays the weights of all Conv3d and ConvTranspose3d out in another memory format, in place.
 *
 * `convert_conv3d_weight_memory_format(module, memory_format) -> _M`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.convert_conv3d_weight_memory_format.html}
 */
export const convert_conv3d_weight_memory_format = converter(
  "convert_conv3d_weight_memory_format",
  Conv3d,
  ConvTranspose3d,
);
