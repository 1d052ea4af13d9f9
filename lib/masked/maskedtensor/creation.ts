// torch/masked/maskedtensor/creation.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { fromValues, MaskedTensor } from "./core.js";

/**
 * A MaskedTensor with a copy of the data, outside of its graph.
 *
 * `masked_tensor(data, mask, requires_grad=False) -> MaskedTensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const masked_tensor = def(
  "masked_tensor",
  ["data", "mask", "requires_grad"],
  (data: Tensor, mask: Tensor, requires_grad = false): MaskedTensor => new MaskedTensor(data, mask, requires_grad),
);

/**
 * A MaskedTensor with a copy of the data that gradients pass: those of `data` are 0 where the mask is false.
 *
 * `as_masked_tensor(data, mask) -> MaskedTensor`
 *
 * {@link https://docs.pytorch.org/docs/2.15/masked.html}
 */
export const as_masked_tensor = def(
  "as_masked_tensor",
  ["data", "mask"],
  (data: Tensor, mask: Tensor): MaskedTensor => fromValues(data, mask),
);
