// torch/cuda/__init__.py

export * from "./_device.js";
export * as amp from "./amp/index.js";
export * as comm from "./comm.js";
export * as jiterator from "./jiterator.js";
export { make_graphed_callables } from "./make_graphed_callables.js";
export * as nccl from "./nccl.js";
export * as sparse from "./sparse.js";
export {
  BFloat16Storage,
  BFloat16Tensor,
  BoolStorage,
  BoolTensor,
  ByteStorage,
  ByteTensor,
  CharStorage,
  CharTensor,
  ComplexDoubleStorage,
  ComplexFloatStorage,
  DoubleStorage,
  DoubleTensor,
  FloatStorage,
  FloatTensor,
  HalfStorage,
  HalfTensor,
  IntStorage,
  IntTensor,
  LongStorage,
  LongTensor,
  ShortStorage,
  ShortTensor,
} from "./types.js";
