// torch/cuda/jiterator.py: elementwise kernels that are compiled when they are first called

import type { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import { native } from "../binding.js";
import { AssertionError, KeyError } from "../errors.js";
import { handleOf, wrap } from "../tensor_base.js";
import { hasDevice } from "./_utils.js";

type Scalars = Readonly<Record<string, number | bigint | boolean>>;

/** A kernel: called with tensors, and with numbers by their names. */
export type JittedFunction = (...args: (Tensor | Scalars)[]) => Tensor | Tensor[];

const pattern = /^\s*template\s*(<.+>)\s*(\w+)\s+(\w+)\s*(\(.+\))\s*(\{.+\})\s*/s;

function jitted(code: string, byReference: boolean, outputs: number, declared: Scalars): JittedFunction {
  const parsed = pattern.exec(code);
  if (!parsed) throw new Error(`Couldn't parse code, please check correctness:\n ${code}`);
  const isAvailable = hasDevice();
  return (...args) => {
    if (!isAvailable) {
      throw new AssertionError("Jiterator is only supported on CUDA and ROCm GPUs, none are available.");
    }
    const given = isPlainObject(args.at(-1)) ? (args.pop() as Scalars) : {};
    if (args.length > 8) throw new AssertionError(`jiterator only supports up to 8 tensor inputs, got ${args.length}`);
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(declared, name)) throw new KeyError(`${name} is not declared in function definition`);
    }
    const tensors = (args as Tensor[]).map(handleOf);
    const scalars = Object.values({ ...declared, ...given });
    const results = native.jiteratorLaunch(code, parsed[3], byReference, outputs, tensors, scalars).map(wrap);
    return results.length === 1 ? results[0] : results;
  };
}

/** A kernel of C++ code, `template <typename T> T name(T x, T y, T alpha) { return ...; }`, with the numbers' defaults. */
export function _create_jit_fn(code_string: string, scalars: Scalars = {}): JittedFunction {
  return jitted(code_string, false, 1, scalars);
}

/** A kernel with several results, which its code takes by reference after the arguments. */
export function _create_multi_output_jit_fn(
  code_string: string,
  num_outputs: number,
  scalars: Scalars = {},
): JittedFunction {
  return jitted(code_string, true, num_outputs, scalars);
}
