// torch/cuda/sparse.py: the old classes of sparse tensors on CUDA devices

import * as dtypes from "../dtype.js";
import { cudaTensorType } from "./types.js";

export const DoubleTensor = cudaTensorType("DoubleTensor", dtypes.float64, true);
export const FloatTensor = cudaTensorType("FloatTensor", dtypes.float32, true);
export const HalfTensor = cudaTensorType("HalfTensor", dtypes.float16, true);
export const BFloat16Tensor = cudaTensorType("BFloat16Tensor", dtypes.bfloat16, true);
export const LongTensor = cudaTensorType("LongTensor", dtypes.int64, true);
export const IntTensor = cudaTensorType("IntTensor", dtypes.int32, true);
export const ShortTensor = cudaTensorType("ShortTensor", dtypes.int16, true);
export const CharTensor = cudaTensorType("CharTensor", dtypes.int8, true);
export const ByteTensor = cudaTensorType("ByteTensor", dtypes.uint8, true);
