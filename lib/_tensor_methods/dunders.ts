// Python's operators on tensors, as the methods that they are in Python.

import type { Tensor } from "../_tensor.js";
import { RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import type { Index } from "../indexing.js";
import { Complex } from "../python/complex.js";
import { isFloat, isInt } from "../python/float.js";
import { complex, float, int } from "../python/numbers.js";
import { typeName } from "../python/objects.js";
import { TensorBase } from "../tensor_base.js";
import type { Scalar } from "../types.js";

type Other = Tensor | Scalar;

/** Python's operators: `x.__add__(y)` is `x + y`, and `x.__radd__(y)` is `y + x`. */
export interface Dunders {
  __abs__(): Tensor;
  __add__(other: Other): Tensor;
  __bool__(): boolean;
  __complex__(): Complex;
  __contains__(element: Other): boolean;
  __div__(other: Other): Tensor;
  __eq__(other: Other): Tensor;
  __float__(): number;
  __floordiv__(other: Other): Tensor;
  __ge__(other: Other): Tensor;
  /** Python's `x[key]`, for a key of these parts. */
  __getitem__(...key: Index[]): Tensor;
  __gt__(other: Other): Tensor;
  __iadd__(other: Other): this;
  __idiv__(other: Other): this;
  __ifloordiv__(other: Other): this;
  __imod__(other: Other): this;
  __imul__(other: Other): this;
  __index__(): number;
  __int__(): number;
  __invert__(): Tensor;
  __ipow__(other: Other): this;
  __isub__(other: Other): this;
  __itruediv__(other: Other): this;
  __le__(other: Other): Tensor;
  __long__(): number;
  __lt__(other: Other): Tensor;
  __matmul__(other: Tensor): Tensor;
  __mod__(other: Other): Tensor;
  __mul__(other: Other): Tensor;
  __ne__(other: Other): Tensor;
  __neg__(): Tensor;
  __nonzero__(): boolean;
  __pos__(): Tensor;
  __pow__(other: Other): Tensor;
  __radd__(other: Other): Tensor;
  __rand__(other: Other): Tensor;
  __rdiv__(other: Other): Tensor;
  __reversed__(): Tensor;
  __rfloordiv__(other: Other): Tensor;
  __rlshift__(other: Other): Tensor;
  __rmatmul__(other: Tensor): Tensor;
  __rmod__(other: Other): Tensor;
  __rmul__(other: Other): Tensor;
  __ror__(other: Other): Tensor;
  __rpow__(other: Other): Tensor;
  __rrshift__(other: Other): Tensor;
  __rsub__(other: Other): Tensor;
  __rtruediv__(other: Other): Tensor;
  __rxor__(other: Other): Tensor;
  /** Python's `x[key] = value`, for one part of a key or a list of them. */
  __setitem__(key: Index | readonly Index[], value: Tensor | number | boolean): void;
  __sub__(other: Other): Tensor;
  __truediv__(other: Other): Tensor;
}

// The methods that do what the operators do.
const names: Record<string, string> = {
  __abs__: "abs",
  __add__: "add",
  __bool__: "is_nonzero",
  __div__: "div",
  __eq__: "eq",
  __ge__: "ge",
  __getitem__: "index",
  __gt__: "gt",
  __iadd__: "add_",
  __idiv__: "div_",
  __ifloordiv__: "floor_divide_",
  __imod__: "remainder_",
  __imul__: "mul_",
  __ipow__: "pow_",
  __isub__: "sub_",
  __itruediv__: "div_",
  __le__: "le",
  __long__: "__int__",
  __lt__: "lt",
  __matmul__: "matmul",
  __mod__: "remainder",
  __mul__: "mul",
  __ne__: "ne",
  __neg__: "neg",
  __nonzero__: "is_nonzero",
  __pos__: "positive",
  __pow__: "pow",
  __radd__: "add",
  __rand__: "bitwise_and",
  __rmul__: "mul",
  __ror__: "bitwise_or",
  __rtruediv__: "__rdiv__",
  __rxor__: "bitwise_xor",
  __sub__: "sub",
  __truediv__: "div",
};

function scalarOf(self: Tensor): Scalar {
  if (self.numel() !== 1) throw new ValueError("only one element tensors can be converted to Python scalars");
  return self.item();
}

function realOf(self: Tensor): number {
  const value = scalarOf(self);
  if (!(value instanceof Complex)) return value as number;
  if (value.imag !== 0) throw new RuntimeError("value cannot be converted to type double without overflow");
  return value.real;
}

type Method = (this: Tensor, ...args: never[]) => unknown;

/** @internal The methods by their names. */
export const dunders: Record<string, Method> = {
  __complex__() {
    return complex(scalarOf(this) as number);
  },
  __contains__(element: unknown) {
    const isNumber = isInt(element) || isFloat(element) || typeof element === "boolean" || element instanceof Complex;
    if (isNumber || element instanceof TensorBase)
      return this.eq(element as Tensor)
        .any()
        .item();
    throw new RuntimeError(
      `Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class '${typeName(element)}'>.`,
    );
  },
  __float__() {
    return float(realOf(this));
  },
  __floordiv__(other: Tensor) {
    return torch.floor_divide(this, other);
  },
  __index__() {
    const { dtype } = this;
    if (this.numel() !== 1 || dtype.is_floating_point || dtype.is_complex) {
      throw new TypeError("only integer tensors of a single element can be converted to an index");
    }
    return int(this.item());
  },
  __int__() {
    return int(realOf(this));
  },
  __invert__() {
    const { dtype } = this;
    if (dtype.is_floating_point || dtype.is_complex) {
      throw new TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors");
    }
    return this.bitwise_not();
  },
  __rdiv__(other: Tensor) {
    return this.reciprocal().mul(other);
  },
  __rfloordiv__(other: Tensor) {
    return torch.floor_divide(other, this);
  },
  __rlshift__(other: Tensor) {
    return torch.bitwise_left_shift(other, this);
  },
  __rmatmul__(other: Tensor) {
    return torch.matmul(other, this);
  },
  __rmod__(other: Tensor) {
    return torch.remainder(other, this);
  },
  __rpow__(other: Tensor) {
    return torch.pow(other, this);
  },
  __rrshift__(other: Tensor) {
    return torch.bitwise_right_shift(other, this);
  },
  __rsub__(other: Tensor) {
    return torch.rsub(this, other);
  },
  __setitem__(key: Index | readonly Index[], value: Tensor) {
    this.index_put_((Array.isArray(key) ? key : [key]) as Index[], value);
  },
};
for (const [name, target] of Object.entries(names)) {
  dunders[name] = function (this: Tensor, ...args: never[]) {
    return (this as unknown as Record<string, Method>)[target].apply(this, args);
  };
}
