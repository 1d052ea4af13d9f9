// Tensor.index_put() and index_put_(): PyTorch's own, for all parts that index() takes, and for numbers as values.

import type { Tensor } from "../_tensor.js";
import { splitKeywords } from "../arguments/function.js";
import { COMPLEX, kindOf, typeName } from "../arguments/kinds.js";
import { parser } from "../arguments/parser.js";
import { setIndex } from "../indexing.js";
import { TensorBase } from "../tensor_base.js";

type IndexPut = { indices: unknown; values: Tensor; accumulate?: boolean };

const MOST = 3;
const parse = [false, true].map((inPlace) =>
  parser(`index_put${inPlace ? "_" : ""}(PyObject indices, Tensor values, bool accumulate=False)`),
);

/** Writes to the elements at a key, of the tensor itself or of a copy. */
export function putIndex(self: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const target = () => (inPlace ? self : self.clone());
  const { positional } = splitKeywords(args);
  const notIndices = (place: string, value: unknown) =>
    new TypeError(
      `index_put${inPlace ? "_" : ""}(): argument 'indices'${place} must be tuple of Tensors, not ${typeName(value)}`,
    );
  if (positional.length > 0 && positional.length <= MOST && !Array.isArray(positional[0])) {
    throw notIndices(" (position 1)", positional[0]);
  }
  const isNumber = args.length === 2 && !(args[1] instanceof TensorBase) && kindOf(args[1]) <= COMPLEX;
  if (isNumber) {
    const written = target();
    setIndex(written, args[0] as unknown[], args[1]);
    return written;
  }
  const { indices, values, accumulate = false } = parse[Number(inPlace)]<IndexPut>(args);
  if (!Array.isArray(indices)) throw notIndices("", indices);
  const written = target();
  if (accumulate) return written._index_put_({ indices, values, accumulate });
  setIndex(written, indices, values);
  return written;
}
