// What torch/__init__.py writes in Python and what PyTorch binds by hand in C++

export * from "./torch_functions/autocast.js";
export { compile } from "./torch_functions/compile.js";
export * from "./torch_functions/constants.js";
export { asarray, range } from "./torch_functions/creation.js";
export { get_device_module } from "./torch_functions/device_module.js";
export { finfo, iinfo, promote_types, result_type } from "./torch_functions/dtypes.js";
export { get_device, is_storage, is_tensor, numel, typename } from "./torch_functions/objects.js";
export { dsmm, hsmm, nonzero, saddmm, spmm } from "./torch_functions/operators.js";
export * from "./torch_functions/settings.js";
export {
  sparse_bsc_tensor,
  sparse_bsr_tensor,
  sparse_compressed_tensor,
  sparse_coo_tensor,
  sparse_csc_tensor,
  sparse_csr_tensor,
} from "./torch_functions/sparse_tensors.js";
export * from "./torch_functions/sym.js";
export {
  BFloat16Tensor,
  BoolTensor,
  ByteTensor,
  CharTensor,
  DoubleTensor,
  FloatTensor,
  HalfTensor,
  IntTensor,
  LongTensor,
  ShortTensor,
  set_default_tensor_type,
} from "./torch_functions/tensor_types.js";
