// torch/masked/maskedtensor/passthrough.py: operators that do with the mask what they do with the data

import type { Tensor } from "../../_tensor.js";
import { dataOf, maskOf, type Serve } from "./_ops_refs.js";
import { fromValues } from "./core.js";

/** PASSTHROUGH_FNS, and what is made of them before it comes there. */
const names = new Set([
  ...["select", "transpose", "split", "t", "slice", "index", "expand", "view", "_unsafe_view", "_reshape_alias", "cat"],
  ...["unsqueeze", "unfold", "im2col", "col2im", "stack"],
  ...["reshape", "flatten", "unflatten", "chunk", "narrow", "swapaxes", "swapdims", "expand_as", "view_as", "concat"],
  ...["concatenate", "hstack", "vstack", "split_with_sizes", "reshape_as"],
]);

export function passthrough(operator: string): Serve | undefined {
  if (!names.has(operator)) return undefined;
  return (call) => {
    const [data, mask] = [call.again(dataOf), call.again(maskOf)];
    if (Array.isArray(data)) return data.map((part: Tensor, i) => fromValues(part, (mask as Tensor[])[i]));
    return fromValues(data as Tensor, mask as Tensor);
  };
}
