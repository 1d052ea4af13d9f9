// torch.nn.functional: torch/nn/functional.py, in the order of its documentation

export { boolean_dispatch } from "../_jit_internal.js";
// Pooling
// Attention
// Activation
// Linear
// Sparse
export {
  avg_pool2d,
  avg_pool3d,
  elu_,
  gelu,
  hardtanh_,
  leaky_relu_,
  linear,
  log_sigmoid as logsigmoid,
  one_hot,
  softplus,
  softshrink,
} from "../generated/nn.js";
// Convolution
// Distance
// Vision
export {
  adaptive_avg_pool1d,
  avg_pool1d,
  bilinear,
  celu_,
  channel_shuffle,
  conv_tbc,
  conv_transpose1d,
  conv_transpose2d,
  conv_transpose3d,
  conv1d,
  conv2d,
  conv3d,
  cosine_similarity,
  hardshrink,
  native_channel_shuffle,
  pairwise_distance,
  pdist,
  pixel_shuffle,
  pixel_unshuffle,
  prelu,
  relu_,
  rrelu_,
  selu_,
  threshold_,
} from "../generated/torch.js";
// Types
export type { Reduction } from "./_reduction.js";
export {
  _get_softmax_dim,
  celu,
  elu,
  glu,
  gumbel_softmax,
  hardsigmoid,
  hardswish,
  hardtanh,
  leaky_relu,
  log_softmax,
  mish,
  relu,
  relu6,
  rrelu,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from "./functional/activation.js";
export {
  adaptive_avg_pool2d,
  adaptive_avg_pool3d,
  adaptive_max_pool1d,
  adaptive_max_pool1d_with_indices,
  adaptive_max_pool2d,
  adaptive_max_pool2d_with_indices,
  adaptive_max_pool3d,
  adaptive_max_pool3d_with_indices,
} from "./functional/adaptive_pooling.js";
export {
  _canonical_mask,
  _none_or_dtype,
  multi_head_attention_forward,
  scaled_dot_product_attention,
} from "./functional/attention.js";
// Dropout
export {
  alpha_dropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  feature_alpha_dropout,
} from "./functional/dropout.js";
// Loss
export { linear_cross_entropy } from "./functional/linear_cross_entropy.js";
export {
  binary_cross_entropy,
  binary_cross_entropy_with_logits,
  cross_entropy,
  ctc_loss,
  gaussian_nll_loss,
  huber_loss,
  kl_div,
  l1_loss,
  mse_loss,
  nll_loss,
  poisson_nll_loss,
  smooth_l1_loss,
} from "./functional/loss.js";
export {
  cosine_embedding_loss,
  hinge_embedding_loss,
  margin_ranking_loss,
  multi_margin_loss,
  multilabel_margin_loss,
  multilabel_soft_margin_loss,
  soft_margin_loss,
  triplet_margin_loss,
  triplet_margin_with_distance_loss,
} from "./functional/margin_loss.js";
// Normalization
export {
  batch_norm,
  group_norm,
  instance_norm,
  layer_norm,
  local_response_norm,
  normalize,
  rms_norm,
} from "./functional/normalization.js";
export { assert_int_or_pair, fold, pad, unfold } from "./functional/padding.js";
export {
  fractional_max_pool2d,
  fractional_max_pool2d_with_indices,
  fractional_max_pool3d,
  fractional_max_pool3d_with_indices,
  lp_pool1d,
  lp_pool2d,
  lp_pool3d,
  max_pool1d,
  max_pool1d_with_indices,
  max_pool2d,
  max_pool2d_with_indices,
  max_pool3d,
  max_pool3d_with_indices,
  max_unpool1d,
  max_unpool2d,
  max_unpool3d,
} from "./functional/pooling.js";

// Low precision
export {
  grouped_mm,
  ScalingType,
  SwizzleType,
  scaled_addmm,
  scaled_addmm_,
  scaled_grouped_mm,
  scaled_mm,
} from "./functional/scaled_mm.js";
export { embedding, embedding_bag } from "./functional/sparse.js";
export type { InterpolateMode } from "./functional/vision.js";
export {
  affine_grid,
  GRID_SAMPLE_INTERPOLATION_MODES,
  GRID_SAMPLE_PADDING_MODES,
  grid_sample,
  interpolate,
  upsample,
  upsample_bilinear,
  upsample_nearest,
} from "./functional/vision.js";
export * as grad from "./grad.js";
