/** Private functions that end the process for some arguments in Python too, each with what ends it. They are not called. */
export const unguarded: ReadonlyMap<string, string> = new Map([
  ["torch._chunk_cat", "a tensor without dimensions"],
  ["torch._dyn_quant_matmul_4bit", "block sizes that do not fit: a division by zero"],
  ["torch._fft_c2r", "dimensions that the tensor does not have"],
  ["torch._fft_c2c", "dimensions that the tensor does not have"],
  ["torch._fft_r2c", "dimensions that the tensor does not have"],
  ["torch._foreach_lerp_", "an empty list of weights"],
  ["torch._log_softmax_backward_data", "a gradient of other sizes than the output has"],
  ["torch._native_batch_norm_legit_no_training", "running statistics of other sizes than the input has channels"],
  ["torch._nested_compute_contiguous_strides_offsets", "sizes of nested tensors without a row"],
  ["torch._nnpack_spatial_convolution", "a stride of 0: a division by zero"],
  ["torch._remove_batch_dim", "no level of vmap and a negative dimension"],
  ["torch._reshape_alias_copy", "sizes and strides that the storage does not hold"],
  ["torch._transform_bias_rescale_qkv", "a number of heads of 0: a division by zero"],
  ["torch._weight_norm", "a norm of other sizes than the direction has"],
  ["torch._weight_norm_interface", "a norm of other sizes than the direction has"],
]);
