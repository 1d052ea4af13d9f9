/** Private functions that end the process for some arguments in Python too, each with what ends it. They are not called. */
export const unguarded: ReadonlyMap<string, string> = new Map([
  ["torch._dyn_quant_matmul_4bit", "block sizes that do not fit: a division by zero"],
  ["torch._fft_c2r", "dimensions that the tensor does not have"],
  ["torch._fft_c2c", "dimensions that the tensor does not have"],
  ["torch._fft_r2c", "dimensions that the tensor does not have"],
  ["torch._nnpack_spatial_convolution", "a stride of 0: a division by zero"],
  ["torch._remove_batch_dim", "no level of vmap and a negative dimension"],
  ["torch._reshape_alias_copy", "sizes and strides that the storage does not hold"],
  ["torch._transform_bias_rescale_qkv", "a number of heads of 0: a division by zero"],
  ["torch._weight_norm", "a norm of other sizes than the direction has"],
  ["torch._weight_norm_interface", "a norm of other sizes than the direction has"],
]);
