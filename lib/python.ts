// Python's builtins that scripts lean on: `torch.py`, and `tstorch/python`.

export { Complex } from "./python/complex.js";
export { copy, deepcopy } from "./python/copy.js";
export { isFloat, isInt, PyFloat, toNumber } from "./python/float.js";
export { floatRepr, formatExponent, formatFixed } from "./python/format.js";
export { BytesIO } from "./python/io.js";
export { isinstance } from "./python/isinstance.js";
export { enumerate, filter, list, map, reversed, tuple, zip } from "./python/iteration.js";
export { pow } from "./python/math.js";
export { abs, bool, complex, float, int, round } from "./python/numbers.js";
export { max, min, sorted } from "./python/order.js";
export { Range, range } from "./python/range.js";
export { all, any, sum } from "./python/reductions.js";
export { type PrintKeywords, print, repr, str } from "./python/repr.js";
export { iter, len, next, type PythonIterable, StopIteration } from "./python/sequences.js";
export { Slice, type SliceBound, slice } from "./python/slice.js";
