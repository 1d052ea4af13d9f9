// Tensor.apply_, map_ and map2_: torch/csrc/utils/tensor_apply.cpp

import type { Tensor } from "../_tensor.js";
import { splitKeywords } from "../arguments/function.js";
import { parser } from "../arguments/parser.js";
import { RuntimeError } from "../errors.js";
import { typeName } from "../python/objects.js";
import { tensor } from "../tensor_new.js";

type Callable = (...elements: number[]) => number | boolean;

const parseMap = parser("map_(Tensor other, PyObject callable)");
const parseMap2 = parser("map2_(Tensor x, Tensor y, PyObject callable)");

function checkGrad(name: string, ...tensors: Tensor[]): void {
  if (!tensors.some((given) => given.requires_grad)) return;
  throw new RuntimeError(`Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`);
}

function checkType(self: Tensor, other: Tensor, name: string, argument: string): void {
  if (other.dtype === self.dtype && other.device.type === self.device.type) return;
  throw new TypeError(`${name}: expected ${self.type()} for ${argument} (got ${other.type()})`);
}

/** Writes what the function makes of each row of elements to the first tensor. */
function write(self: Tensor, others: readonly Tensor[], callable: Callable, name: string): Tensor {
  if (self.is_meta) return self;
  if (!self.is_cpu) throw new TypeError(`${name} is only implemented on CPU tensors`);
  if (typeof callable !== "function") throw new TypeError(`'${typeName(callable)}' object is not callable`);
  const columns = [self, ...others.map((other) => other.expand_as(self))].map(
    (given) => given.reshape(-1).tolist() as number[],
  );
  const values = columns[0].map((_, i) => {
    const result = callable(...columns.map((column) => column[i]));
    if (typeof result === "string") throw new TypeError("must be real number, not str");
    return result;
  });
  return self.copy_(tensor(values as number[], { dtype: self.dtype }).reshape(self.shape));
}

/** @internal Tensor.apply_ */
export function apply_(this: Tensor, ...args: unknown[]): Tensor {
  const { positional, keywords } = splitKeywords(args);
  if (keywords.size) throw new TypeError("TensorBase.apply_() takes no keyword arguments");
  if (positional.length !== 1) {
    throw new TypeError(`TensorBase.apply_() takes exactly one argument (${positional.length} given)`);
  }
  checkGrad("apply_", this);
  return write(this, [], args[0] as Callable, "apply_");
}

/** @internal Tensor.map_ */
export function map_(this: Tensor, ...args: unknown[]): Tensor {
  const { other, callable } = parseMap<{ other: Tensor; callable: Callable }>(args);
  checkGrad("map_", this, other);
  checkType(this, other, "map_", "'other'");
  return write(this, [other], callable, "map_");
}

/** @internal Tensor.map2_ */
export function map2_(this: Tensor, ...args: unknown[]): Tensor {
  const { x, y, callable } = parseMap2<{ x: Tensor; y: Tensor; callable: Callable }>(args);
  checkGrad("map2_", this, x, y);
  checkType(this, x, "map2_", "argument 'x'");
  checkType(this, y, "map2_", "argument 'y'");
  return write(this, [x, y], callable, "map2_");
}
