// torch/masked/__init__.py

export {
  amax,
  amin,
  argmax,
  argmin,
  cumprod,
  cumsum,
  log_softmax,
  logaddexp,
  logsumexp,
  mean,
  median,
  norm,
  normalize,
  prod,
  softmax,
  softmin,
  std,
  sum,
  var,
} from "./_ops.js";
export { is_masked_tensor, MaskedTensor } from "./maskedtensor/core.js";
export { as_masked_tensor, masked_tensor } from "./maskedtensor/creation.js";
