// The old names of tensors' types, such as "torch.FloatTensor".

import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { ValueError } from "../errors.js";

/** The old name of each dtype that has one. */
export const legacyNames = new Map([
  [dtypes.float32, "FloatTensor"],
  [dtypes.float64, "DoubleTensor"],
  [dtypes.float16, "HalfTensor"],
  [dtypes.bfloat16, "BFloat16Tensor"],
  [dtypes.uint8, "ByteTensor"],
  [dtypes.int8, "CharTensor"],
  [dtypes.int16, "ShortTensor"],
  [dtypes.int32, "IntTensor"],
  [dtypes.int64, "LongTensor"],
  [dtypes.bool, "BoolTensor"],
  [dtypes.uint16, "UInt16Tensor"],
  [dtypes.uint32, "UInt32Tensor"],
  [dtypes.uint64, "UInt64Tensor"],
  [dtypes.complex64, "ComplexFloatTensor"],
  [dtypes.complex128, "ComplexDoubleTensor"],
]);

/** The dtype with a name, old or new; throws ValueError for others. */
export function dtypeByName(name: string): dtype {
  const bare = name.replace(/^torch\.(cuda\.)?/, "");
  for (const [type, legacy] of legacyNames) if (legacy === bare) return type;
  const found = (dtypes as unknown as Record<string, dtype>)[bare];
  if (!(found instanceof dtypes.dtype)) throw new ValueError(`invalid type: '${name}'`);
  return found;
}
